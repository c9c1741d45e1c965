/* The packet index of RTP streams.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"

#include "core/frame/rollover.h"

static void
test_guess_is_the_nearest_index (void)
{
  static const struct
  {
    const char *name;
    uint64_t highest;
    uint16_t seq;
    uint64_t index;
  } rows[] = {
    {"the next", 70000, 4465, 70001},
    {"the same", 70000, 4464, 70000},
    {"the one before", 70000, 4463, 69999},
    {"on the wrap", 131071, 0, 131072},
    {"back over the wrap", 131072, 65535, 131071},
    {"half a turn off", 0x18000, 0, 0x10000},
    {"one packet less than half a turn back", 0x18000, 1, 0x10001},
    {"one packet less than half a turn ahead", 0x18001, 0, 0x20000},
    {"half a turn ahead", 0x20000, 0x8000, 0x28000},
    {"more than half a turn ahead is back", 0x20000, 0x8001, 0x18001},
    {"the first turn has none before it", 5, 65535, 65535},
    {"nor does its first half", 0x8000, 65535, 65535},
    {"its second half does wrap", 0x8002, 1, 0x10001},
    {"behind the last index there is more", E2EE_ROLLOVER_MAX_INDEX, 0,
        E2EE_ROLLOVER_MAX_INDEX + 1},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (e2ee_rollover_guess (rows[i].highest, rows[i].seq), rows[i].index);
  }
}

static void
test_highest_index_of_each_stream_is_kept (void)
{
  e2ee_rollover *rollover = e2ee_rollover_new (NULL, NULL);
  uint64_t highest = 99;

  CHECK (!e2ee_rollover_find (rollover, 7, &highest));
  CHECK_INT (highest, 99);
  e2ee_rollover_see (rollover, 7, 1000);
  e2ee_rollover_see (rollover, 8, 5);
  e2ee_rollover_see (rollover, 7, 999);
  CHECK (e2ee_rollover_find (rollover, 7, &highest));
  CHECK_INT (highest, 1000);
  CHECK (e2ee_rollover_find (rollover, 8, &highest));
  CHECK_INT (highest, 5);
  e2ee_rollover_unref (rollover);
}

static void
test_quietest_stream_gives_way (void)
{
  e2ee_rollover *rollover = e2ee_rollover_new (NULL, NULL);
  uint64_t highest;

  for (uint32_t ssrc = 0; ssrc < E2EE_ROLLOVER_MAX_STREAMS; ssrc++)
    e2ee_rollover_see (rollover, ssrc, ssrc);
  e2ee_rollover_see (rollover, 0, 1);
  e2ee_rollover_see (rollover, 9999, 1);
  CHECK (e2ee_rollover_find (rollover, 0, &highest));
  CHECK (!e2ee_rollover_find (rollover, 1, &highest));
  CHECK (e2ee_rollover_find (rollover, 2, &highest));
  CHECK (e2ee_rollover_find (rollover, 9999, &highest));
  e2ee_rollover_unref (rollover);
}

static void
test_without_a_claim_everything_is_new (void)
{
  static const uint8_t name[E2EE_ROLLOVER_NAME_SIZE];
  e2ee_rollover *rollover = e2ee_rollover_new (NULL, NULL);

  CHECK_INT (e2ee_rollover_ask (rollover, name, 1), E2EE_ROLLOVER_NEW);
  CHECK_INT (e2ee_rollover_ask (rollover, name, 1), E2EE_ROLLOVER_NEW);
  e2ee_rollover_unref (rollover);
}

static const check_case cases[] = {
  CHECK_CASE (test_guess_is_the_nearest_index),
  CHECK_CASE (test_highest_index_of_each_stream_is_kept),
  CHECK_CASE (test_quietest_stream_gives_way),
  CHECK_CASE (test_without_a_claim_everything_is_new),
};

CHECK_MAIN (cases)
