#!/bin/bash
# The recipe with SRTP from end to end over UDP on loopback: with loss and reorder, without the key, and
# against ffmpeg in both directions.
#
# gst-e2ee, LGPL-2.1-or-later
#
# Environment: RECIPES is pipelines/recipes, KEYGEN the program e2ee-keygen, CALL, if it was built, the
# program e2ee-call; GST_PLUGIN_PATH has the elements.  Nothing waits for a time: a receiver ends by itself when its sinks have had enough, or
# is ended when its log says what was waited for.  LIMIT is for what hangs; a sender outlives several
# receivers.
set -u

LIMIT=90
SENDER_LIMIT=500
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

skip () {
  cases=$((cases + 1))
  echo "ok $cases - $1 # SKIP $2"
}

# Kernel-chosen, all different, each even with an odd one behind it that is free: RTCP's.
free_ports () {
  python3 - "$1" << 'PYTHON'
import socket, sys
found, held = [], []
while len(found) < int(sys.argv[1]):
    one, two = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    one.bind(('127.0.0.1', 0))
    port = one.getsockname()[1]
    held += [one, two]
    try:
        if port % 2 == 0:
            two.bind(('127.0.0.1', port + 1))
            found.append(port)
    except OSError:
        pass
print(*found)
PYTHON
}

# send NAME KEY-FILE VIDEO-PORT AUDIO-PORT [OPTION...]
send () {
  local name=$1 key_file=$2 video_port=$3 audio_port=$4
  shift 4
  timeout $SENDER_LIMIT "$RECIPES/udp-srtp-ends" send --key-file "$key_file" --key-id 1 \
    --host 127.0.0.1 --video-port "$video_port" --audio-port "$audio_port" \
    --video-source 'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1' \
    "$@" -- -v > "$work/$name.log" 2>&1 &
  sender=$!
  pids+=("$sender")
}

# start_receiver NAME KEY-FILE VIDEO-PORT AUDIO-PORT VIDEO-SINK AUDIO-SINK [OPTION...]
start_receiver () {
  local name=$1 key_file=$2 video_port=$3 audio_port=$4 video_sink=$5 audio_sink=$6
  shift 6
  # It must be there when it is followed, however late the process starts.
  : > "$work/$name.log"
  timeout $LIMIT "$RECIPES/udp-srtp-ends" recv --key-file "$key_file" \
    --video-port "$video_port" --audio-port "$audio_port" --video-sink "$video_sink" \
    --audio-sink "$audio_sink" "$@" -- -m -v > "$work/$name.log" 2>&1 &
  receiver=$!
  pids+=("$receiver")
}

# start_deaf_receiver NAME KEY-FILE VIDEO-PORT AUDIO-PORT: writes what it decodes to files
start_deaf_receiver () {
  start_receiver "$@" "filesink location=$work/$1.video" "filesink location=$work/$1.audio"
}

# wait_for LOG TEXT: until the log of the last receiver has TEXT; not 0 when the receiver ends
# before
wait_for () {
  grep -q -m 1 -E -- "$2" < <(timeout $LIMIT tail -n +1 -f --pid="$receiver" "$1")
}

