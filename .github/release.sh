#!/usr/bin/env bash
# Packs the archive of one platform for a release: `release.sh PROGRAM VERSION PLATFORM DIRECTORY`.
# install.sh is what unpacks it.
set -euo pipefail

program=$1 version=$2 platform=$3 directory=$4

said=$("$program" --version)
if [[ v${said#touchdown } != "$version" ]]; then
    echo "the tag is $version, but the program says $said: set the version in Cargo.toml" >&2
    exit 1
fi
mkdir -p "$directory"
tar -czf "$directory/touchdown-$version-$platform.tar.gz" -C "$(dirname "$program")" touchdown
