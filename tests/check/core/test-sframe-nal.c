/* SFrame of H.264 and H.265 frames: what travels, what it survives, and what it does not.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "frame-keys.h"
#include "hex.h"

#include "core/frame/format.h"
#include "core/frame/nal.h"

#include <stdlib.h>

#define KID 7
#define ROOM 512

#define SC3 "000001"
#define SC4 "00000001"
#define SPS4 "67 42 c0 1f"
#define PPS4 "68 ce 3c 80"
#define VPS5 "40 01 0c"
#define SPS5 "42 01 01"
#define PPS5 "44 01 c1"

typedef struct
{
  e2ee_key *sender;
  e2ee_keyring *ring;
  uint64_t ctr;                 /* of the frame sealed last */
} pair;

/* A counter of which the header holds two zero bytes before 01, so that every frame of the key is
 * escaped. */
#define CTR_WITH_ZEROS (UINT64_C (0x0100000102030000))

static void
pair_init_at (pair * p, uint64_t ctr)
{
  foretold_env foretold;        /* of whose number a start takes 63 bits */

  p->ring = e2ee_keyring_new ();
  p->sender = make_key_with (foretold_env_init (&foretold, ctr << 1), key_params (E2EE_KEY_ENCRYPT,
          E2EE_KEY_STATIC, E2EE_SUITE_AES_128_GCM_SHA256_128, KID, 0x42));
  CHECK (p->sender != NULL);
  CHECK_INT (ring_take (&p->ring, make_key_with (e2ee_env_default (), key_params (E2EE_KEY_DECRYPT,
                  E2EE_KEY_STATIC, E2EE_SUITE_AES_128_GCM_SHA256_128, KID, 0x42)), 1), E2EE_OK);
}

static void
pair_init (pair * p)
{
  pair_init_at (p, 5);
}

static void
pair_clear (pair * p)
{
  e2ee_key_unref (p->sender);
  e2ee_keyring_unref (p->ring);
}

static e2ee_result
seal (pair * p, e2ee_codec codec, e2ee_bytes frame, uint8_t * out, size_t *size)
{
  e2ee_frame_info info;
  size_t bound = e2ee_format_sframe.seal_bound (p->sender, codec, frame.size);
  uint8_t *exact = malloc (bound);
  e2ee_result r = e2ee_format_sframe.seal (p->sender, codec, frame, exact, size, &info);

  /* Memory of the very size, so that a byte too many shows under ASan. */
  if (*size > bound)
    check_fail (__FILE__, __LINE__, "%zu bytes were written, at most %zu were foretold", *size, bound);
  memcpy (out, exact, *size);
  free (exact);
  if (r == E2EE_OK)
    p->ctr = info.ctr;
  return r;
}

static e2ee_result
open_in (pair * p, e2ee_codec codec, e2ee_bytes wire, uint8_t * out, size_t *size)
{
  uint8_t *exact = malloc (wire.size + 1), *room = malloc (wire.size + 1);
  e2ee_frame_info info;
  e2ee_result r;

  exact = realloc (exact, wire.size > 0 ? wire.size : 1);
  room = realloc (room, wire.size > 0 ? wire.size : 1);
  if (wire.size > 0)
    memcpy (exact, wire.data, wire.size);
  r = e2ee_format_sframe.open (p->ring, 0, codec, E2EE_BYTES (exact, wire.size), room, size, &info);
  if (r != E2EE_OK && *size != 0)
    check_fail (__FILE__, __LINE__, "a size was given for a frame that did not open");
  memcpy (out, room, *size);
  free (exact);
  free (room);
  return r;
}

typedef struct
{
  const char *name;
  e2ee_codec codec;
  const char *frame;
  const char *clear;            /* that the protected one begins with */
  const char *opened;
} frame_row;

