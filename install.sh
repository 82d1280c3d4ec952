#!/bin/sh
# Installs touchdown: a release's archive whose checksum is right, or this checkout built with cargo.
# It needs no more than a POSIX shell, curl, tar and a sha256 tool; or cargo and a C compiler.
set -eu

usage() {
    cat <<'USAGE'
usage: install.sh [DIRECTORY [VERSION]]

  DIRECTORY  the program goes into DIRECTORY/bin; default: ~/.local
  VERSION    a release such as v0.1.0, or `source` to build this checkout with cargo; default: the
             release whose tag this checkout is, else `source`

The archives are those of TOUCHDOWN_REPOSITORY, such as https://github.com/OWNER/touchdown, at
releases/download/VERSION; default: where this checkout was cloned from.
USAGE
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

# Whether $1 is the name of a release. It becomes a part of an address, and so has no slash.
is_release() {
    case $1 in
    *[!0-9A-Za-z.+-]*) return 1 ;;
    v[0-9]*.[0-9]*.[0-9]*) return 0 ;;
    *) return 1 ;;
    esac
}

checked_out() {
    tag=
    if [ -e "$here/.git" ]; then
        tag=$(git -C "$here" describe --tags --exact-match 2>/dev/null) || tag=
    fi
    if is_release "$tag"; then echo "$tag"; else echo source; fi
}

platform() {
    case $(uname -s)/$(uname -m) in
    Linux/x86_64) echo x86_64-unknown-linux-gnu ;;
    Linux/aarch64 | Linux/arm64) echo aarch64-unknown-linux-gnu ;;
    Darwin/x86_64) echo x86_64-apple-darwin ;;
    Darwin/arm64) echo aarch64-apple-darwin ;;
    *) fail "there is no archive for $(uname -s) on $(uname -m); \`source\` builds it with cargo" ;;
    esac
}

repository() {
    address=${TOUCHDOWN_REPOSITORY:-}
    if [ -z "$address" ] && [ -e "$here/.git" ]; then
        address=$(git -C "$here" remote get-url origin 2>/dev/null) || address=
    fi
    case $address in
    https://* | http://* | file://*) echo "${address%.git}" ;;
    *) fail 'where are the releases? Set TOUCHDOWN_REPOSITORY, such as https://github.com/OWNER/touchdown' ;;
    esac
}

download() {
    curl --fail --silent --show-error --location --retry 3 --output "$2" "$1" ||
        fail "cannot fetch $1"
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1"
    else
        shasum -a 256 <"$1"
    fi | cut -d ' ' -f 1
}

install_release() {
    from=$(repository)/releases/download/$version
    archive=touchdown-$version-$(platform).tar.gz
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    download "$from/SHA256SUMS" "$scratch/SHA256SUMS"
    download "$from/$archive" "$scratch/$archive"
    expected=$(awk -v name="$archive" '$2 == name { print $1 }' "$scratch/SHA256SUMS")
    seen=$(sha256 "$scratch/$archive")
    [ "$expected" = "$seen" ] ||
        fail "$archive has the checksum $seen, but SHA256SUMS says ${expected:-nothing of it}: nothing was installed"
    tar -xzf "$scratch/$archive" -C "$scratch" touchdown
    "$scratch/touchdown" --version >/dev/null ||
        fail "$archive does not run here (it needs glibc 2.35 on Linux); \`source\` builds it with cargo"
    mkdir -p "$directory/bin"
    mv "$scratch/touchdown" "$directory/bin/touchdown"
}

install_source() {
    command -v cargo >/dev/null ||
        fail 'there is no cargo to build touchdown with: install Rust (https://rustup.rs), or ask for a release'
    cargo install --locked --force --path "$here" --root "$directory"
}

case ${1:-} in
-h | --help)
    usage
    exit
    ;;
esac
[ $# -le 2 ] || {
    usage >&2
    exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
directory=${1:-$HOME/.local}
version=${2:-$(checked_out)}
if [ "$version" = source ]; then
    install_source
elif is_release "$version"; then
    install_release
else
    fail "\`$version\` is neither a release such as v0.1.0 nor \`source\`" 2
fi
echo "installed $("$directory/bin/touchdown" --version) as $directory/bin/touchdown"
