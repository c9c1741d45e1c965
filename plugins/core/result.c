/* One name and one sentence per result.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/result.h"

static const struct
{
  const char *name;
  const char *text;
} results[E2EE_N_RESULTS] = {
  [E2EE_OK] = {"ok", "No error"},
  [E2EE_ERR_TRUNCATED] = {"truncated", "The message is shorter than the smallest valid one"},
  [E2EE_ERR_HEADER] = {"header",
      "The header or trailer of the frame is not one that an encoder may write"},
  [E2EE_ERR_FRAME] = {"frame", "The media frame is not one that its codec allows"},
  [E2EE_ERR_TOO_LARGE] = {"too-large", "The message is over a limit that protects memory"},
  [E2EE_ERR_UNKNOWN_KEY] = {"unknown-key", "There is no key with this key id"},
  [E2EE_ERR_TAG] = {"tag", "The authentication tag is wrong"},
  [E2EE_ERR_REPLAYED] = {"replayed",
      "The counter was seen before or is older than the replay window"},
  [E2EE_ERR_TOO_MANY_SENDERS] = {"too-many-senders",
      "There are more counter runs under one key than are remembered"},
  [E2EE_ERR_GIVEN_UP] = {"given-up",
      "The key has failed for more frames in a row than are tolerated"},
  [E2EE_ERR_NOT_PROTECTED] = {"not-protected", "The frame is clear while encryption is on"},
  [E2EE_ERR_CLOSED] = {"closed", "The meeting lets no media flow"},
  [E2EE_ERR_SENDER] = {"sender", "The frame comes from another sender than the one expected"},
  [E2EE_ERR_NEGOTIATION] = {"negotiation",
      "Both ends have not agreed on whether there are SFrame packets"},
  [E2EE_ERR_NO_KEY] = {"no-key", "There is no key to encrypt with"},
  [E2EE_ERR_KEY_SIZE] = {"key-size", "The key has a length that the cipher suite does not take"},
  [E2EE_ERR_KEY_ID] = {"key-id-range", "The key id is larger than the frame format can carry"},
  [E2EE_ERR_KEY_USAGE] = {"key-usage", "The key may not be used in this direction"},
  [E2EE_ERR_KEY_FORMAT] = {"key-format", "The key belongs to another frame format"},
  [E2EE_ERR_DUPLICATE_KEY] = {"duplicate-key", "There is already a key with this key id"},
  [E2EE_ERR_EXHAUSTED] = {"exhausted", "The counter of the key has reached its hard limit"},
  [E2EE_ERR_UNSUPPORTED] = {"unsupported", "This build does not have the algorithm"},
  [E2EE_ERR_SELF_TEST] = {"self-test", "A known answer of the cryptography came out wrong"},
  [E2EE_ERR_NO_MEMORY] = {"no-memory", "There is no memory left"},
};

const char *
e2ee_result_name (e2ee_result result)
{
  if ((unsigned) result >= E2EE_N_RESULTS)
    return "unknown";
  return results[result].name;
}

const char *
e2ee_result_text (e2ee_result result)
{
  if ((unsigned) result >= E2EE_N_RESULTS)
    return "The result is not one of ours";
  return results[result].text;
}