static const frame_row frame_rows[] = {
  {"key frame", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4 SC4 "65 88 84 21 a0", SC4 SPS4 SC4 PPS4 SC4 "65 88",
      SC4 SPS4 SC4 PPS4 SC4 "65 88 84 21 a0"},
  {"other frame", E2EE_CODEC_H264, SC4 "41 9a 24 6c 41 1f", SC4 "41 9a", SC4 "41 9a 24 6c 41 1f"},
  {"short start codes", E2EE_CODEC_H264, SC3 SPS4 SC3 PPS4 SC3 "65 88 84 21 a0",
      SC4 SPS4 SC4 PPS4 SC4 "65 88", SC4 SPS4 SC4 PPS4 SC4 "65 88 84 21 a0"},
  {"delimiter, SEI, filler", E2EE_CODEC_H264, SC4 "09 10" SC4 SPS4 SC4 PPS4 SC4 "06 05 03 73 65 63 80"
      SC3 "0c ff ff 80" SC4 "65 88 84", SC4 SPS4 SC4 PPS4 SC4 "65 88", SC4 SPS4 SC4 PPS4 SC4 "65 88 84"},
  {"several slices", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4 SC3 "65 88 84" SC3 "65 09 a0" SC4 "65 05 c2",
      SC4 SPS4 SC4 PPS4 SC4 "65 88",
      SC4 SPS4 SC4 PPS4 SC4 "65 88 84" SC3 "65 09 a0" SC4 "65 05 c2"},
  {"zero bytes behind the last", E2EE_CODEC_H264, SC4 "41 9a 24 00 00 00", SC4 "41 9a", SC4 "41 9a 24"},
  {"a slice of two bytes", E2EE_CODEC_H264, SC4 "41 9a", SC4 "41 9a", SC4 "41 9a"},
  {"a slice whose second byte is 00", E2EE_CODEC_H264, SC4 "41 00 00 03 01 9a", SC4 "41 00",
      SC4 "41 00 00 03 01 9a"},
  {"parameter sets twice", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4 SC4 SPS4 SC4 PPS4 SC4 "65 88 84",
      SC4 SPS4 SC4 PPS4 SC4 "65 88", SC4 SPS4 SC4 PPS4 SC4 "65 88 84"},
  {"parameter sets alone", E2EE_CODEC_H264, SC4 SPS4 SC3 PPS4, SC4 SPS4 SC4 PPS4 SC4 "06 05",
      SC4 SPS4 SC4 PPS4},
  {"parameter sets and SEI", E2EE_CODEC_H264, SC4 SPS4 SC4 "06 01 01 aa 80", SC4 SPS4 SC4 "06 05",
      SC4 SPS4},
  {"H.265 key frame", E2EE_CODEC_H265, SC4 "46 01 50" SC4 VPS5 SC4 SPS5 SC4 PPS5 SC3 "4e 01 05 01 80"
      SC3 "26 01 af 08 46", SC4 VPS5 SC4 SPS5 SC4 PPS5 SC4 "26 01",
      SC4 VPS5 SC4 SPS5 SC4 PPS5 SC4 "26 01 af 08 46"},
  {"H.265 other frame", E2EE_CODEC_H265, SC4 "02 01 d0 09 7e", SC4 "02 01", SC4 "02 01 d0 09 7e"},
  {"H.265 several slices", E2EE_CODEC_H265, SC4 "02 01 d0 09" SC4 "02 01 21 7e", SC4 "02 01",
      SC4 "02 01 d0 09" SC4 "02 01 21 7e"},
  {"H.265 parameter sets alone", E2EE_CODEC_H265, SC4 VPS5 SC4 SPS5 SC4 PPS5,
      SC4 VPS5 SC4 SPS5 SC4 PPS5 SC4 "4e 01", SC4 VPS5 SC4 SPS5 SC4 PPS5},
};

/* The units of a protected frame are its parameter sets and one more. */
static void
check_wire (e2ee_codec codec, e2ee_bytes wire, size_t n_clear)
{
  size_t at, n = 0;
  e2ee_nal nal;

  CHECK_INT (wire.data[wire.size - 1], 0x80);
  CHECK_INT (e2ee_nal_first (wire, &at), E2EE_OK);
  CHECK_INT (at, 4);
  while (e2ee_nal_next (wire, &at, &nal)) {
    e2ee_nal_kind kind = e2ee_nal_get_kind (codec, e2ee_nal_type (codec, wire.data[nal.offset]));

    n++;
    CHECK (kind == E2EE_NAL_SET || nal.offset + nal.size == wire.size);
    CHECK (kind != E2EE_NAL_SET || nal.offset + nal.size < n_clear);
  }
  CHECK (n > 0);
}

