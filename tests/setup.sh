# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the scripts beside it: installs what the build needs (Debian and
# its relatives) and builds into build/. By itself, "setup.sh install" installs
# what it takes to build and install the program, and does nothing else.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build_packages='gcc libc6-dev meson ninja-build pkg-config gettext
  libglib2.0-dev libjson-glib-dev zlib1g-dev liblzma-dev libarchive-dev nettle-dev
  libgudev-1.0-dev libsoup-3.0-dev libgtk-4-dev librsvg2-common adwaita-icon-theme
  mobile-broadband-provider-info desktop-file-utils shared-mime-info'
packages="$build_packages python3 libumockdev-dev umockdev fonts-cantarell xvfb dbus xdotool
  python3-gi gir1.2-atspi-2.0 at-spi2-core iproute2 appstream mandoc"
# For what checkers/ holds.
# shellcheck disable=SC2034
checker_packages='valgrind libc6-dbg clang clang-tidy'

missing_packages () {
  for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      printf '%s ' "$package"
  done
}

as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

install_packages () {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "Not a Debian system: please install what corresponds to: $packages" >&2
    return
  fi
  missing=$(missing_packages)
  if [ -n "$missing" ]; then
    echo "Installing: $missing"
    as_root apt-get update -q
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
  fi
}

# build DIR [OPTION…]: configures (once) and builds.
build () {
  dir=$1
  shift
  if [ ! -f "$dir/build.ninja" ]; then
    meson setup "$dir" "$top" "$@"
  fi
  meson compile -C "$dir"
}

case $0 in
  setup.sh | */setup.sh)
    if [ "$*" != install ]; then
      echo "Usage: sh $0 install" >&2
      exit 2
    fi
    packages=$build_packages
    install_packages ;;
esac
