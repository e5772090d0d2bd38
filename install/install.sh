#!/bin/sh
# Builds rejoin from this source tree and installs it for the current user.
# Needs a Rust toolchain; see usage below.
set -eu

usage() {
    cat <<'END'
Builds rejoin from source and installs it for the current user.

Usage: install/install.sh [OPTIONS]

      --prefix DIR       Put `rejoin` into DIR/bin [default: ~/.local]
      --project          Register for the project in the current folder only
      --inject WHEN      What a new session is told: always, auto or notice
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

yes=no
dry_run=no
prefix=
original=$(pwd)
# What `rejoin install` is to be told; kept apart from "$@", which is being read.
project='' inject='' permissions=''
while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --inject)
            [ $# -gt 1 ] || misused "$1 needs a value"
            case $1 in
                --prefix) prefix=$2 ;;
                --inject) inject=$2 ;;
            esac
            shift
            ;;
        --prefix=*) prefix=${1#*=} ;;
        --inject=*) inject=${1#*=} ;;
        --project) project=--project ;;
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
for program in cargo rustc; do
    command -v "$program" >/dev/null ||
        fail "no $program on the path: install Rust (https://rustup.rs), then run this again"
done

source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Cargo is asked from inside the source tree, for its lock file and configuration.
cd "$source"
choose_target
[ -z "$flags" ] || export RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }$flags"
cargo build --release --locked --bins --target "$target"
built=$(cargo metadata --format-version 1 --no-deps --locked |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/$target/release
cd "$original"

bin=$prefix/bin
set -- install --from "$built" --bin-dir "$bin"
[ -z "$project" ] || set -- "$@" "$project"
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