static void
open_every_row (uint64_t ctr)
{
  pair p;

  pair_init_at (&p, ctr);
  for (size_t i = 0; i < CHECK_N (frame_rows); i++) {
    const frame_row *row = &frame_rows[i];
    uint8_t memory[ROOM], expected[ROOM], wire[ROOM], out[ROOM];
    e2ee_bytes clear;
    size_t size;

    CHECK_ROW ("%s", row->name);
    CHECK_INT (seal (&p, row->codec, hex_decode (row->frame, memory, ROOM), wire, &size), E2EE_OK);
    clear = hex_decode (row->clear, expected, ROOM);
    CHECK_MEM (wire, clear.data, clear.size);
    check_wire (row->codec, E2EE_BYTES (wire, size), clear.size);
    CHECK_RETURN_IF_FAILED ();
    if (ctr == CTR_WITH_ZEROS)
      CHECK (e2ee_nal_is_escaped (E2EE_BYTES (wire + clear.size, size - clear.size), 0));
    CHECK_INT (open_in (&p, row->codec, E2EE_BYTES (wire, size), out, &size), E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (out, size), hex_decode (row->opened, expected, ROOM));
  }
  pair_clear (&p);
}

static void
test_every_frame_travels_as_its_sets_and_one_unit_and_comes_back (void)
{
  open_every_row (5);
}

static void
test_every_frame_comes_back_when_it_has_to_be_escaped (void)
{
  open_every_row (CTR_WITH_ZEROS);
}

static void
test_nothing_of_an_sei_is_on_the_wire (void)
{
  e2ee_bytes frame = HEX (SC4 SPS4 SC4 "06 04 08 11 22 33 44 55 66 77 88 80" SC4 "65 88 84");
  e2ee_bytes secret = HEX ("11 22 33 44 55 66 77 88");
  uint8_t wire[ROOM];
  size_t size;
  pair p;

  pair_init (&p);
  CHECK_INT (seal (&p, E2EE_CODEC_H264, frame, wire, &size), E2EE_OK);
  for (size_t i = 0; i + secret.size <= size; i++)
    CHECK (memcmp (wire + i, secret.data, secret.size) != 0);
  pair_clear (&p);
}

/* The example of docs/wire-format.md, made with another implementation of HKDF and AES-GCM. */
static void
test_frame_of_the_wire_format_is_this_one (void)
{
  uint8_t wire[ROOM];
  size_t size;
  pair p;

  pair_init (&p);
  CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (SC4 "09 f0" SC4 SPS4 SC4 PPS4 SC3 "65 88 84 21 a0 55"),
          wire, &size), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (wire, size), HEX (SC4 SPS4 SC4 PPS4 SC4 "65 88" "75 47d521bf"
              "4961683d9e54da7b925b529153c02ded 80"));
  pair_clear (&p);
}

/* ---- what payloaders, depayloaders and SFUs do ---- */

#define PLAIN SC4 SPS4 SC4 PPS4 SC4 "65 88 84 21 a0 55"