stop () {
  kill "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

stop_receiver () {
  stop "$receiver"
}

# No picture, and of sound at most the silence that opusdec makes up for a gap.
decoded_nothing () {
  [ -e "$work/$1.audio" ] && [ ! -s "$work/$1.video" ] && [ "$(tr -d '\0' < "$work/$1.audio" | wc -c)" -eq 0 ]
}

for tool in gst-launch-1.0 gst-inspect-1.0 python3; do
  command -v $tool > /dev/null || { echo "1..0 # SKIP no $tool"; exit; }
done
for element in netsim vp8enc opusenc; do
  gst-inspect-1.0 --exists $element || { echo "1..0 # SKIP no element $element"; exit; }
done

cd "$work" || exit 1
"$KEYGEN" --suite AEAD_AES_256_GCM ours.json > keygen.log 2>&1 &&
  "$KEYGEN" --suite AEAD_AES_256_GCM impostor.json >> keygen.log 2>&1 &&
  "$KEYGEN" --suite AEAD_AES_256_GCM --key-id 9 stranger.json >> keygen.log 2>&1 &&
  "$KEYGEN" --suite AES_CM_128_HMAC_SHA1_80 device.json >> keygen.log 2>&1
check $? 'keys are made' keygen.log

read -r video audio lossy_video lossy_audio to_video to_audio from_video from_audio \
  < <(free_ports 8)
enough_video="fakesink num-buffers=$PICTURES"
enough_audio="fakesink num-buffers=$SOUNDS"

start_receiver bob ours.json "$video" "$audio" "$enough_video" "$enough_audio"
send alice ours.json "$video" "$audio"
alice=$sender
wait "$receiver"
check $? "$PICTURES pictures and $SOUNDS sounds come through SRTP" bob.log
grep -q 'e2ee-shield, state=(string)on' bob.log
check $? 'the shield says so' bob.log

# What is lost is missing, what comes in another order is put right behind e2eedec, what comes twice is
# dropped: nothing of that looks like a forgery.
start_receiver lossy ours.json "$lossy_video" "$lossy_audio" "$enough_video" "$enough_audio"
send lossy-sends ours.json "$lossy_video" "$lossy_audio" --network \
  'netsim drop-probability=0.03 duplicate-probability=0.05 delay-probability=0.2 min-delay=1 max-delay=60 allow-reordering=true'
wait "$receiver"
check $? "$PICTURES pictures and $SOUNDS sounds come through loss, reorder and duplicates" lossy.log
stop "$sender"
! grep -q -E 'e2ee-status.*state=\(string\)degraded' lossy.log
check $? 'and none of it is taken for a forgery' lossy.log

start_deaf_receiver stranger stranger.json "$video" "$audio"
wait_for stranger.log 'e2ee-status.*reason=\(string\)unknown-key'
check $? 'without the key packets are refused as unknown-key' stranger.log
stop_receiver
decoded_nothing stranger
check $? 'without the key nothing is decoded' stranger.log

start_deaf_receiver impostor impostor.json "$video" "$audio"
wait_for impostor.log 'e2ee-status.*reason=\(string\)tag'
check $? 'with another key under the same key id they are refused by their tag' impostor.log
stop_receiver
decoded_nothing impostor
check $? 'with another key nothing is decoded' impostor.log

keys=$(sed -n 's/.*"k": *"\([^"]*\)".*/\1/p' ours.json)
[ -n "$keys" ] && tr '\0' '\n' < "/proc/$alice/cmdline" | grep -q key-file &&
  ! grep -q -F -e "$keys" ./*.log &&
  ! tr '\0' '\n' < "/proc/$alice/cmdline" | grep -q -F -e "$keys" &&
  ! grep -q -E 'caps.*srtp-key' ./*.log
check $? 'no key stands in caps, in the output of -v and -m, or on a command line'
stop "$alice"

# A call through a webrtcbin ends SRTP at every hop.
if [ -n "${CALL:-}" ]; then
  "$CALL" --rendezvous ws://127.0.0.1:1/ --name alice --key-file ours.json --key-id 1 \
    --format srtp > call.log 2>&1
  [ $? -ne 0 ] && grep -q 'cannot go through a webrtcbin' call.log
  check $? 'e2ee-call refuses format=srtp and says why' call.log
fi

if ! command -v ffmpeg > /dev/null; then
  skip "ffmpeg decodes what e2eeenc sends" "no ffmpeg"
  skip "ffmpeg finds every packet authentic" "no ffmpeg"
  skip "e2eedec opens what ffmpeg sends, and $PICTURES pictures are decoded" "no ffmpeg"
else
  # ffmpeg knows no MKI, and of the suites only those of RFC 3711.
  send device-sends device.json "$to_video" "$to_audio" --mki-size 0
  "$RECIPES/udp-srtp-ends" sdp --key-file device.json --key-id 1 --host 127.0.0.1 \
    --video-port "$to_video" --audio-port "$to_audio" --mki-size 0 > device.sdp
  timeout $LIMIT ffmpeg -nostdin -hide_banner -protocol_whitelist file,crypto,udp,rtp,srtp \
    -i device.sdp -map 0:v -frames:v $PICTURES -f framemd5 pictures.md5 \
    -map 0:a -frames:a $SOUNDS -f framemd5 sounds.md5 > ffmpeg-in.log 2>&1
  [ "$(grep -c -v '^#' pictures.md5)" -eq $PICTURES ] &&
    [ "$(grep -c -v '^#' sounds.md5)" -eq $SOUNDS ]
  check $? "ffmpeg decodes $PICTURES pictures and $SOUNDS sounds that e2eeenc sends" ffmpeg-in.log
  ! grep -q -i -E 'hmac mismatch|srtp.*error' ffmpeg-in.log
  check $? 'ffmpeg finds every packet authentic' ffmpeg-in.log
  stop "$sender"

  start_receiver from-ffmpeg device.json "$from_video" "$from_audio" "$enough_video" \
    "$enough_audio" --mki-size 0
  key=$(python3 -c 'import base64, json, sys
k = json.load(open(sys.argv[1]))["keys"][0]["k"]
print(base64.b64encode(base64.urlsafe_b64decode(k + "=" * (-len(k) % 4))).decode())' device.json)
  timeout $SENDER_LIMIT ffmpeg -nostdin -hide_banner -re -f lavfi -i testsrc=size=320x240:rate=25 \
    -c:v libvpx -deadline realtime -cpu-used 8 -g 25 -payload_type 96 -f rtp \
    -srtp_out_suite AES_CM_128_HMAC_SHA1_80 -srtp_out_params "$key" \
    "srtp://127.0.0.1:$from_video?pkt_size=1200" > ffmpeg-video.log 2>&1 &
  pids+=($!)
  timeout $SENDER_LIMIT ffmpeg -nostdin -hide_banner -re -f lavfi -i sine=sample_rate=48000 \
    -c:a libopus -payload_type 97 -f rtp \
    -srtp_out_suite AES_CM_128_HMAC_SHA1_80 -srtp_out_params "$key" \
    "srtp://127.0.0.1:$from_audio?pkt_size=1200" > ffmpeg-audio.log 2>&1 &
  pids+=($!)
  wait "$receiver"
  check $? "e2eedec opens what ffmpeg sends: $PICTURES pictures, $SOUNDS sounds" from-ffmpeg.log
fi

echo "1..$cases"
