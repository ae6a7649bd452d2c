#!/usr/bin/env bash
# Installs, on Debian and its kin, the programs that the tests need and that npm does not bring.
# Does nothing when they are there; needs root or sudo without a password when they are not.
set -euo pipefail

# program:package, one per line
needed=(
  chromium:chromium
  curl:curl
  fish:fish
  git:git
  nvim:neovim
  psql:postgresql
  strace:strace
  python3:python3
  zsh:zsh
)

missing=()
for pair in "${needed[@]}"; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair##*:}")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup-debian: this is not Debian; install yourself: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if ((EUID != 0)); then
  if ! sudo -n true 2>/dev/null; then
    echo "setup-debian: run as root, or install yourself: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi

echo "setup-debian: installing ${missing[*]}"
install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
# The lists of a fresh image are empty or old: only then is the update worth its time.
if ! "${as_root[@]}" "${install[@]}" </dev/null; then
  "${as_root[@]}" apt-get update
  "${as_root[@]}" "${install[@]}" </dev/null
fi