/* In the place of "SC4 SPS4 SC4 PPS4" in front of a protected frame. */
static const struct
{
  const char *name;
  const char *front;
  e2ee_result result;
} way_rows[] = {
  {"as it was", SC4 SPS4 SC4 PPS4, E2EE_OK},
  {"a short start code", SC3 SPS4 SC4 PPS4, E2EE_OK},
  {"zero bytes behind units", SC4 SPS4 "00 00" SC4 PPS4 "00", E2EE_OK},
  {"zero bytes before all", "00 00 00" SC4 SPS4 SC4 PPS4, E2EE_OK},
  {"sets of the caps put in front", SC4 SPS4 SC4 PPS4 SC4 SPS4 SC4 PPS4, E2EE_OK},
  {"a set repeated", SC4 SPS4 SC4 PPS4 SC4 SPS4, E2EE_OK},
  {"a delimiter", SC4 "09 f0" SC4 SPS4 SC4 PPS4, E2EE_OK},
  {"an SEI that nobody vouches for", SC4 SPS4 SC4 PPS4 SC4 "06 05 01 aa 80", E2EE_OK},
  {"filler", SC4 SPS4 SC4 "0c ff 80" SC4 PPS4, E2EE_OK},
  {"a set less", SC4 SPS4, E2EE_ERR_TAG},
  {"no sets", "", E2EE_ERR_TAG},
  {"another set", SC4 SPS4 SC4 PPS4 SC4 "68 ce 3c 81", E2EE_ERR_TAG},
  {"a set changed", SC4 "67 42 c0 1e" SC4 PPS4, E2EE_ERR_TAG},
  {"a set longer", SC4 SPS4 "01" SC4 PPS4, E2EE_ERR_TAG},
  {"the other order", SC4 PPS4 SC4 SPS4, E2EE_ERR_TAG},
  {"another slice in front", SC4 SPS4 SC4 PPS4 SC4 "65 88 80", E2EE_ERR_FRAME},
  {"a partition in front", SC4 SPS4 SC4 PPS4 SC4 "62 88 80", E2EE_ERR_FRAME},
  {"a byte before the first start code", "01" SC4 SPS4 SC4 PPS4, E2EE_ERR_FRAME},
};

static void
test_frame_survives_what_is_done_to_units_on_the_way_and_nothing_else (void)
{
  pair p;

  pair_init (&p);
  for (size_t i = 0; i < CHECK_N (way_rows); i++) {
    uint8_t memory[ROOM], wire[ROOM], changed[ROOM], out[ROOM];
    const size_t n_front = 16;
    e2ee_bytes front = hex_decode (way_rows[i].front, memory, ROOM);
    size_t size, opened;

    CHECK_ROW ("%s", way_rows[i].name);
    CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (PLAIN), wire, &size), E2EE_OK);
    memcpy (changed, front.data, front.size);
    memcpy (changed + front.size, wire + n_front, size - n_front);
    CHECK_INT (open_in (&p, E2EE_CODEC_H264, E2EE_BYTES (changed, front.size + size - n_front), out,
            &opened), way_rows[i].result);
    if (way_rows[i].result == E2EE_OK)
      CHECK_BYTES (E2EE_BYTES (out, opened), HEX (PLAIN));
    else
      CHECK_INT (open_in (&p, E2EE_CODEC_H264, E2EE_BYTES (wire, size), out, &opened), E2EE_OK);
  }
  pair_clear (&p);
}

static void
test_zero_bytes_behind_the_frame_are_no_part_of_it (void)
{
  uint8_t wire[ROOM], out[ROOM];
  size_t size;
  pair p;

  pair_init (&p);
  CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (PLAIN), wire, &size), E2EE_OK);
  memset (wire + size, 0, 3);
  CHECK_INT (open_in (&p, E2EE_CODEC_H264, E2EE_BYTES (wire, size + 3), out, &size), E2EE_OK);
  CHECK_BYTES (E2EE_BYTES (out, size), HEX (PLAIN));
  pair_clear (&p);
}

static const struct
{
  const char *name;
  const char *tail;
  e2ee_result result;
} tail_rows[] = {
  {"a byte", "55", E2EE_ERR_FRAME},
  {"another stop byte", "80", E2EE_ERR_TAG},
  {"a unit", SC4 "41 9a 24 80", E2EE_ERR_FRAME},
  {"a unit behind a short start code", SC3 "41 9a 24 80", E2EE_ERR_FRAME},
  {"an SEI", SC4 "06 05 01 aa 80", E2EE_ERR_FRAME},
  {"an empty unit", SC4, E2EE_ERR_FRAME},
};

