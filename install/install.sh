#!/bin/sh
# Installs rejoin for the current user: from a released archive where one fits this machine, else
# built from this source tree; see usage below.
set -eu

usage() {
    cat <<'END'
Installs rejoin for the current user: from a released archive where one fits this machine, else
built from this source tree, which needs a Rust toolchain.

Usage: install/install.sh [OPTIONS]

      --releases WHERE   Folder or URL of the archives and their SHA256SUMS
                         [default: $REJOIN_RELEASES, else the folder `dist` of this source tree]
      --from-source      Build, whatever archives there are
      --prefix DIR       Put `rejoin` into DIR/bin [default: ~/.local]
      --project          Register for the project in the current folder only
      --inject WHEN      What a new session is told: always, auto or notice
      --no-hooks         Leave the hooks to the Claude Code plugin
      --no-permissions   Leave Claude Code's permission rules alone
  -y, --yes              Answer every question with yes
      --dry-run          Show every change and make none (it still builds, in the target folder)
  -h, --help             Print this help
END
}

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

misused() {
    printf 'install.sh: %s\n\n' "$*" >&2
    usage >&2
    exit 2
}

# Whether a program can be compiled and linked with these options.
links() {
    echo 'fn main() {}' |
        rustc --crate-name probe "$@" -o "$scratch/probe" - >/dev/null 2>&1
}

# Asks a yes-or-no question; nobody at a terminal means no.
agreed() {
    [ "$yes" = no ] || return 0
    [ -t 0 ] && [ -t 1 ] || return 1
    printf '%s [Y/n] ' "$1"
    read -r answer || return 1
    case $answer in
        '' | [Yy]*) return 0 ;;
        *) return 1 ;;
    esac
}

# Sets `target` and `flags`: executables that need no library of this machine, where that is possible.
choose_target() {
    host=$(rustc -vV | sed -n 's/^host: //p')
    target=$host
    flags=
    case $host in
        *-linux-musl*)
            say "building static executables for $host"
            return
            ;;
        *-linux-gnu) ;;
        *)
            say "building for $host"
            return
            ;;
    esac
    musl=${host%-gnu}-musl
    if ! links --target "$musl" && command -v rustup >/dev/null; then
        if [ "$dry_run" = yes ]; then
            [ "$yes" = no ] || say "would run     rustup target add $musl"
        elif agreed "Add the Rust target $musl, for executables that need no library of this machine?"; then
            rustup target add "$musl" || say "rustup could not add $musl"
        fi
    fi
    if links --target "$musl"; then
        target=$musl
        say "building static executables for $musl"
    elif links --target "$host" -C target-feature=+crt-static; then
        flags='-C target-feature=+crt-static'
        say "building static executables for $host (the Rust target $musl is not installed)"
    else
        say "building executables that use this machine's C library (neither the Rust target $musl nor a static C library is installed)"
    fi
}

# The name that releases give this machine.
platform() {
    case $(uname -m) in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) return 1 ;;
    esac
    case $(uname -s) in
        Linux) printf '%s' "$machine-unknown-linux-musl" ;;
        Darwin) printf '%s' "$machine-apple-darwin" ;;
        *) return 1 ;;
    esac
}

# Gets the file $1 of the releases into the scratch folder; a folder is copied from.
get() {
    case $releases in
        *://*)
            if command -v curl >/dev/null; then
                curl -fsSL --retry 2 -o "$scratch/$1" "$releases/$1"
            elif command -v wget >/dev/null; then
                wget -q -O "$scratch/$1" "$releases/$1"
            else
                say "neither curl nor wget is on the path, to get archives from $releases"
                return 1
            fi
            ;;
        *) [ -f "$releases/$1" ] && cp "$releases/$1" "$scratch/$1" ;;
    esac
}

checksum() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1"
    elif command -v shasum >/dev/null; then
        shasum -a 256 "$1"
    else
        fail 'neither sha256sum nor shasum is on the path, to check the archive with'
    fi | cut -d ' ' -f 1
}

