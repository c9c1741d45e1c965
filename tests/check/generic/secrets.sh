#!/bin/bash
# Searches everything that a pipeline says for a key that it uses.
#
# gst-e2ee, LGPL-2.1-or-later
#
# Logs at the highest level, gst-launch -v, bus messages, dot files and errors about bad key files; the key as bytes, hex,
# base64, and as GStreamer's memory dumps and C arrays would print it.  The same of a meeting: its join secret, a
# device's private key, and the base keys of its epochs.
#
# usage: secrets.sh E2EE-KEYGEN MEETING-SECRETS
set -u

keygen=$1
meeting=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

raw='SecretKeyOfTest1'
hex=$(printf '%s' "$raw" | od -An -v -tx1 | tr -d ' \n')
spaced=$(printf '%s' "$raw" | od -An -v -tx1 | sed 's/^ *//;s/ *$//' | tr -d '\n')
base64=$(printf '%s' "$raw" | base64 | tr -d '=\n')
decimal=$(printf '%s' "$raw" | od -An -v -tu1 | tr -s ' ' | sed 's/^ //;s/ /, /g')
carray=$(printf '%s' "$raw" | od -An -v -tx1 | tr -s ' ' | sed 's/^ /0x/;s/ /, 0x/g')
n=0
failed=0

# The longest part of each form that a line break in a dump would leave whole.
leaks_in () {
  local form
  for form in "$raw" "${raw:0:8}" "$hex" "${hex:0:16}" "${hex^^}" "$spaced" "${spaced:0:23}" \
      "$base64" "${base64:0:12}" "$decimal" "$carray"; do
    if grep -rqaF -e "$form" "$@"; then
      echo "# found as: $form"
      grep -rlaF -e "$form" "$@" | sed 's/.*\//#   in /'
      return 0
    fi
  done
  return 1
}

result () {
  n=$((n + 1))
  if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}

keys () {
  printf '{"keys":[{"kty":"oct","kid":"1","k":"%s"%s}]}' "$base64" "$1" >"$work/$2"
  chmod 600 "$work/$2"
}

keys '' keys.jwks
leaks_in "$work/keys.jwks" >/dev/null
result $? 'the search finds the key where it is'

mkdir "$work/said" "$work/dots"
export GST_DEBUG='*:9' GST_DEBUG_NO_COLOR=1 GST_DEBUG_DUMP_DOT_DIR="$work/dots"
GST_DEBUG_FILE=$work/said/log gst-launch-1.0 -v -m \
  videotestsrc num-buffers=6 ! video/x-raw,width=64,height=48 ! vp8enc deadline=1 ! rtpvp8pay ! \
  e2eeenc name=enc key-file="$work/keys.jwks" ! e2eedec name=dec key-file="$work/keys.jwks" ! rtpvp8depay ! \
  vp8dec ! shieldoverlay ! fakesink \
  audiotestsrc num-buffers=6 ! opusenc ! rtpopuspay ! e2eeenc key-file="$work/keys.jwks" ! \
  e2eedec key-file="$work/keys.jwks" ! rtpopusdepay ! opusdec ! fakesink \
  >"$work/said/launch" 2>&1
