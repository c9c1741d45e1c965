#!/bin/bash
# The recipe without webrtcbin: E2EE inside, SRTP outside, over UDP on loopback, in both directions.
#
# gst-e2ee, LGPL-2.1-or-later
#
# Environment: RECIPES is pipelines/recipes, KEYGEN the program e2ee-keygen, GST_PLUGIN_PATH has the
# elements.  Nothing waits for a time: a receiver ends by itself when its sinks have had enough, or
# is ended when its log says what was waited for.  LIMIT is for what hangs.
set -u

LIMIT=90
PICTURES=40
SOUNDS=80

work=$(mktemp -d)
pids=()
cases=0

cleanup () {
  local pid
  for pid in ${pids[@]+"${pids[@]}"}; do
    kill "$pid" 2>/dev/null
  done
  wait
  rm -rf "$work"
}
trap cleanup EXIT

# $1: 0 for passed, $2: name, $3: a log to show if not
check () {
  cases=$((cases + 1))
  if [ "$1" -eq 0 ]; then
    echo "ok $cases - $2"
  else
    echo "not ok $cases - $2"
    [ -z "${3:-}" ] || tail -n 15 "$3" | cut -c1-300 | sed 's/^/# /'
  fi
}

# Kernel-chosen, all different.
free_ports () {
  python3 - "$1" << 'PYTHON'
import socket, sys
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[1]))]
for one in sockets:
    one.bind(('127.0.0.1', 0))
print(*(one.getsockname()[1] for one in sockets))
PYTHON
}

# send NAME SESSION KEY-FILE KEY-ID VIDEO-PORT AUDIO-PORT
send () {
  timeout $LIMIT "$RECIPES/udp-srtp" send --session "$2" --key-file "$3" --key-id "$4" \
    --video-port "$5" --audio-port "$6" \
    --video-source 'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1' \
    -- -v > "$work/$1.log" 2>&1 &
  pids+=($!)
}

# start_receiver NAME SESSION KEY-FILE VIDEO-PORT AUDIO-PORT VIDEO-SINK AUDIO-SINK
start_receiver () {
  # It must be there when it is followed, however late the process starts.
  : > "$work/$1.log"
  timeout $LIMIT "$RECIPES/udp-srtp" recv --session "$2" --key-file "$3" \
    --video-port "$4" --audio-port "$5" --video-sink "$6" --audio-sink "$7" \
    -- -m -v > "$work/$1.log" 2>&1 &
  receiver=$!
  pids+=("$receiver")
}

# start_deaf_receiver NAME SESSION KEY-FILE VIDEO-PORT AUDIO-PORT: writes what it decodes to files
start_deaf_receiver () {
  start_receiver "$@" "filesink location=$work/$1.video" "filesink location=$work/$1.audio"
}

# wait_for LOG TEXT: until the log of the last receiver has TEXT; not 0 when the receiver ends
# before
wait_for () {
  grep -q -m 1 -E -- "$2" < <(timeout $LIMIT tail -n +1 -f --pid="$receiver" "$1")
}

stop_receiver () {
  kill "$receiver" 2>/dev/null
  wait "$receiver" 2>/dev/null
}

# No picture, and of sound at most the silence that opusdec makes up for a gap.
decoded_nothing () {
  [ ! -s "$work/$1.video" ] && [ "$(tr -d '\0' < "$work/$1.audio" | wc -c)" -eq 0 ]
}

for tool in gst-launch-1.0 gst-inspect-1.0 python3; do
  command -v $tool > /dev/null || { echo "1..0 # SKIP no $tool"; exit; }
done
for element in srtpenc srtpdec vp8enc opusenc; do
  gst-inspect-1.0 --exists $element || { echo "1..0 # SKIP no element $element"; exit; }
done

cd "$work" || exit 1
"$KEYGEN" --pair alice.json bob.json > keygen.log 2>&1 &&
  "$KEYGEN" --key-id 9 stranger.json >> keygen.log 2>&1 &&
  "$KEYGEN" --key-id 1 impostor.json >> keygen.log 2>&1 &&
  "$RECIPES/udp-srtp" session ab && "$RECIPES/udp-srtp" session ba &&
  "$RECIPES/udp-srtp" session other
