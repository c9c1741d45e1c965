/* A stream under SRTP: roll-over, change of keys, who comes late, reorder, replay, and what may not
 * be sent.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "srtp-packets.h"

/* A sender and a receiver of one key each, which can be exchanged. */
typedef struct
{
  e2ee_rollover *sent, *received;
  e2ee_key *key;
  e2ee_keyring *ring;
} call;

static call
call_new (e2ee_suite_id suite)
{
  call c = { e2ee_rollover_new (NULL, NULL), e2ee_rollover_new (NULL, NULL), NULL, NULL };

  c.key = srtp_sender (suite, 1, 1, c.sent);
  c.ring = srtp_ring (suite, 1, 1, c.received);
  return c;
}

static void
call_free (call * c)
{
  e2ee_key_unref (c->key);
  e2ee_keyring_unref (c->ring);
  e2ee_rollover_unref (c->sent);
  e2ee_rollover_unref (c->received);
}

/* The sender takes the key @kid; the receiver has the old one, too. */
static void
call_change_key (call * c, e2ee_suite_id suite, uint64_t kid)
{
  e2ee_key_unref (c->key);
  c->key = srtp_sender (suite, kid, (uint8_t) kid, c->sent);
  srtp_ring_take (&c->ring, suite, kid, (uint8_t) kid, kid, c->received);
}

/* Sends the packet @index; @arrives says whether it does. */
static void
call_pass (call * c, uint64_t index, int arrives)
{
  test_packet sealed;

  CHECK_INT (seal_seq (c->key, (uint16_t) index, &sealed), E2EE_OK);
  if (arrives)
    CHECK_INT (open_seq (c->ring, (uint16_t) index, &sealed), E2EE_OK);
}

static void
call_pass_all (call * c, uint64_t first, uint64_t last, uint64_t step)
{
  for (uint64_t i = first; i <= last && !check_state.failed; i += step)
    call_pass (c, i, 1);
}

