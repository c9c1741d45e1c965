#!/bin/sh
# The library exports what symbols.txt lists, no more and no less.
#
# gst-e2ee, LGPL-2.1-or-later
#
# usage: symbols.sh LIBRARY SYMBOLS.TXT
set -u
library=$1
listed=$2
exported=$(nm -D --defined-only "$library" | awk '{ print $3 }' | LC_ALL=C sort) || exit 1

report ()
{
  if [ -z "$3" ]; then
    echo "ok $1 - $2"
  else
    echo "not ok $1 - $2"
    printf '%s\n' "$3" | sed 's/^/# /'
  fi
}

echo 1..2
report 1 test_no_listed_symbol_is_missing \
  "$(printf '%s\n' "$exported" | LC_ALL=C comm -13 - "$listed")"
report 2 test_no_other_symbol_is_exported \
  "$(printf '%s\n' "$exported" | LC_ALL=C comm -23 - "$listed")"
