#!/bin/bash
# e2ee-meet by hand: options, commands on standard input, and a participant's own floor.
#
# gst-e2ee, LGPL-2.1-or-later
#
#   meet.sh SOURCE-DIR BUILD-DIR
set -u

source_dir=$1
build=$2
out=$(mktemp -d) || exit 1
pids=()
clean_up () {
  local pid
  for pid in ${pids[@]+"${pids[@]}"}; do
    kill "$pid" 2>/dev/null
  done
  wait 2>/dev/null
  rm -rf -- "$out"
}
trap clean_up EXIT

number=0
tell () {
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then
    printf 'ok %d - %s\n' "$number" "$2"
  else
    printf 'not ok %d - %s\n' "$number" "$2"
    for log in "$out"/*.log; do tail -n 3 "$log" | cut -c 1-200 | sed "s/^/# ${log##*/}: /"; done
  fi
}

export GST_PLUGIN_PATH=$build/plugins/gst/elements GST_REGISTRY=$build/demo-registry.bin
ticket=$build/pipelines/ticket/e2ee-ticket
meet=$build/pipelines/meet/e2ee-meet

make_account () {
  "$ticket" device "$out/$1.device" >/dev/null &&
    "$ticket" account --authority "$out/authority" --device "$out/$1.device.pub" \
      --subject "$1@people.example" --name "$1 Example" --tier "$2" "$out/$1.account" >/dev/null
}
"$ticket" authority "$out/authority" >/dev/null
make_account host paid
make_account bob free
make_account carl free
make_account dora free
"$ticket" ticket --device "$out/host.device" --account "$out/host.account" "$out/ticket" >/dev/null
exec {rendezvous}< <(exec "$build/pipelines/rendezvous/e2ee-rendezvous" --port 0)
pids+=($!)
read -r -t 30 -u "$rendezvous" word port

# The options of NAME, in `person`.
as () {
  person=(--rendezvous "ws://127.0.0.1:$port/" --ticket "$out/ticket" --verbose
    --link-file "$out/ticket.link" --account "$out/$1.account" --device "$out/$1.device"
    --authorities "$out/authority.pub")
}

wait_for () {
  local i
  for ((i = 0; i < 300; i++)); do
    grep -qs -e "$2" "$out/$1.log" && return 0
    sleep 0.1
  done
  return 1
}

echo 1..10

"$meet" --rendezvous "ws://127.0.0.1:$port/" </dev/null >"$out/a.log" 2>&1
[ $? -eq 2 ] && grep -q -- '--ticket.* are needed' "$out/a.log"
tell $? 'test_nobody_takes_part_without_a_ticket_by_accident'
as bob
"$meet" "${person[@]}" --schedule 'at 3 onwards' </dev/null >"$out/a.log" 2>&1
[ $? -eq 2 ] && grep -q '"at 3 onwards" is no command' "$out/a.log"
tell $? 'test_a_schedule_that_makes_no_sense_is_named'
"$meet" "${person[@]}" --role ghost </dev/null >"$out/a.log" 2>&1
[ $? -eq 2 ] && grep -q -- '--role ghost' "$out/a.log"
tell $? 'test_a_role_that_is_none_is_named'
"$meet" "${person[@]}" --device "$out/carl.device" </dev/null >"$out/a.log" 2>&1
[ $? -eq 1 ] && grep -q 'e2ee-meet: .*device' "$out/a.log"
tell $? 'test_another_device_cannot_use_the_account'
"$meet" --rendezvous ws://192.0.2.1:1/ --role wiretap --room r </dev/null >"$out/a.log" 2>&1
[ $? -eq 1 ] && grep -q 'neither wss:// nor ws:// to this machine' "$out/a.log"
tell $? 'test_nobody_goes_without_tls_to_another_machine'

# The host types; bob follows, carl will have nothing to do with encryption, dora with nothing else.
mkfifo "$out/typed"
as host
"$meet" "${person[@]}" <"$out/typed" >"$out/host.log" 2>&1 {rendezvous}<&- &
host=$!
pids+=("$host")
exec {typing}>"$out/typed"
as bob
"$meet" "${person[@]}" --video-source none --gather 2 \
  </dev/null >"$out/bob.log" 2>&1 {rendezvous}<&- {typing}>&- &
bob=$!
pids+=("$bob")
as carl
"$meet" "${person[@]}" --role viewer --e2ee forbid \
  </dev/null >"$out/carl.log" 2>&1 {rendezvous}<&- {typing}>&- &
carl=$!
pids+=("$carl")
as dora
"$meet" "${person[@]}" --role viewer --e2ee require --evidence "$out/dora.jsonl" \
  </dev/null >"$out/dora.log" 2>&1 {rendezvous}<&- {typing}>&- &
dora=$!
pids+=("$dora")
wait_for bob '"event":"gathered"' && wait_for carl '"event":"connected"' &&
  wait_for dora '"event":"connected"' && wait_for host '"subject":"carl@people.example"'
tell $? 'test_four_meet'
printf 'members\ncode\nchat good morning\n' >&"$typing"
wait_for bob '^host Example: good morning' && wait_for host '^bob Example' &&
  wait_for host '^[0-9]\{5\}\( [0-9]\{5\}\)\{11\}$'
tell $? 'test_commands_are_typed'
printf 'on\n' >&"$typing"
wait_for bob '"state":"on"' && wait "$carl"
[ $? -eq 1 ] && grep -q 'e2ee-meet: out of the meeting: floor-forbid' "$out/carl.log"
tell $? 'test_who_forbids_encryption_leaves_and_says_why'
wait_for dora '"e2ee-shield".*"state":"on"\|"state":"on".*"e2ee-shield"'
kill -TERM "$dora"
wait "$dora" && grep -q '"frame":"opened".*"state":"on"' "$out/dora.jsonl" &&
  ! grep '"opened"' "$out/dora.jsonl" | grep -qv '"state":"on"\|"state":"switching"'
tell $? 'test_who_requires_encryption_is_shown_nothing_else'
printf 'leave\n' >&"$typing"
wait "$host" && kill -TERM "$bob" && wait "$bob"
tell $? 'test_who_leaves_has_not_failed'