static void
test_what_is_put_behind_the_frame_is_refused (void)
{
  pair p;

  pair_init (&p);
  for (size_t i = 0; i < CHECK_N (tail_rows); i++) {
    uint8_t memory[ROOM], wire[ROOM], out[ROOM];
    e2ee_bytes tail = hex_decode (tail_rows[i].tail, memory, ROOM);
    size_t size, opened;

    CHECK_ROW ("%s", tail_rows[i].name);
    CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (PLAIN), wire, &size), E2EE_OK);
    memcpy (wire + size, tail.data, tail.size);
    CHECK_INT (open_in (&p, E2EE_CODEC_H264, E2EE_BYTES (wire, size + tail.size), out, &opened),
        tail_rows[i].result);
    CHECK_INT (open_in (&p, E2EE_CODEC_H264, E2EE_BYTES (wire, size), out, &opened), E2EE_OK);
  }
  pair_clear (&p);
}

static void
refuse_every_change (uint64_t ctr)
{
  pair p;

  pair_init_at (&p, ctr);
  for (size_t i = 0; i < CHECK_N (frame_rows); i++) {
    const frame_row *row = &frame_rows[i];
    uint8_t memory[ROOM], wire[ROOM], out[ROOM];
    size_t size, opened;

    CHECK_INT (seal (&p, row->codec, hex_decode (row->frame, memory, ROOM), wire, &size), E2EE_OK);
    for (size_t length = 0; length < size; length++) {
      CHECK_ROW ("%s, cut to %zu of %zu bytes", row->name, length, size);
      CHECK (open_in (&p, row->codec, E2EE_BYTES (wire, length), out, &opened) != E2EE_OK);
    }
    for (size_t bit = 0; bit < 8 * size; bit++) {
      CHECK_ROW ("%s, bit %zu of byte %zu of %zu", row->name, bit % 8, bit / 8, size);
      wire[bit / 8] ^= 1 << bit % 8;
      CHECK (open_in (&p, row->codec, E2EE_BYTES (wire, size), out, &opened) != E2EE_OK);
      wire[bit / 8] ^= 1 << bit % 8;
    }
    CHECK_ROW ("%s", row->name);
    CHECK_INT (open_in (&p, row->codec, E2EE_BYTES (wire, size), out, &opened), E2EE_OK);
    CHECK_INT (open_in (&p, row->codec, E2EE_BYTES (wire, size), out, &opened), E2EE_ERR_REPLAYED);
  }
  pair_clear (&p);
}

static void
test_every_cut_and_every_flipped_bit_is_refused_and_spends_nothing (void)
{
  refuse_every_change (5);
}

static void
test_every_cut_and_every_flipped_bit_of_an_escaped_frame_is_refused (void)
{
  refuse_every_change (CTR_WITH_ZEROS);
}

static void
test_plain_frames_do_not_open (void)
{
  pair p;

  pair_init (&p);
  for (size_t i = 0; i < CHECK_N (frame_rows); i++) {
    uint8_t memory[ROOM], out[ROOM];
    size_t size;

    CHECK_ROW ("%s", frame_rows[i].name);
    CHECK (open_in (&p, frame_rows[i].codec, hex_decode (frame_rows[i].frame, memory, ROOM), out,
            &size) != E2EE_OK);
  }
  pair_clear (&p);
}

static void
test_frame_of_one_codec_does_not_open_as_the_other (void)
{
  uint8_t wire[ROOM], out[ROOM];
  size_t size, opened;
  pair p;

  pair_init (&p);
  CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (PLAIN), wire, &size), E2EE_OK);
  CHECK (open_in (&p, E2EE_CODEC_H265, E2EE_BYTES (wire, size), out, &opened) != E2EE_OK);
  CHECK (open_in (&p, E2EE_CODEC_VP8, E2EE_BYTES (wire, size), out, &opened) != E2EE_OK);
  CHECK (open_in (&p, E2EE_CODEC_NONE, E2EE_BYTES (wire, size), out, &opened) != E2EE_OK);
  pair_clear (&p);
}

/* ---- what cannot be protected ---- */

