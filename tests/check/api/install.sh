#!/bin/sh
# A program that knows only the pkg-config name compiles, links and runs against the installed library.
#
# gst-e2ee, LGPL-2.1-or-later
#
# usage: install.sh MESON BUILD_DIR PREFIX LIBRARY CC PROGRAM.C
#
# CC may be several words, such as a compiler behind ccache.
set -u
meson=$1
build=$2
prefix=$3
library=$4
cc=$5
program=$6
dest=$(mktemp -d) || exit 1
trap 'rm -rf "$dest"' EXIT

step ()
{
  number=$1
  name=$2
  shift 2
  if "$@" > "$dest/log" 2>&1; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    sed 's/^/# /' "$dest/log"
  fi
}

compile ()
{
  # One word for each flag.
  # shellcheck disable=SC2046
  $cc -Wall -Werror -o "$dest/program" "$program" $(pkg-config --cflags --libs gste2ee-1.0)
}

run ()
{
  LD_LIBRARY_PATH=$(pkg-config --variable=libdir gste2ee-1.0) "$dest/program"
}

every_header_stands_alone ()
{
  folder=$(pkg-config --variable=includedir gste2ee-1.0)/gstreamer-1.0
  for header in "$folder"/gst/e2ee/*.h; do
    # shellcheck disable=SC2046
    $cc -Wall -Werror -fsyntax-only -x c $(pkg-config --cflags gste2ee-1.0) -include "$header" \
      /dev/null || return 1
  done
}

# What a developer's package holds, and the library itself; so that the test needs nothing else built.
install ()
{
  "$meson" install -C "$build" --no-rebuild --destdir "$dest" --tags devel || return 1
  link=$(find "$dest$prefix" -name libgste2ee-1.0.so)
  cp "$library" "${link%/*}" && (cd "${link%/*}" && ln -sf "${library##*/}" libgste2ee-1.0.so.0)
}

echo 1..4
step 1 test_install install

# The file names the final prefix; here everything is below $dest.
pc=$(find "$dest$prefix" -name gste2ee-1.0.pc)
sed "s|^prefix=.*|prefix=$dest$prefix|" "$pc" > "$dest/gste2ee-1.0.pc"
PKG_CONFIG_PATH=$dest
export PKG_CONFIG_PATH

step 2 test_a_program_compiles_with_pkg_config compile
step 3 test_the_program_runs run
step 4 test_every_header_stands_alone every_header_stands_alone
