#!/usr/bin/env bash
# Gets the Claude Code that the end-to-end tests drive, from the npm registry, into folders that git ignores:
#
#   tests/.claude-code       the version this project is tested against (or VERSION, when given)
#   tests/.claude-code-old   one too old for exec-form hooks, which `rejoin install` must refuse
#
# usage: tests/get-claude-code.sh [VERSION]
#
# Does nothing for a folder that already holds its version. Needs npm (Node.js 18 or newer).
set -euo pipefail

version=${1:-2.1.330}
# The newest one that is a JavaScript package, far below 2.1.139 where exec form came.
old=2.1.112
here=$(cd "$(dirname "$0")" && pwd)
package=@anthropic-ai/claude-code

installed() { # FOLDER: prints the version in it, or nothing
  local manifest="$1/node_modules/$package/package.json"
  [ -f "$manifest" ] || return 0
  sed -n 's/^ *"version": *"\([^"]*\)".*/\1/p' "$manifest" | head -n 1
}

get() { # VERSION FOLDER
  local has
  has=$(installed "$2")
  if [ "$has" = "$1" ]; then
    echo "claude code $1 is in ${2#"$here"/}"
    return
  fi
  if ! command -v npm >/dev/null; then
    echo "npm is missing: install Node.js 18 or newer, then run this again" >&2
    exit 1
  fi
  echo "getting claude code $1 into ${2#"$here"/} ..."
  # A fresh folder beside the final one, so that an interrupted download never looks finished.
  local fresh="$2.part"
  rm -rf "$fresh"
  mkdir -p "$fresh"
  # No install scripts: the platform's executable comes as a package of its own and is used in place.
  npm install --prefix "$fresh" --no-audit --no-fund --ignore-scripts --loglevel=error \
    "$package@$1" >/dev/null
  rm -rf "$2"
  mv "$fresh" "$2"
  # build.rs looks for the executable; a newer file makes cargo ask it again.
  touch "$here/../build.rs"
}

get "$version" "$here/.claude-code"
get "$old" "$here/.claude-code-old"
