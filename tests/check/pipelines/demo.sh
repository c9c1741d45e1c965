#!/bin/bash
# The demo on a built tree: its verdict, its figures, and that its verdict can be a failure.
#
# gst-e2ee, LGPL-2.1-or-later
#
#   demo.sh SOURCE-DIR BUILD-DIR
set -u

source_dir=$1
build=$2
out=$(mktemp -d) || exit 1
trap 'rm -rf -- "$out"' EXIT

number=0
tell () {
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then
    printf 'ok %d - %s\n' "$number" "$2"
  else
    printf 'not ok %d - %s\n' "$number" "$2"
    sed 's/^/# /' "$out/said"
    # Of one that has crashed nothing else tells why.
    tail -n 6 "$out"/*.log 2>/dev/null | cut -c 1-300 | sed 's/^/#   /'
  fi
}

run_demo () {
  "$source_dir/pipelines/call/run-demo" "$build" "$out" "$@" >"$out/said" 2>&1
}

# A control must fail for its own reason, and not because no call came about.
control () {
  local what=$1 reason=$2 status
  run_demo --seconds 3 --control "$what"
  status=$?
  [ "$status" -eq 1 ] && grep -q "$reason" "$out/said"
}

field () {
  python3 - "$out/summary.json" "$1" <<'END'
import json, sys
summary = json.load(open(sys.argv[1]))
sys.exit(0 if eval(sys.argv[2], {'s': summary}) else 1)
END
}

# Prints what still runs with the folder in its command line; the status says whether nothing does.
nobody_is_left () {
  local file line status=0
  for file in /proc/[0-9]*/cmdline; do
    line=$(tr '\0' ' ' <"$file") 2>/dev/null || continue
    case $line in
      *"$out"*) printf 'left: %s\n' "$line"; status=1 ;;
    esac
  done
  return "$status"
}

echo 1..19

run_demo --seconds 5
tell $? 'test_two_are_heard_by_each_other_and_by_nobody_else'
field 's["ok"] is True and s["failures"] == []'
tell $? 'test_the_summary_agrees_with_the_exit_status'
field 'all(d[m]["encrypted"] > 60 and d[m]["percent"] > 95
  for d in s["directions"] for m in ("video", "audio"))'
tell $? 'test_both_directions_carry_video_and_audio'
field 'all(d["video"]["pictures"]["median-correlation"] > 0.95 for d in s["directions"])'
tell $? 'test_decrypted_pictures_look_like_those_that_were_sent'
field 'all(e[m]["received-frames"] > 60 and e[m]["failed"]["tag"] > 60
  for e in s["eve"] for m in ("video", "audio"))'
tell $? 'test_eve_is_sent_every_frame_and_her_keys_open_none'
field 'all(e[p]["recognised"] == 0 for e in s["eve"]
  for p in ("pictures-from-raw", "pictures-from-decrypted"))'
tell $? 'test_eve_recognises_no_picture'
field '(s["recorder"]["frames"] == 0
  and all(g["dropped-on"] > 0 for g in s["recorder"]["gates"].values()))'
tell $? 'test_the_gate_keeps_every_frame_out_of_the_recording'
field 's["shield"]["state"] == "on"' &&
  [ "$(head -c 8 "$out/bob.png" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
tell $? 'test_the_shield_is_on_and_the_picture_is_there'
! ls "$out" | grep -q key && ! grep -rqs '"k"' "$out"
tell $? 'test_no_key_is_left_in_the_folder'
nobody_is_left >"$out/said"
tell $? 'test_no_process_is_left'

run_demo --seconds 6 --new-keys
tell $? 'test_a_call_goes_on_with_other_keys'
field 'all(d[m]["key-changes"] == 1 and d[m]["percent"] > 95 and sum(d[m]["failed"].values()) == 0
  for d in s["directions"] for m in ("video", "audio"))'
tell $? 'test_a_key_change_in_mid_call_loses_no_frame'

control eve-has-key 'eve decrypted .* video frames of alice' &&
  grep -q 'eve recognises .* pictures of alice (opened' "$out/said"
tell $? 'test_the_verdict_fails_when_eve_has_the_key'
control clear-copy 'eve has .* audio frames as alice encoded them' &&
  grep -q 'eve recognises .* pictures of alice (raw' "$out/said"
tell $? 'test_the_verdict_fails_when_eve_is_sent_clear_packets'
control no-gate 'the recording holds [1-9][0-9]* frames'
tell $? 'test_the_verdict_fails_when_the_recording_has_no_gate'
control wrong-key 'bob got 0 of the [1-9][0-9]* video frames'
tell $? 'test_the_verdict_fails_when_bob_has_another_key'

# What has been started ends with the one who started it.
rm -f -- "$out"/*.log
"$source_dir/pipelines/call/run-demo" "$build" "$out" --seconds 60 >"$out/said" 2>&1 &
demo=$!
(cd "$out" &&
  grep -q -m 1 'connected with' < <(exec tail -n +1 -F --pid="$demo" alice.log 2>/dev/null))
kill -TERM "$demo"
wait "$demo"
status=$?
[ "$status" -eq 143 ] && nobody_is_left >>"$out/said"
tell $? 'test_a_demo_that_is_ended_leaves_no_process'

export GST_PLUGIN_PATH=$build/plugins/gst/elements GST_REGISTRY=$build/demo-registry.bin
printf '{"keys":[]' >"$out/broken"
chmod 600 "$out/broken"
"$build/pipelines/call/e2ee-call" --rendezvous ws://127.0.0.1:1/ --name a \
  --key-file "$out/broken" >"$out/said" 2>&1
[ $? -eq 1 ] && grep -q "$out/broken" "$out/said"
tell $? 'test_a_broken_key_file_is_named'
"$build/pipelines/call/e2ee-call" --rendezvous ws://127.0.0.1:1/ --name a >"$out/said" 2>&1
[ $? -eq 2 ] && grep -q -- '--key-file is needed' "$out/said"
tell $? 'test_nobody_takes_part_without_keys_by_accident'