static const struct
{
  const char *name;
  e2ee_codec codec;
  const char *frame;
} refused_rows[] = {
  {"nothing", E2EE_CODEC_H264, ""},
  {"a delimiter alone", E2EE_CODEC_H264, SC4 "09 10"},
  {"an SEI alone", E2EE_CODEC_H264, SC4 "06 05 01 aa 80"},
  {"a start code alone", E2EE_CODEC_H264, SC4},
  {"lengths (avc)", E2EE_CODEC_H264, "00 00 00 05 65 88 84 21 a0"},
  {"a slice of one byte", E2EE_CODEC_H264, SC4 SPS4 SC4 "65"},
  {"a partition", E2EE_CODEC_H264, SC4 "42 88 84" SC4 "43 01"},
  {"bytes before the first start code", E2EE_CODEC_H264, "ff" SC4 "65 88 84"},
  {"H.265 slice of one byte", E2EE_CODEC_H265, SC4 "02"},
};

static void
test_what_is_no_frame_is_refused_and_spends_no_counter (void)
{
  uint8_t wire[ROOM];
  size_t wire_size;
  uint64_t ctr;
  pair p;

  pair_init (&p);
  CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (PLAIN), wire, &wire_size), E2EE_OK);
  ctr = p.ctr;
  for (size_t i = 0; i < CHECK_N (refused_rows); i++) {
    uint8_t memory[ROOM], out[ROOM];
    size_t size = 99;

    CHECK_ROW ("%s", refused_rows[i].name);
    CHECK_INT (seal (&p, refused_rows[i].codec, hex_decode (refused_rows[i].frame, memory, ROOM),
            out, &size), E2EE_ERR_FRAME);
    CHECK_INT (size, 0);
  }
  CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (PLAIN), wire, &wire_size), E2EE_OK);
  CHECK_INT (p.ctr, ctr + 1);
  pair_clear (&p);
}

static void
test_front_that_is_too_long_is_refused_by_both_sides (void)
{
  enum { SET = 4100 };
  uint8_t *frame = calloc (SET + 16, 1), *out = malloc (3 * SET);
  size_t size;
  pair p;

  pair_init (&p);
  memset (frame, 0x55, SET + 16);
  memcpy (frame, "\0\0\0\1\x67", 5);
  memcpy (frame + SET, "\0\0\0\1\x65\x88\x84\x80", 8);
  CHECK_INT (seal (&p, E2EE_CODEC_H264, E2EE_BYTES (frame, SET + 8), out, &size),
      E2EE_ERR_TOO_LARGE);
  CHECK_INT (open_in (&p, E2EE_CODEC_H264, E2EE_BYTES (frame, SET + 8), out, &size),
      E2EE_ERR_TOO_LARGE);
  free (frame);
  free (out);
  pair_clear (&p);
}

/* ---- sizes ---- */

enum { BIG = 40000 };

static const struct
{
  const char *name;
  const char *front;
  const char *again;            /* and this again and again */
} big_rows[] = {
  {"zero bytes", SC4 "65 88 84", "00"},
  {"units of one byte", SC3 "65 88 84", SC3 "41"},
  {"empty units", SC4 "65 88", SC3},
  {"delimiters in front", "", SC3 "09"},
  {"one set, thousands of times", "", SC3 "68"},
  {"bytes of 01", SC4 "41 01", "01"},
};

static void
test_large_and_strange_frames_stay_within_the_bound_and_come_back (void)
{
  uint8_t *frame = malloc (BIG + 8), *wire = malloc (3 * BIG), *out = malloc (3 * BIG);
  pair p;

  pair_init_at (&p, CTR_WITH_ZEROS);
  for (size_t i = 0; i < CHECK_N (big_rows); i++) {
    uint8_t memory[16];
    e2ee_bytes part = hex_decode (big_rows[i].front, memory, sizeof memory);
    e2ee_nal_front front;
    size_t n = part.size, size;

    CHECK_ROW ("%s", big_rows[i].name);
    memcpy (frame, part.data, part.size);
    part = hex_decode (big_rows[i].again, memory, sizeof memory);
    for (; n + part.size < BIG; n += part.size)
      memcpy (frame + n, part.data, part.size);
    memcpy (frame + n, "\0\0\1\x41\x9a\x80", 6);
    n += 6;
    CHECK_INT (seal (&p, E2EE_CODEC_H264, E2EE_BYTES (frame, n), wire, &size), E2EE_OK);
    CHECK_INT (open_in (&p, E2EE_CODEC_H264, E2EE_BYTES (wire, size), out, &size), E2EE_OK);
    CHECK_INT (e2ee_nal_read_front (E2EE_CODEC_H264, E2EE_BYTES (frame, n), &front), E2EE_OK);
    CHECK_INT (size, front.size + n - front.slice - E2EE_NAL_CLEAR_SIZE);
    CHECK_MEM (out + front.size, frame + front.slice + E2EE_NAL_CLEAR_SIZE,
        n - front.slice - E2EE_NAL_CLEAR_SIZE);
  }
  free (frame);
  free (wire);
  free (out);
  pair_clear (&p);
}