check $? 'keys and sessions are made' keygen.log

read -r ab_video ab_audio ba_video ba_audio < <(free_ports 4)
enough_video="fakesink num-buffers=$PICTURES"
enough_audio="fakesink num-buffers=$SOUNDS"

start_receiver bob ab bob.json "$ab_video" "$ab_audio" "$enough_video" "$enough_audio"
bob=$receiver
start_receiver alice ba alice.json "$ba_video" "$ba_audio" "$enough_video" "$enough_audio"
alice=$receiver
send alice-sends ab alice.json 1 "$ab_video" "$ab_audio"
sender=$!
send bob-sends ba bob.json 2 "$ba_video" "$ba_audio"

wait "$bob"
check $? "Bob decodes $PICTURES pictures and $SOUNDS sounds of Alice" bob.log
wait "$alice"
check $? "Alice decodes $PICTURES pictures and $SOUNDS sounds of Bob" alice.log
grep -q 'e2ee-shield, state=(string)on' bob.log && grep -q 'e2ee-shield, state=(string)on' alice.log
check $? 'the shield says so at both ends' bob.log

# SRTP is right in the next two: srtpdec hands on what it has authenticated, and nothing else.
start_deaf_receiver stranger ab stranger.json "$ab_video" "$ab_audio"
wait_for stranger.log 'e2ee-status.*reason=\(string\)unknown-key'
check $? 'without the key frames arrive through SRTP and are refused as unknown-key' stranger.log
stop_receiver
decoded_nothing stranger
check $? 'without the key nothing is decoded' stranger.log

start_deaf_receiver impostor ab impostor.json "$ab_video" "$ab_audio"
wait_for impostor.log 'e2ee-status.*reason=\(string\)tag'
check $? 'with another key under the same key id frames are refused by their tag' impostor.log
stop_receiver
decoded_nothing impostor
check $? 'with another key nothing is decoded' impostor.log

# And with the right E2EE key, but the SRTP key of another session.
{ sed -n '/^srtp-key/p' other; sed -n '/ssrc/p' ab; } > mixed
chmod 600 mixed
GST_DEBUG=srtpdec:2 start_deaf_receiver outsider mixed bob.json "$ab_video" "$ab_audio"
wait_for outsider.log 'srtpdec.*[Aa]uth.*dropping'
check $? 'with another SRTP key the packets are refused by srtpdec' outsider.log
stop_receiver
decoded_nothing outsider
check $? 'with another SRTP key nothing is decoded' outsider.log

keys=$(sed -n 's/.*"k": *"\([^"]*\)".*/\1/p' alice.json bob.json)
[ -n "$keys" ] && tr '\0' '\n' < "/proc/$sender/cmdline" | grep -q key-file &&
  ! grep -q -F -e "$keys" ./*.log &&
  ! tr '\0' '\n' < "/proc/$sender/cmdline" | grep -q -F -e "$keys"
check $? 'no E2EE key stands in the output of -v and -m, or on a command line'

"$RECIPES/udp-srtp" send --session ab --key-file alice.json --key-id 1 --video-port "$ab_video" \
  --audio-port "$ab_audio" > refused.log 2>&1
[ $? -eq 1 ] && grep -q 'has been used' refused.log
check $? 'a session is good for one run of a sender' refused.log

chmod 644 other
"$RECIPES/udp-srtp" recv --session other --key-file bob.json --video-port "$ab_video" \
  --audio-port "$ab_audio" > refused.log 2>&1
[ $? -eq 1 ] && grep -q 'others may read' refused.log
check $? 'a session that others may read is refused' refused.log

"$RECIPES/udp-srtp" session ba > refused.log 2>&1
[ $? -ne 0 ] && grep -q used ba
check $? 'a session that is there is not overwritten' refused.log

echo "1..$cases"
