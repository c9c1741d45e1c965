#!/bin/bash
# The light and the tone that follow the shield.
#
# gst-e2ee, LGPL-2.1-or-later
#
# Environment: RECIPES is pipelines/recipes, GST_PLUGIN_PATH has the elements.
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=0

check () {
  cases=$((cases + 1))
  if [ "$1" = 0 ]; then echo "ok $cases - $2"; else
    echo "not ok $cases - $2"
    sed 's/^/# /' "$work"/*.log 2>/dev/null
  fi
}

say () {
  printf 'Got message #7 from element "s" (element): e2ee-shield, state=(string)%s, previous=(string)none, text=(string)"%s";\n' "$1" "${2:-}"
}

# What is written to the light, one word a line: a FIFO that somebody reads.
light_of () {
  mkfifo "$work/light"
  cat "$work/light" >> "$work/words" &
  # One end stays open, so that the reader sees all of it.
  { exec 9> "$work/light"; "$RECIPES/shield-led" "$work/light" "${@}" > "$work/passed.log"; exec 9>&-; }
  wait
  tr '\n' ' ' < "$work/words"
  rm "$work/light" "$work/words"
}

echo 1..7
got=$( (say off; say on; say verified; say degraded) | light_of)
[ "$got" = '0 0 1 1 0 0 ' ]
check $? "test_the_light_is_on_exactly_while_the_picture_is_protected ($got)"

got=$( (say on) | light_of)
[ "$got" = '0 1 0 ' ]
check $? "test_the_light_goes_out_with_the_pipeline ($got)"

got=$( (say on) | light_of bright dark)
[ "$got" = 'dark bright dark ' ]
check $? "test_the_light_has_words_of_its_own ($got)"

got=$( (say off 'x: e2ee-shield, state=(string)on,'
    echo 'Got message #8 from element "d" (element): e2ee-status, sender=(string)"a: e2ee-shield, state=(string)on,";'
    echo 'e2ee-shield, state=(string)on,') | light_of)
[ "$got" = '0 0 0 ' ]
check $? "test_a_name_that_looks_like_the_message_lights_nothing ($got)"

say on | "$RECIPES/shield-led" "$work/none/light" > "$work/none.log" 2>&1
[ $? = 1 ]
check $? 'test_a_light_that_cannot_be_written_to_is_an_error'

(say off; say on; say on; say verified; say off; say unknown) |
  "$RECIPES/shield-tone" "filesink location=$work/tone append=true" > "$work/tone.log" 2>&1
# Two changes of two notes of 6 buffers of 1024 samples, in whatever format.
size=$(stat -c %s "$work/tone" 2>/dev/null || echo 0)
[ "$size" -ge $((4 * 6 * 1024)) ] && [ "$(grep -c e2ee-shield "$work/tone.log")" = 6 ]
check $? "test_the_tone_is_heard_at_each_change_and_lines_are_passed_on ($size bytes)"

timeout 60 gst-launch-1.0 -m videotestsrc num-buffers=3 ! shieldoverlay ! fakesink 2> "$work/launch.log" |
  "$RECIPES/shield-led" "$work/file" lit dark > "$work/real.log"
[ "$(cat "$work/file")" = dark ] && grep -q 'e2ee-shield, state=(string)unknown' "$work/real.log"
check $? 'test_what_gst_launch_prints_is_understood'
