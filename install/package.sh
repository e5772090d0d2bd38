#!/bin/sh
# Builds the release archives and their checksums; see usage below.
set -eu

usage() {
    cat <<'EOF'
Builds release archives of rejoin, with their checksums in SHA256SUMS.

Usage: install/package.sh [--out DIR] [--required] [TARGET...]

      --out DIR    Where the archives go [default: dist]
      --required   Fail when a target cannot be built here, instead of leaving it out
  -h, --help       Print this help

Without targets: Linux (musl) on x86-64 and arm64, macOS on both, Windows on x86-64; those that this
machine has no toolchain for are left out, and named.
EOF
}

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'package.sh: %s\n' "$*" >&2
    exit 1
}

out=
required=no
targets=
while [ $# -gt 0 ]; do
    case $1 in
        --out)
            [ $# -gt 1 ] || fail "$1 needs a value"
            out=$2
            shift
            ;;
        --required) required=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        -*) fail "unknown option $1" ;;
        *) targets="$targets $1" ;;
    esac
    shift
done
[ -n "$targets" ] || targets="x86_64-unknown-linux-musl aarch64-unknown-linux-musl \
x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-gnu"

source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
case $out in
    '') out=$source/dist ;;
    /*) ;;
    *) out=$PWD/$out ;;
esac
mkdir -p "$out"
cd "$source"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
folder=$(cargo metadata --format-version 1 --no-deps --locked |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
# The same bytes for the same commit: archives carry its time.
time=$(git log -1 --format=%ct 2>/dev/null || date +%s)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Names the linker of a foreign Linux: the one that comes with Rust is enough for an executable that
# needs no library.
linker() {
    case $1 in
        *-linux-musl)
            [ "$1" = "$(uname -m)-unknown-linux-musl" ] ||
                printf '%s' '-C linker=rust-lld -C linker-flavor=ld.lld'
            ;;
    esac
}

# Whether a program can be compiled and linked for a target.
links() {
    # shellcheck disable=SC2046 # several words are meant
    echo 'fn main() { println!(); }' |
        rustc --crate-name probe --target "$1" $(linker "$1") -o "$scratch/probe" - >/dev/null 2>&1
}

checksum() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi
}

# Puts a folder of the scratch into an archive that depends on its content alone.
pack() { # NAME
    case $1 in
        *-windows-*)
            command -v zip >/dev/null || fail 'no zip on the path: install it'
            rm -f "$out/$1.zip"
            find "$scratch/$1" -exec touch -h -d "@$time" {} +
            (cd "$scratch" && find "$1" -type f | LC_ALL=C sort | zip -X -q "$out/$1.zip" -@)
            made=$1.zip
            ;;
        *)
            find "$scratch/$1" -exec touch -h -d "@$time" {} + 2>/dev/null || true
            owner=
            if tar --version | grep -q GNU; then owner='--owner=0 --group=0 --numeric-owner'; fi
            # shellcheck disable=SC2086 # several words are meant
            (cd "$scratch" && find "$1" -type f | LC_ALL=C sort >"$1.list" &&
                tar -c $owner -T "$1.list" -f - | gzip -n -9 >"$out/$1.tar.gz")
            made=$1.tar.gz
            ;;
    esac
}

built=
for target in $targets; do
    if ! links "$target" && command -v rustup >/dev/null; then
        rustup target add "$target" >/dev/null 2>&1 || true
    fi
    if ! links "$target"; then
        [ "$required" = no ] || fail "no toolchain for $target on this machine"
        say "left out   $target: no toolchain for it on this machine"
        continue
    fi
    flags=$(linker "$target")
    (
        [ -z "$flags" ] || export RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }$flags"
        cargo build --profile dist --locked --bins --target "$target"
    )
    name=rejoin-$version-$target
    mkdir "$scratch/$name"
    for file in "$folder/$target/dist"/rejoin "$folder/$target/dist"/rejoin.exe \
        "$folder/$target/dist"/rejoin-hook-* "$folder/$target/dist"/rejoin-statusline*; do
        case $file in
            *.d | *.pdb) ;;
            *) [ ! -f "$file" ] || cp "$file" "$scratch/$name/" ;;
        esac
    done
    cp README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT "$scratch/$name/"
    pack "$name"
    built="$built $made"
    say "built      $out/$made"
done
[ -n "$built" ] || fail 'nothing could be built'
(
    cd "$out"
    for made in $built; do
        [ ! -f SHA256SUMS ] || { grep -v -F " $made" SHA256SUMS || true; } >SHA256SUMS.new
        checksum "$made" >>SHA256SUMS.new
        mv SHA256SUMS.new SHA256SUMS
    done
)
say "checksums  $out/SHA256SUMS"
