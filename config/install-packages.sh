#!/bin/sh
# Installs the Debian packages named in the given lists that are not installed yet.
# Works as root, or through sudo. Usage: config/install-packages.sh LIST...
set -eu

missing=""
for package in $(sed 's/#.*//' "$@"); do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "These packages are missing:$missing" >&2
    echo "Run as root, install sudo, or install them with: apt-get install$missing" >&2
    exit 1
  }
  as_root="sudo"
fi
echo "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # one word per package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
