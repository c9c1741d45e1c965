#!/bin/bash
# shieldoverlay on pictures that a GPU holds, with the element that draws what is attached, on a screen of
# its own.
#
# gst-e2ee, LGPL-2.1-or-later
set -u

if ! command -v Xvfb >/dev/null || ! gst-inspect-1.0 gloverlaycompositor >/dev/null 2>&1; then
  echo "1..0 # SKIP Xvfb or GStreamer's GL elements are not installed"
  exit 0
fi

work=$(mktemp -d)
xvfb=
cleanup () {
  [ -n "$xvfb" ] && kill "$xvfb" 2>/dev/null && wait "$xvfb" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

# It chooses a display that is free, and says which when it is ready.
mkfifo "$work/display"
Xvfb -displayfd 3 -screen 0 640x480x24 3> "$work/display" > "$work/xvfb.log" 2>&1 &
xvfb=$!
if ! read -r -t 30 number < "$work/display"; then
  echo "1..0 # SKIP Xvfb does not start"
  exit 0
fi
export DISPLAY=:$number GST_GL_PLATFORM=glx GST_GL_WINDOW=x11 LIBGL_ALWAYS_SOFTWARE=1

RAW='video/x-raw,format=RGBA,width=640,height=360'
# Everything behind videotestsrc, and the file of pixels.
run () {
  # shellcheck disable=SC2086
  timeout 60 gst-launch-1.0 -q videotestsrc num-buffers=1 pattern=blue ! $RAW ! $1 \
    ! $RAW ! filesink location="$2" > "$work/log" 2>&1
}

cases=0
check () {
  cases=$((cases + 1))
  if [ "$1" = 0 ]; then echo "ok $cases - $2"; else
    echo "not ok $cases - $2"
    sed 's/^/# /' "$work/log"
  fi
}

if ! run 'glupload ! gloverlaycompositor ! gldownload' "$work/plain"; then
  echo "1..0 # SKIP there is no OpenGL on this screen"
  exit 0
fi
echo 1..3

run 'glupload ! shieldoverlay ! gloverlaycompositor ! gldownload' "$work/attached"
drawn=$?
[ $drawn = 0 ] && ! cmp -s "$work/plain" "$work/attached"
check $? test_a_badge_that_is_attached_to_gl_memory_is_drawn_by_the_compositor

# The plate's colour, more often than a plain picture has it (which is never).
plate=$(LC_ALL=C od -An -v -tx4 -w4 "$work/attached" 2>/dev/null | grep -c 'ff181410')
[ "${plate:-0}" -gt 2000 ]
check $? test_what_is_drawn_is_the_plate

run 'glupload ! shieldoverlay ! gldownload' "$work/none"
refused=$?
[ $refused != 0 ] || ! cmp -s "$work/plain" "$work/none"
check $? test_gl_memory_that_nobody_draws_on_is_refused