# Sets `built` to the executables of a released archive. False where none fits; an archive that is
# there and does not match its checksum ends the installation.
take_release() {
    [ -n "$releases" ] || return 1
    name=$(platform) || {
        say "no archives are released for $(uname -s) on $(uname -m)"
        return 1
    }
    get SHA256SUMS 2>/dev/null || {
        say "no archives in $releases"
        return 1
    }
    # Of this version where a source tree says which, else the last that is listed.
    archive=$(sed -n "s/^[0-9a-f]\{64\} [ *]\(rejoin-${version:-[^ ]*}-$name\.tar\.gz\)\$/\1/p" \
        "$scratch/SHA256SUMS" | tail -n 1)
    if [ -z "$archive" ]; then
        say "no archive for $name in $releases"
        return 1
    fi
    get "$archive" || fail "cannot get $archive from $releases"
    wanted=$(grep -F " $archive" "$scratch/SHA256SUMS" | cut -d ' ' -f 1 | tail -n 1)
    [ "$(checksum "$scratch/$archive")" = "$wanted" ] ||
        fail "$archive does not match its checksum: nothing was installed"
    tar -x -z -C "$scratch" -f "$scratch/$archive"
    built=$scratch/${archive%.tar.gz}
    [ -x "$built/rejoin" ] || fail "$archive holds no executables"
    say "installing from $archive (checksum matches)"
}

yes=no
dry_run=no
from_source=no
releases=${REJOIN_RELEASES:-}
prefix=
original=$(pwd)
# What `rejoin install` is to be told; kept apart from "$@", which is being read.
project='' inject='' permissions='' hooks=''
while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --inject | --releases)
            [ $# -gt 1 ] || misused "$1 needs a value"
            case $1 in
                --releases) releases=$2 ;;
                --prefix) prefix=$2 ;;
                --inject) inject=$2 ;;
            esac
            shift
            ;;
        --prefix=*) prefix=${1#*=} ;;
        --inject=*) inject=${1#*=} ;;
        --releases=*) releases=${1#*=} ;;
        --from-source) from_source=yes ;;
        --project) project=--project ;;
        --no-hooks) hooks=--no-hooks ;;
        --no-permissions) permissions=--no-permissions ;;
        -y | --yes) yes=yes ;;
        --dry-run) dry_run=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) misused "unknown option $1" ;;
    esac
    shift
done

if [ -z "$prefix" ]; then
    [ -n "${HOME:-}" ] || fail 'HOME is not set: set it, or pass --prefix DIR'
    prefix=$HOME/.local
fi
source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
version=
if [ -f "$source/install/install.sh" ] && [ -f "$source/Cargo.toml" ]; then
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/Cargo.toml" | head -n 1)
    [ -n "$releases" ] || [ ! -d "$source/dist" ] || releases=$source/dist
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ "$from_source" = yes ] || ! take_release; then
    [ -n "$version" ] ||
        fail 'there is no source tree here to build from: pass --releases WHERE, or run it in a clone'
    for program in cargo rustc; do
        command -v "$program" >/dev/null ||
            fail "no $program on the path: install Rust (https://rustup.rs), then run this again"
    done
    # Cargo is asked from inside the source tree, for its lock file and configuration.
    cd "$source"
    choose_target
    [ -z "$flags" ] || export RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }$flags"
    cargo build --release --locked --bins --target "$target"
    built=$(cargo metadata --format-version 1 --no-deps --locked |
        sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/$target/release
    cd "$original"
fi

bin=$prefix/bin
set -- install --from "$built" --bin-dir "$bin"
[ -z "$project" ] || set -- "$@" "$project"
[ -z "$hooks" ] || set -- "$@" "$hooks"
[ -z "$permissions" ] || set -- "$@" "$permissions"
[ -z "$inject" ] || set -- "$@" --inject "$inject"
[ "$yes" = no ] || set -- "$@" --yes
[ "$dry_run" = no ] || set -- "$@" --dry-run
"$built/rejoin" "$@"

if [ "$dry_run" = no ]; then
    say
    "$bin/rejoin" demo
    say
fi
case :$PATH: in
    *:"$bin":*) ;;
    *) say "           $bin is not on your PATH: add  export PATH=\"$bin:\$PATH\"  to your shell's profile" ;;
esac
