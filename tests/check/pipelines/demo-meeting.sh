#!/bin/bash
# The meeting of the demo on a built tree: its verdict, its figures, and that its verdict can be a
# failure.
#
# gst-e2ee, LGPL-2.1-or-later
#
#   demo-meeting.sh SOURCE-DIR BUILD-DIR
#
# With E2EE_LONG in the environment each control is run by itself, too.
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
  fi
}

run_demo () {
  "$source_dir/pipelines/meet/run-demo" "$build" "$out" "$@" >"$out/said" 2>&1
}

# A control must fail for its own reason, and not because no meeting came about.
control () {
  local what=$1 reason=$2 status
  run_demo --seconds 12 --control "$what"
  status=$?
  [ "$status" -eq 1 ] && grep -q "FAILED: .*$reason" "$out/said"
}

field () {
  python3 - "$out/summary.json" "$1" <<'END_OF_PYTHON'
import json, sys
summary = json.load(open(sys.argv[1]))
sys.exit(0 if eval('(' + sys.argv[2] + ')', {'s': summary}) else 1)
END_OF_PYTHON
}

# Prints what still runs with the folder in its command line; the status says whether nothing does.
nobody_is_left () {
  local file line status=0
  for file in /proc/[0-9]*/cmdline; do
    { line=$(tr '\0' ' ' <"$file"); } 2>/dev/null || continue
    case $line in
      *"$out"*) printf 'left: %s\n' "$line"; status=1 ;;
    esac
  done
  return "$status"
}

if [ -n "${E2EE_LONG:-}" ]; then echo 1..17; else echo 1..13; fi

run_demo --seconds 14
tell $? 'test_every_promise_of_the_meeting_holds'
field 's["ok"] is True and s["failures"] == []'
tell $? 'test_the_summary_agrees_with_the_exit_status'
field '[(i["speaker"], i["mode"]) for i in s["intervals"]] == [
  (who, mode) for who in ("alice", "bob") for mode in ("off", "on", "off", "on")]'
tell $? 'test_both_speakers_are_off_on_off_and_on'
field 's["clear-frames-after-on"] == 0
  and all(d["decrypt-failures"] == 0 for d in s["decryptors"].values())'
tell $? 'test_no_clear_frame_leaves_after_on_and_none_fails_to_open'
field 'all(i["eve"]["readable"] > 100 and i["eve"]["pictures"]["recognised"] > 20
  for i in s["intervals"] if i["mode"] == "off")'
tell $? 'test_eve_reads_what_is_off_so_that_her_tap_works'
field 'all(i["eve"]["came"] > 100 and i["eve"]["readable"] + i["eve"]["decrypted"]
  + i["eve"]["pictures"]["recognised"] == 0 for i in s["intervals"] if i["mode"] == "on")'
tell $? 'test_eve_gets_what_is_on_and_reads_none_of_it'
field '[(i["mode"], i["frames"] > 0) for i in s["recording"]["intervals"]] == [
  ("off", True), ("on", False), ("off", True), ("on", False)]'
tell $? 'test_the_recording_holds_the_clear_intervals_only'
field 's["messages"]["found"] == [] and s["messages"]["looked-for"] > 20
  and s["messages"]["lines"] > 20'
tell $? 'test_the_server_sees_no_name_no_chat_and_no_secret'
field 'len(s["roster"]["members"]) == 4 and len(s["roster"]["code"].split()) == 12'
tell $? 'test_all_see_the_same_members_and_the_same_code'
field '[(x["file"], x["of"]) for x in s["snapshots"]] == [(f"{who}-{n}-{state}.png", "alice")
  for who in ("bob", "kiosk") for n, state in enumerate(("off", "on", "off", "on"), 1)]' &&
  [ "$(head -c 8 "$out/kiosk-4-on.png" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
tell $? 'test_there_is_a_picture_of_each_state'
! ls "$out" | grep -Eq 'key|ticket|account|device' && ! grep -rqs '"d": *"' "$out" &&
  nobody_is_left >"$out/said"
tell $? 'test_no_secret_and_no_process_is_left'

control eve-has-link 'Eve Everhart is on the roster of bob' &&
  grep -q 'FAILED: interval 1 (on) of alice: eve decrypted [1-9]' "$out/said"
tell $? 'test_the_verdict_fails_when_eve_has_the_link_and_an_account'

run_demo --seconds 12 --control no-gate --control clear-copy
[ $? -eq 1 ] && grep -q 'the recording holds [1-9][0-9]* frames of an encrypted' "$out/said" &&
  grep -q 'interval 1 (on) of bob: eve has [1-9][0-9]* frames as bob encoded them' "$out/said" &&
  grep -q 'interval 1 (on) of bob: eve recognises [1-9][0-9]* pictures' "$out/said"
tell $? 'test_the_verdict_fails_without_a_gate_and_with_a_clear_copy'

if [ -n "${E2EE_LONG:-}" ]; then
  control no-gate 'the recording holds [1-9][0-9]* frames of an encrypted interval'
  tell $? 'test_the_verdict_fails_when_the_recording_has_no_gate'
  control clear-copy 'eve has [1-9][0-9]* frames as bob encoded them'
  tell $? 'test_the_verdict_fails_when_eve_is_sent_clear_packets'
  control stays-on 'the host did not turn it on, off and on'
  tell $? 'test_the_verdict_fails_when_it_is_never_turned_off'
  run_demo --seconds 30
  tell $? 'test_every_promise_holds_for_as_long_as_the_demo_usually_is'
fi