status=$?
result $status 'a call runs with every log on'
[ -s "$work/said/log" ] && ls "$work"/dots/*.dot >/dev/null 2>&1
result $? 'there are logs and dot files to search'
! leaks_in "$work/said" "$work/dots"
result $? 'no log, message, property, caps or dot file holds the key'

# The same for SRTP, whose stock elements have the key in their caps; it begins like the other key.
mkdir "$work/srtp" "$work/srtp-dots"
printf '{"keys":[{"kty":"oct","kid":"1","alg":"AEAD_AES_128_GCM","k":"%s"}]}' \
  "$(printf '%sAndItsSaltOf12' "${raw:0:14}" | base64 | tr -d '=\n')" >"$work/srtp.jwks"
chmod 600 "$work/srtp.jwks"
leaks_in "$work/srtp.jwks" >/dev/null
result $? 'the search finds the key of SRTP where it is'
GST_DEBUG_FILE=$work/srtp/log GST_DEBUG_DUMP_DOT_DIR=$work/srtp-dots gst-launch-1.0 -v -m \
  videotestsrc num-buffers=6 ! video/x-raw,width=64,height=48 ! vp8enc deadline=1 ! rtpvp8pay ! \
  e2eeenc format=srtp name=enc key-file="$work/srtp.jwks" ! \
  e2eedec format=srtp name=dec key-file="$work/srtp.jwks" ! rtpvp8depay ! vp8dec ! fakesink \
  >"$work/srtp/launch" 2>&1
status=$?
if grep -q 'This build has no SRTP' "$work/srtp/launch"; then
  n=$((n + 1)); echo "ok $n - a call in SRTP runs with every log on # SKIP no libsrtp2"
else
  result $status 'a call in SRTP runs with every log on'
fi
! leaks_in "$work/srtp" "$work/srtp-dots"
result $? 'no log, message, property, caps or dot file holds the key of SRTP'

# And for LiveKit, where it is a passphrase, and Jitsi; then with frames that do not open.
for format in livekit jitsi; do
  mkdir "$work/$format" "$work/$format-dots"
  GST_DEBUG_FILE=$work/$format/log GST_DEBUG_DUMP_DOT_DIR=$work/$format-dots gst-launch-1.0 -v -m \
    videotestsrc num-buffers=6 ! video/x-raw,width=64,height=48 ! vp8enc deadline=1 ! rtpvp8pay ! tee name=t \
    t. ! queue ! e2eeenc format=$format name=enc key-file="$work/keys.jwks" ! \
    e2eedec format=$format name=dec key-file="$work/keys.jwks" ! rtpvp8depay ! vp8dec ! fakesink \
    t. ! queue ! e2eedec format=$format name=plain key-file="$work/keys.jwks" ! fakesink async=false \
    >"$work/$format/launch" 2>&1
  result $? "a call in the format of $format runs with every log on"
  ! leaks_in "$work/$format" "$work/$format-dots"
  result $? "no log, message, property, caps or dot file holds the key of $format"
done

mkdir "$work/errors"
keys ',"alg":"NO_SUCH_SUITE"' unknown-suite.jwks
keys ',"kid":"2"' twice.jwks
keys ',"alg":"AES_256_GCM_SHA512_128"' length.jwks
keys ',' broken.jwks
cp "$work/keys.jwks" "$work/open.jwks"
chmod 644 "$work/open.jwks"
bad=0
for file in unknown-suite twice length broken open; do
  if GST_DEBUG_FILE=$work/errors/$file.log gst-launch-1.0 -v -m fakesrc num-buffers=1 ! \
    text/x-raw,format=utf8 ! e2eeenc key-file="$work/$file.jwks" ! fakesink >"$work/errors/$file" 2>&1; then
    echo "# $file.jwks was taken"
    bad=1
  fi
  grep -q "$file.jwks" "$work/errors/$file" || { echo "# $file.jwks is not named"; bad=1; }
done
result $bad 'every bad key file is refused by name'
! leaks_in "$work/errors"
result $? 'no error about a key file holds the key'

umask 022
GST_DEBUG_FILE=$work/errors/keygen.log "$keygen" "$work/made.jwks" >"$work/errors/keygen" 2>&1
[ "$(stat -c %a "$work/made.jwks")" = 600 ]
result $? 'a made key file is for its owner alone'
made=$(sed -n 's/.*"k": *"\([^"]*\)".*/\1/p' "$work/made.jwks" | head -n 1)
[ -n "$made" ] && ! grep -qaF "$made" "$work/errors/keygen" "$work/errors/keygen.log" 2>/dev/null
result $? 'the program that makes it does not print it'
printf '%s\n%s\n' "$raw" "$raw" >"$work/two-lines"
! "$keygen" --suite LIVEKIT_PBKDF2 --secret "$work/two-lines" "$work/room.jwks" >"$work/errors/given" 2>&1 &&
  ! "$keygen" --suite AES_256_GCM_SHA512_128 --secret - "$work/room.jwks" <"$work/two-lines" >>"$work/errors/given" 2>&1 &&
  [ ! -e "$work/room.jwks" ] && [ -s "$work/errors/given" ] && ! leaks_in "$work/errors/given"
result $? 'nor does it print a secret that it was given and refused'

# The bytes of a meeting's secrets may be any, so they are looked for in every form but the bytes themselves.
secret_leaks_in () {
  local secret=$1 form hex spaced base64 decimal carray
  shift
  hex=$(od -An -v -tx1 "$secret" | tr -d ' \n')
  spaced=$(od -An -v -tx1 -w64 "$secret" | sed 's/^ *//')
  base64=$(base64 -w0 "$secret" | tr -d '=')
  decimal=$(od -An -v -tu1 -w64 "$secret" | tr -s ' ' | sed 's/^ //;s/ /, /g')
  carray=$(od -An -v -tx1 -w64 "$secret" | sed 's/^ /0x/;s/ /, 0x/g')
  for form in "${hex:0:16}" "${hex:16:16}" "${spaced:0:23}" "${base64:0:12}" "$(tr '+/' '-_' <<<"${base64:0:12}")" \
      "${decimal:0:24}" "${carray:0:46}"; do
    if grep -rqaiF -e "$form" "$@"; then
      echo "# ${secret##*/} found as: $form"
      grep -rlaiF -e "$form" "$@" | sed 's/.*\//#   in /'
      return 0
    fi
  done
  return 1
}

mkdir "$work/secrets" "$work/met" "$work/met-dots"
GST_DEBUG_FILE=$work/met/log GST_DEBUG_DUMP_DOT_DIR=$work/met-dots "$meeting" "$work/secrets" >"$work/met/said" 2>&1
result $? 'a meeting with media runs with every log on'
[ -s "$work/met/log" ] && ls "$work"/met-dots/*.dot >/dev/null 2>&1 && [ "$(ls "$work/secrets" | wc -l)" -ge 4 ]
result $? 'there are its logs, dot files and secrets to search for'
od -An -v -tx1 -w64 "$work/secrets/join-secret" >"$work/dump"
secret_leaks_in "$work/secrets/join-secret" "$work/dump" >/dev/null
result $? 'the search finds a secret where it is'
leaked=0
for secret in "$work"/secrets/*; do
  secret_leaks_in "$secret" "$work/met" "$work/met-dots" && leaked=1
done
result $leaked 'no log, message, property, stats or dot file holds a secret of the meeting'

echo "1..$n"
exit $failed