static void
test_stream_goes_on_behind_sequence_number_65535 (void)
{
  for (size_t i = 0; i < CHECK_N (srtp_suites); i++) {
    call c = call_new (srtp_suites[i]);

    CHECK_ROW ("%s", e2ee_suite_find (srtp_suites[i])->name);
    call_pass_all (&c, 65500, 65600, 1);
    call_free (&c);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_loss_across_the_wrap_is_followed (void)
{
  static const struct
  {
    const char *name;
    uint64_t last_before, first_after;
  } rows[] = {
    {"65535 is lost", 65534, 65536},
    {"0 is lost", 65535, 65537},
    {"both are lost", 65534, 65537},
    {"a second of video is lost", 65400, 65700},
    {"as much as there may be is lost", 65536, 65536 + 32768},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    call c = call_new (GCM_128);

    CHECK_ROW ("%s", rows[i].name);
    call_pass_all (&c, 65000, rows[i].last_before, 1);
    for (uint64_t k = rows[i].last_before + 1; k < rows[i].first_after; k += 100)
      call_pass (&c, k, 0);
    call_pass_all (&c, rows[i].first_after, rows[i].first_after + 10, 1);
    call_free (&c);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_roll_over_goes_on_under_a_new_key (void)
{
  static const struct
  {
    const char *name;
    uint64_t change;            /* first index under the new key */
  } rows[] = {
    {"far from the wrap", 150000},
    {"the last before the wrap", 131071},
    {"on the wrap", 131072},
    {"the first behind it", 131073},
  };

  for (size_t suite = 0; suite < CHECK_N (srtp_suites); suite++) {
    for (size_t i = 0; i < CHECK_N (rows); i++) {
      call c = call_new (srtp_suites[suite]);

      CHECK_ROW ("%s, %s", e2ee_suite_find (srtp_suites[suite])->name, rows[i].name);
      call_pass_all (&c, 60000, rows[i].change - 1, 997);
      call_pass (&c, rows[i].change - 1, (rows[i].change - 1 - 60000) % 997 != 0 ? 1 : 0);
      call_change_key (&c, srtp_suites[suite], 2);
      call_pass_all (&c, rows[i].change, rows[i].change + 20, 1);
      call_free (&c);
      CHECK_RETURN_IF_FAILED ();
    }
  }
}

static void
test_packets_of_the_old_key_still_open_behind_a_change (void)
{
  call c = call_new (GCM_128);
  test_packet late[3];

  call_pass_all (&c, 131000, 131070, 1);
  for (uint16_t i = 0; i < 3; i++)
    CHECK_INT (seal_seq (c.key, (uint16_t) (131071 + i), &late[i]), E2EE_OK);
  call_change_key (&c, GCM_128, 2);
  call_pass_all (&c, 131074, 131080, 1);
  for (uint16_t i = 0; i < 3; i++)
    CHECK_INT (open_seq (c.ring, (uint16_t) (131071 + i), &late[i]), E2EE_OK);
  call_free (&c);
}

static void
test_forged_packet_that_comes_before_the_first_of_a_new_key_hinders_nothing (void)
{
  call c = call_new (GCM_128);
  test_packet forged;

  call_pass_all (&c, 65000, 65536 * 2, 500);
  call_pass (&c, 65536 * 2 + 1, 1);
  call_change_key (&c, GCM_128, 2);
  CHECK_INT (seal_seq (c.key, 2, &forged), E2EE_OK);
  forged.bytes[20] ^= 1;
  CHECK_INT (open_packet (c.ring, &forged), E2EE_ERR_TAG);
  CHECK_INT (open_packet (c.ring, &forged), E2EE_ERR_TAG);
  call_pass_all (&c, 65536 * 2 + 3, 65536 * 2 + 10, 1);
  call_free (&c);
}

static void
test_new_key_whose_first_packets_were_lost_over_the_wrap_is_found (void)
{
  call c = call_new (GCM_128);

  call_pass_all (&c, 65000, 65500, 1);
  call_change_key (&c, GCM_128, 2);
  for (uint64_t i = 65501; i < 66000; i++)
    call_pass (&c, i, 0);
  call_pass_all (&c, 66000, 66010, 1);
  call_free (&c);
}

/* A receiver that has heard nothing looks for the roll-over counter; the first packets pay. */
static void
test_receiver_that_comes_late_finds_the_roll_over (void)
{
  static const struct
  {
    const char *name;
    uint32_t roc;
    unsigned lost;              /* packets before the first that opens */
  } rows[] = {
    {"0", 0, 0},
    {"1", 1, 0},
    {"8", 8, 0},
    {"9", 9, 1},
    {"300", 300, 37},
    {"the last that is looked for", E2EE_SRTP_MAX_SEARCH, 127},
  };

  for (size_t suite = 0; suite < CHECK_N (srtp_suites); suite++) {
    for (size_t i = 0; i < CHECK_N (rows); i++) {
      e2ee_rollover *sent = e2ee_rollover_new (NULL, NULL);
      e2ee_keyring *ring = srtp_ring (srtp_suites[suite], 1, 1, NULL);
      e2ee_frame_info info;
      unsigned lost = 0;
      e2ee_key *key;
      e2ee_result r;

      CHECK_ROW ("%s, %s", e2ee_suite_find (srtp_suites[suite])->name, rows[i].name);
      e2ee_rollover_see (sent, SSRC, ((uint64_t) rows[i].roc << 16) + 999);
      key = srtp_sender (srtp_suites[suite], 1, 1, sent);
      for (uint16_t seq = 1000; seq < 1200; seq++) {
        test_packet sealed, plain;

        CHECK_INT (seal_seq (key, seq, &sealed), E2EE_OK);
        r = open_at (ring, 20 * (uint64_t) seq, &sealed, &plain, &info);
        if (r == E2EE_ERR_TAG)
          lost++;
        else
          CHECK_INT (r, E2EE_OK);
      }
      CHECK_INT (lost, rows[i].lost);
      e2ee_key_unref (key);
      e2ee_keyring_unref (ring);
      e2ee_rollover_unref (sent);
    }
  }
}

static void
test_roll_over_beyond_what_is_looked_for_is_not_found (void)
{
  e2ee_rollover *sent = e2ee_rollover_new (NULL, NULL);
  e2ee_keyring *ring = srtp_ring (GCM_128, 1, 1, NULL);
  e2ee_frame_info info;
  e2ee_key *key;

  e2ee_rollover_see (sent, SSRC, (uint64_t) (E2EE_SRTP_MAX_SEARCH + 1) << 16);
  key = srtp_sender (GCM_128, 1, 1, sent);
  for (uint16_t seq = 1; seq < 400; seq++) {
    test_packet sealed, plain;

    CHECK_INT (seal_seq (key, seq, &sealed), E2EE_OK);
    CHECK_INT (open_at (ring, 20 * (uint64_t) seq, &sealed, &plain, &info), E2EE_ERR_TAG);
  }
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
  e2ee_rollover_unref (sent);
}

/* Junk must not buy eight decryptions each.  Each packet is looked for where the one before it
 * ended, so that the one behind the junk would be found. */
static void
test_junk_makes_only_so_many_packets_a_second_be_looked_for (void)
{
  const uint64_t roc = E2EE_SRTP_SEARCHES_PER_S * E2EE_SRTP_SEARCH_STEP + 3;
  e2ee_rollover *sent = e2ee_rollover_new (NULL, NULL);
  e2ee_keyring *ring = srtp_ring (GCM_128, 1, 1, NULL);
  e2ee_frame_info info;
  test_packet sealed, plain;
  e2ee_key *key;

  e2ee_rollover_see (sent, SSRC, roc << 16);
  key = srtp_sender (GCM_128, 1, 1, sent);
  CHECK_INT (seal_seq (key, 1, &sealed), E2EE_OK);
  for (uint32_t i = 0; i < E2EE_SRTP_SEARCHES_PER_S; i++) {
    test_packet junk = sealed;

    e2ee_put_be (junk.bytes + 8, i, 4);
    CHECK_INT (open_at (ring, 1000, &junk, &plain, &info), E2EE_ERR_TAG);
  }
  CHECK_INT (open_at (ring, 1999, &sealed, &plain, &info), E2EE_ERR_TAG);
  CHECK_INT (open_at (ring, 2000, &sealed, &plain, &info), E2EE_OK);
  CHECK_INT (open_at (ring, 3000, &sealed, &plain, &info), E2EE_ERR_REPLAYED);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
  e2ee_rollover_unref (sent);
}

static void
test_stream_comes_back_after_a_cut_of_any_length (void)
{
  static const struct
  {
    const char *name;
    uint64_t length;
  } rows[] = {
    {"a second", 300},
    {"a half turn", 32768},
    {"more than a half turn, which looks old", 40000},
    {"a whole turn, which looks like a replay", 65536},
    {"five turns and a half", 360448},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    call c = call_new (GCM_128);
    uint64_t index = 70000 + rows[i].length;
    unsigned lost = 0;

    CHECK_ROW ("%s", rows[i].name);
    call_pass_all (&c, 65000, 70000, 1);
    for (uint64_t k = 70000 + 1000; k < index; k += 1000)
      call_pass (&c, k, 0);
    for (uint64_t k = index; k < index + 40; k++) {
      test_packet sealed;

      CHECK_INT (seal_seq (c.key, (uint16_t) k, &sealed), E2EE_OK);
      if (open_seq (c.ring, (uint16_t) k, &sealed) != E2EE_OK)
        lost++;
    }
    CHECK (lost <= 16);
    call_free (&c);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_nothing_is_let_in_twice_behind_a_cut (void)
{
  call c = call_new (GCM_128);
  test_packet kept[200];

  for (uint64_t i = 0; i < 200; i++) {
    CHECK_INT (seal_seq (c.key, (uint16_t) (5000 + i), &kept[i]), E2EE_OK);
    CHECK_INT (open_seq (c.ring, (uint16_t) (5000 + i), &kept[i]), E2EE_OK);
  }
  for (uint64_t k = 6000; k < 200000; k += 1000)
    call_pass (&c, k, 0);
  for (uint64_t k = 200000; k < 200040; k++) {
    test_packet sealed;

    CHECK_INT (seal_seq (c.key, (uint16_t) k, &sealed), E2EE_OK);
    (void) !open_seq (c.ring, (uint16_t) k, &sealed);
  }
  call_pass (&c, 200040, 1);
  for (unsigned i = 0; i < 200; i++)
    CHECK (open_packet (c.ring, &kept[i]) != E2EE_OK);
  call_free (&c);
}

static void
test_each_packet_opens_once_in_any_order_within_the_window (void)
{
  call c = call_new (GCM_256);
  test_packet sealed[64];
  const uint64_t first = 65536 - 32;

  for (unsigned i = 0; i < 64; i++)
    CHECK_INT (seal_seq (c.key, (uint16_t) (first + i), &sealed[i]), E2EE_OK);
  /* 17 and 64 have no factor in common: every packet comes once. */
  for (unsigned i = 0; i < 64; i++) {
    unsigned k = (i * 17 + 5) % 64;

    CHECK_ROW ("packet %u", k);
    CHECK_INT (open_seq (c.ring, (uint16_t) (first + k), &sealed[k]), E2EE_OK);
    CHECK_INT (open_packet (c.ring, &sealed[k]), E2EE_ERR_REPLAYED);
  }
  for (unsigned i = 0; i < 64; i++)
    CHECK_INT (open_packet (c.ring, &sealed[i]), E2EE_ERR_REPLAYED);
  call_free (&c);
}

static void
test_packet_older_than_the_window_is_replayed (void)
{
  e2ee_key *key = srtp_sender (GCM_128, 1, 1, NULL), *receiver;
  e2ee_keyring *ring = srtp_ring_new (4);
  e2ee_key_params params = srtp_params (E2EE_KEY_DECRYPT, GCM_128, 1, 1, 4, NULL);
  test_packet sealed[70];

  params.replay_window = 64;
  receiver = make_key_with (e2ee_env_default (), params);
  CHECK_INT (ring_take (&ring, receiver, 1), E2EE_OK);
  for (uint16_t i = 0; i < 70; i++)
    CHECK_INT (seal_seq (key, 100 + i, &sealed[i]), E2EE_OK);
  CHECK_INT (open_packet (ring, &sealed[64]), E2EE_OK);
  CHECK_INT (open_packet (ring, &sealed[0]), E2EE_ERR_REPLAYED);
  CHECK_INT (open_packet (ring, &sealed[1]), E2EE_OK);
  e2ee_key_unref (key);
  e2ee_keyring_unref (ring);
}

static void
test_streams_of_one_key_are_apart (void)
{
  call c = call_new (GCM_128);

  for (uint32_t ssrc = 1; ssrc <= E2EE_SRTP_MAX_STREAMS; ssrc++) {
    test_packet plain = make_packet (ssrc, (uint16_t) (ssrc * 77), 50), sealed;

    CHECK_ROW ("SSRC %u", (unsigned) ssrc);
    CHECK_INT (seal (c.key, &plain, &sealed), E2EE_OK);
    CHECK_INT (open_packet (c.ring, &sealed), E2EE_OK);
  }
  call_free (&c);
}

static void
test_257th_stream_is_refused_at_both_ends (void)
{
  e2ee_key *other = srtp_sender (GCM_128, 1, 1, NULL);
  test_packet plain = make_packet (0xffffffff, 1, 50), sealed;
  call c = call_new (GCM_128);

  CHECK_INT (seal (other, &plain, &sealed), E2EE_OK);
  for (uint32_t ssrc = 1; ssrc <= E2EE_SRTP_MAX_STREAMS; ssrc++) {
    test_packet p = make_packet (ssrc, 1, 50), s;

    CHECK_INT (seal (c.key, &p, &s), E2EE_OK);
    CHECK_INT (open_packet (c.ring, &s), E2EE_OK);
  }
  CHECK_INT (open_packet (c.ring, &sealed), E2EE_ERR_TOO_MANY_SENDERS);
  CHECK_INT (seal (c.key, &plain, &sealed), E2EE_ERR_TOO_MANY_SENDERS);
  e2ee_key_unref (other);
  call_free (&c);
}

/* --- without an MKI --- */

static void
test_without_mki_the_newest_keys_are_tried (void)
{
  static const struct
  {
    uint64_t kid;
    e2ee_result result;
  } rows[] = {
    {7, E2EE_OK}, {6, E2EE_OK}, {5, E2EE_OK}, {4, E2EE_OK}, {3, E2EE_ERR_TAG},
  };
  e2ee_keyring *ring = srtp_ring_new (0);

  for (uint64_t kid = 3; kid <= 7; kid++)
    srtp_ring_take (&ring, GCM_128, kid, (uint8_t) kid, kid, NULL);
  for (size_t i = 0; i < CHECK_N (rows); i++) {
    e2ee_key *key = make_key_with (e2ee_env_default (), srtp_params (E2EE_KEY_ENCRYPT, GCM_128,
            rows[i].kid, (uint8_t) rows[i].kid, 0, NULL));
    test_packet sealed, plain;
    e2ee_frame_info info;

    CHECK_ROW ("key %u", (unsigned) rows[i].kid);
    CHECK_INT (seal_seq (key, (uint16_t) (10 + i), &sealed), E2EE_OK);
    CHECK_INT (open_at (ring, 0, &sealed, &plain, &info), rows[i].result);
    CHECK_INT (info.kid, rows[i].result == E2EE_OK ? rows[i].kid : 7);
    e2ee_key_unref (key);
  }
  e2ee_keyring_unref (ring);
}

/* --- what may not be sent --- */

static void
test_no_index_is_sealed_twice (void)
{
  static const struct
  {
    const char *name;
    uint16_t seq;
    e2ee_result result;
  } rows[] = {
    {"first", 2000, E2EE_OK},
    {"again", 2000, E2EE_ERR_REPLAYED},
    {"next", 2001, E2EE_OK},
    {"one that was left out", 1999, E2EE_OK},
    {"and again", 1999, E2EE_ERR_REPLAYED},
    {"far ahead", 30000, E2EE_OK},
    {"far back", 2002, E2EE_ERR_REPLAYED},
    {"a little less far back", 2003, E2EE_ERR_REPLAYED},
    {"the one before the last", 29999, E2EE_OK},
  };

  for (size_t suite = 0; suite < CHECK_N (srtp_suites); suite++) {
    e2ee_key *key = srtp_sender (srtp_suites[suite], 1, 1, NULL);

    for (size_t i = 0; i < CHECK_N (rows); i++) {
      test_packet sealed;

      CHECK_ROW ("%s, %s", e2ee_suite_find (srtp_suites[suite])->name, rows[i].name);
      CHECK_INT (seal_seq (key, rows[i].seq, &sealed), rows[i].result);
    }
    e2ee_key_unref (key);
  }
}

static void
test_stream_that_began_anew_goes_on_in_the_next_turn (void)
{
  call c = call_new (GCM_128);
  unsigned refused = 0, lost = 0;

  call_pass_all (&c, 29000, 30000, 1);
  for (uint16_t seq = 2000; seq < 2100; seq++) {
    test_packet sealed;
    e2ee_result r = seal_seq (c.key, seq, &sealed);

    if (r == E2EE_ERR_REPLAYED) {
      refused++;
      continue;
    }
    CHECK_INT (r, E2EE_OK);
    if (open_seq (c.ring, seq, &sealed) != E2EE_OK)
      lost++;
  }
  CHECK_INT (refused, 16);
  CHECK (lost <= 16);
  /* And no index came twice: what the second run sealed is of the next turn. */
  call_pass_all (&c, 65536 + 2100, 65536 + 2200, 1);
  call_free (&c);
}

static void
test_key_that_comes_back_goes_on_where_the_other_left_off (void)
{
  static const struct
  {
    const char *name;
    uint64_t length;            /* of the time under the other key */
  } rows[] = {
    {"a little", 100},
    {"just over a half turn", 33000},
    {"nearly a turn", 65000},
    {"three turns", 3 * 65536},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    call c = call_new (GCM_128);
    e2ee_key *first = e2ee_key_ref (c.key);

    CHECK_ROW ("%s", rows[i].name);
    call_pass_all (&c, 60000, 60100, 1);
    call_change_key (&c, GCM_128, 2);
    call_pass_all (&c, 60101, 60101 + rows[i].length, 25);
    e2ee_key_unref (c.key);
    c.key = first;
    call_pass_all (&c, 60127 + rows[i].length, 60200 + rows[i].length, 1);
    call_free (&c);
    CHECK_RETURN_IF_FAILED ();
  }
}

static void
test_roll_over_goes_on_while_packets_leave_clear (void)
{
  call c = call_new (GCM_128);

  call_pass_all (&c, 60000, 60100, 1);
  for (uint64_t i = 60101; i < 60101 + 60000; i++) {
    test_packet clear = make_packet (SSRC, (uint16_t) i, 10);

    e2ee_format_srtp.pass (c.sent, PACKET (&clear));
  }
  /* The receiver, who believes no clear packet, is found by his new key. */
  call_change_key (&c, GCM_128, 2);
  call_pass (&c, 60101 + 60000, 0);
  {
    uint64_t highest;

    CHECK (e2ee_rollover_find (c.sent, SSRC, &highest));
    CHECK_INT (highest, 60101 + 60000);
  }
  for (uint64_t i = 60102 + 60000; i < 60120 + 60000; i++)
    call_pass (&c, i, 1);
  call_free (&c);
}

/* Who has sent what under which key, as a process remembers it. */
typedef struct
{
  uint8_t name[E2EE_ROLLOVER_NAME_SIZE];
  uint32_t ssrc;
  const void *owner;
} claimed;

typedef struct
{
  claimed *table;
  size_t *n;
} claimer;

static e2ee_rollover_claim
claim (void *user, const uint8_t name[E2EE_ROLLOVER_NAME_SIZE], uint32_t ssrc)
{
  claimer *me = user;

  for (size_t i = 0; i < *me->n; i++) {
    if (me->table[i].ssrc == ssrc
        && memcmp (me->table[i].name, name, sizeof me->table[i].name) == 0)
      return me->table[i].owner == me ? E2EE_ROLLOVER_OURS : E2EE_ROLLOVER_REFUSED;
  }
  memcpy (me->table[*me->n].name, name, sizeof me->table[*me->n].name);
  me->table[*me->n].ssrc = ssrc;
  me->table[*me->n].owner = me;
  (*me->n)++;
  return E2EE_ROLLOVER_NEW;
}

static void
test_static_key_sends_an_ssrc_for_one_element_only (void)
{
  claimed table[8];
  size_t n = 0;
  claimer first = { table, &n }, second = { table, &n };
  e2ee_rollover *ours = e2ee_rollover_new (claim, &first);
  e2ee_rollover *theirs = e2ee_rollover_new (claim, &second);
  e2ee_key *a = srtp_sender (GCM_128, 1, 1, ours);
  e2ee_key *b = srtp_sender (GCM_128, 1, 1, theirs);
  e2ee_key *other_key = srtp_sender (GCM_128, 1, 2, theirs);
  test_packet other_ssrc = make_packet (SSRC + 1, 1000, 100), sealed;

  CHECK_INT (seal_seq (a, 1000, &sealed), E2EE_OK);
  CHECK_INT (seal_seq (b, 9000, &sealed), E2EE_ERR_REPLAYED);
  CHECK_INT (seal (b, &other_ssrc, &sealed), E2EE_OK);
  CHECK_INT (seal_seq (other_key, 1000, &sealed), E2EE_OK);
  e2ee_key_unref (a);
  e2ee_key_unref (b);
  e2ee_key_unref (other_key);
  e2ee_rollover_unref (ours);
  e2ee_rollover_unref (theirs);
}

static void
test_static_key_that_comes_back_goes_on_where_it_was (void)
{
  claimed table[8];
  size_t n = 0;
  claimer me = { table, &n };
  e2ee_rollover *rollover = e2ee_rollover_new (claim, &me);
  e2ee_key *key = srtp_sender (GCM_128, 1, 1, rollover);
  test_packet sealed;

  CHECK_INT (seal_seq (key, 1000, &sealed), E2EE_OK);
  CHECK_INT (seal_seq (key, 1100, &sealed), E2EE_OK);
  e2ee_key_unref (key);
  key = srtp_sender (GCM_128, 1, 1, rollover);
  CHECK_INT (seal_seq (key, 1050, &sealed), E2EE_ERR_REPLAYED);
  CHECK_INT (seal_seq (key, 1100, &sealed), E2EE_ERR_REPLAYED);
  CHECK_INT (seal_seq (key, 1102, &sealed), E2EE_OK);
  CHECK_INT (seal_seq (key, 1101, &sealed), E2EE_OK);
  CHECK_INT (seal_seq (key, 1050, &sealed), E2EE_ERR_REPLAYED);
  e2ee_key_unref (key);
  e2ee_rollover_unref (rollover);
}

static void
test_static_key_that_comes_back_for_a_stream_that_was_forgotten_sends_nothing (void)
{
  claimed table[8];
  size_t n = 0;
  claimer me = { table, &n };
  e2ee_rollover *rollover = e2ee_rollover_new (claim, &me);
  e2ee_key *key = srtp_sender (GCM_128, 1, 1, rollover);
  test_packet sealed;

  CHECK_INT (seal_seq (key, 1000, &sealed), E2EE_OK);
  e2ee_key_unref (key);
  for (uint32_t ssrc = 1; ssrc <= E2EE_ROLLOVER_MAX_STREAMS; ssrc++)
    e2ee_rollover_see (rollover, ssrc, 1);
  key = srtp_sender (GCM_128, 1, 1, rollover);
  CHECK_INT (seal_seq (key, 1001, &sealed), E2EE_ERR_REPLAYED);
  e2ee_key_unref (key);
  e2ee_rollover_unref (rollover);
}

static void
test_last_index_of_all_ends_the_stream (void)
{
  e2ee_rollover *rollover = e2ee_rollover_new (NULL, NULL);
  test_packet sealed;
  e2ee_key *key;

  e2ee_rollover_see (rollover, SSRC, E2EE_ROLLOVER_MAX_INDEX - 1);
  key = srtp_sender (GCM_128, 1, 1, rollover);
  CHECK_INT (seal_seq (key, 0xffff, &sealed), E2EE_OK);
  CHECK_INT (seal_seq (key, 0, &sealed), E2EE_ERR_EXHAUSTED);
  e2ee_key_unref (key);
  key = srtp_sender (GCM_128, 2, 2, rollover);
  CHECK_INT (seal_seq (key, 0, &sealed), E2EE_ERR_EXHAUSTED);
  e2ee_key_unref (key);
  e2ee_rollover_unref (rollover);
}

static void
test_hard_limit_counts_packets (void)
{
  e2ee_key_params params = srtp_params (E2EE_KEY_ENCRYPT, GCM_128, 1, 1, 4, NULL);
  test_packet sealed;
  e2ee_key *key;

  params.hard_limit = 3;
  key = make_key_with (e2ee_env_default (), params);
  for (uint16_t i = 0; i < 3; i++)
    CHECK_INT (seal_seq (key, i, &sealed), E2EE_OK);
  CHECK_INT (seal_seq (key, 3, &sealed), E2EE_ERR_EXHAUSTED);
  CHECK_INT (e2ee_key_get_left (key), 0);
  e2ee_key_unref (key);
}

static const check_case cases[] = {
  CHECK_CASE (test_stream_goes_on_behind_sequence_number_65535),
  CHECK_CASE (test_loss_across_the_wrap_is_followed),
  CHECK_CASE (test_roll_over_goes_on_under_a_new_key),
  CHECK_CASE (test_packets_of_the_old_key_still_open_behind_a_change),
  CHECK_CASE (test_forged_packet_that_comes_before_the_first_of_a_new_key_hinders_nothing),
  CHECK_CASE (test_new_key_whose_first_packets_were_lost_over_the_wrap_is_found),
  CHECK_CASE (test_receiver_that_comes_late_finds_the_roll_over),
  CHECK_CASE (test_roll_over_beyond_what_is_looked_for_is_not_found),
  CHECK_CASE (test_junk_makes_only_so_many_packets_a_second_be_looked_for),
  CHECK_CASE (test_stream_comes_back_after_a_cut_of_any_length),
  CHECK_CASE (test_nothing_is_let_in_twice_behind_a_cut),
  CHECK_CASE (test_each_packet_opens_once_in_any_order_within_the_window),
  CHECK_CASE (test_packet_older_than_the_window_is_replayed),
  CHECK_CASE (test_streams_of_one_key_are_apart),
  CHECK_CASE (test_257th_stream_is_refused_at_both_ends),
  CHECK_CASE (test_without_mki_the_newest_keys_are_tried),
  CHECK_CASE (test_no_index_is_sealed_twice),
  CHECK_CASE (test_stream_that_began_anew_goes_on_in_the_next_turn),
  CHECK_CASE (test_key_that_comes_back_goes_on_where_the_other_left_off),
  CHECK_CASE (test_roll_over_goes_on_while_packets_leave_clear),
  CHECK_CASE (test_static_key_sends_an_ssrc_for_one_element_only),
  CHECK_CASE (test_static_key_that_comes_back_goes_on_where_it_was),
  CHECK_CASE (test_static_key_that_comes_back_for_a_stream_that_was_forgotten_sends_nothing),
  CHECK_CASE (test_last_index_of_all_ends_the_stream),
  CHECK_CASE (test_hard_limit_counts_packets),
};

CHECK_MAIN (cases)