static void
test_ten_thousand_frames_hold_no_start_code_and_end_in_no_zero_byte (void)
{
  uint8_t plain[300] = { 0, 0, 0, 1, 0x41, 0x9a }, wire[ROOM];
  pair p;

  pair_init (&p);
  for (int n = 0; n < 10000; n++) {
    size_t size;

    CHECK_INT (seal (&p, E2EE_CODEC_H264, E2EE_BYTES (plain, 200 + n % 100), wire, &size), E2EE_OK);
    check_wire (E2EE_CODEC_H264, E2EE_BYTES (wire, size), 6);
    CHECK_RETURN_IF_FAILED ();
  }
  pair_clear (&p);
}

static void
test_peek_tells_what_open_tells (void)
{
  const uint64_t ctrs[] = { 5, CTR_WITH_ZEROS };

  for (size_t i = 0; i < CHECK_N (ctrs); i++) {
    e2ee_frame_info peeked, opened;
    uint8_t wire[ROOM], out[ROOM];
    size_t size;
    pair p;

    CHECK_ROW ("counter from %" PRIx64, ctrs[i]);
    pair_init_at (&p, ctrs[i]);
    CHECK_INT (seal (&p, E2EE_CODEC_H264, HEX (PLAIN), wire, &size), E2EE_OK);
    CHECK_INT (e2ee_format_sframe.peek (p.ring, E2EE_CODEC_H264, E2EE_BYTES (wire, size), &peeked),
        E2EE_OK);
    CHECK_INT (e2ee_format_sframe.open (p.ring, 0, E2EE_CODEC_H264, E2EE_BYTES (wire, size), out,
            &size, &opened), E2EE_OK);
    CHECK_INT (peeked.kid, KID);
    CHECK_INT (opened.kid, KID);
    CHECK (peeked.ctr == opened.ctr);
    pair_clear (&p);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_every_frame_travels_as_its_sets_and_one_unit_and_comes_back),
  CHECK_CASE (test_every_frame_comes_back_when_it_has_to_be_escaped),
  CHECK_CASE (test_nothing_of_an_sei_is_on_the_wire),
  CHECK_CASE (test_frame_of_the_wire_format_is_this_one),
  CHECK_CASE (test_frame_survives_what_is_done_to_units_on_the_way_and_nothing_else),
  CHECK_CASE (test_zero_bytes_behind_the_frame_are_no_part_of_it),
  CHECK_CASE (test_what_is_put_behind_the_frame_is_refused),
  CHECK_CASE (test_every_cut_and_every_flipped_bit_is_refused_and_spends_nothing),
  CHECK_CASE (test_every_cut_and_every_flipped_bit_of_an_escaped_frame_is_refused),
  CHECK_CASE (test_plain_frames_do_not_open),
  CHECK_CASE (test_frame_of_one_codec_does_not_open_as_the_other),
  CHECK_CASE (test_what_is_no_frame_is_refused_and_spends_no_counter),
  CHECK_CASE (test_front_that_is_too_long_is_refused_by_both_sides),
  CHECK_CASE (test_large_and_strange_frames_stay_within_the_bound_and_come_back),
  CHECK_CASE (test_ten_thousand_frames_hold_no_start_code_and_end_in_no_zero_byte),
  CHECK_CASE (test_peek_tells_what_open_tells),
};

CHECK_MAIN (cases)
