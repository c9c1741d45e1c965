/* NAL units of a byte stream, the front of a frame, and emulation prevention.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"

#include "core/frame/nal.h"

#include <stdlib.h>

#define SC3 "000001"
#define SC4 "00000001"

/* ---- units ---- */

typedef struct
{
  const char *name;
  const char *frame;
  const char *units;            /* "offset+size ..."; NULL: no byte stream */
} unit_row;

static const unit_row unit_rows[] = {
  {"one unit, four bytes", SC4 "65 88 84", "4+3"},
  {"one unit, three bytes", SC3 "65 88 84", "3+3"},
  {"zero bytes before the first start code", "00 00 00 00" SC3 "65 88", "7+2"},
  {"three units", SC4 "67 42" SC3 "68 ce" SC4 "65 88 84", "4+2 9+2 15+3"},
  {"units of one byte", SC3 "09" SC3 "67" SC4 "68", "3+1 7+1 12+1"},
  {"zero bytes behind units", SC4 "67 42 00 00 00" SC4 "65 88 00 00", "4+2 13+2"},
  {"an empty unit between two", SC3 SC3 "65 88", "3+0 6+2"},
  {"a unit of zero bytes", SC3 "00 00 00" SC3 "65 88", "3+0 9+2"},
  {"a start code at the end", SC3 "65 88" SC3, "3+2"},
  {"half a start code at the end", SC3 "65 88 00 00", "3+2"},
  {"a start code alone", SC3, ""},
  {"01 without zero bytes", SC3 "65 01 00 01 88 01", "3+6"},
  {"03 between", SC3 "65 00 00 03 01 00 00 03", "3+8"},
  {"start codes next to each other and to 01", SC3 "01 01" SC3 "01", "3+2 8+1"},
  {"nothing", "", NULL},
  {"zero bytes alone", "00 00 00 00", NULL},
  {"a byte before the start code", "65" SC4 "65 88", NULL},
  {"a byte between zero bytes before it", "00 65 00" SC3 "65 88", NULL},
  {"no start code", "65 88 84 21", NULL},
  {"two bytes of one", "00 00", NULL},
  {"lengths (avc)", "00 00 00 02 65 88", NULL},
};

static void
test_units_are_found_behind_every_start_code (void)
{
  for (size_t i = 0; i < CHECK_N (unit_rows); i++) {
    const unit_row *row = &unit_rows[i];
    uint8_t memory[64];
    e2ee_bytes frame = hex_decode (row->frame, memory, sizeof memory);
    uint8_t *exact = malloc (frame.size + 1);
    char text[128] = "";
    e2ee_nal nal;
    size_t at;

    /* Memory of the very size, so that a read behind it shows under ASan. */
    exact = realloc (exact, frame.size > 0 ? frame.size : 1);
    if (frame.size > 0)
      memcpy (exact, frame.data, frame.size);
    frame.data = exact;
    CHECK_ROW ("%s", row->name);
    CHECK_INT (e2ee_nal_first (frame, &at), row->units != NULL ? E2EE_OK : E2EE_ERR_FRAME);
    while (e2ee_nal_next (frame, &at, &nal))
      snprintf (text + strlen (text), sizeof text - strlen (text), "%s%zu+%zu",
          text[0] != '\0' ? " " : "", nal.offset, nal.size);
    CHECK_STR (text, row->units != NULL ? row->units : "");
    free (exact);
  }
}

static void
test_thousands_of_units_are_found (void)
{
  enum { N = 5000 };
  uint8_t *frame = malloc (4 * N);
  size_t at, n = 0;
  e2ee_nal nal;

  for (size_t i = 0; i < N; i++)
    memcpy (frame + 4 * i, "\0\0\1\x41", 4);
  CHECK_INT (e2ee_nal_first (E2EE_BYTES (frame, 4 * N), &at), E2EE_OK);
  while (e2ee_nal_next (E2EE_BYTES (frame, 4 * N), &at, &nal)) {
    CHECK_INT (nal.size, 1);
    n++;
  }
  CHECK_INT (n, N);
  free (frame);
}

/* ---- types ---- */

/* One letter a type: slice, partition, SEI (i), parameter set (P), delimiter, other. */
static const struct
{
  const char *name;
  e2ee_codec codec;
  const char *kinds;
  const char *key_slices;
} type_rows[] = {
  {"H.264", E2EE_CODEC_H264, "ospppsiPPd" "oooPoPooop" "ppoooooooo" "oo",
      ".....k...." ".........." ".........." ".."},
  {"H.265", E2EE_CODEC_H265, "ssssssssss" "ppppppssss" "sspppppppp" "ppPPPdoooi" "iooooooooo"
      "oooooooooo" "oooo", ".........." "......kkkk" "kk........" ".........." ".........."
      ".........." "...."},
};

static void
test_every_type_has_its_kind (void)
{
  for (size_t i = 0; i < CHECK_N (type_rows); i++) {
    for (unsigned type = 0; type < strlen (type_rows[i].kinds); type++) {
      CHECK_ROW ("%s, type %u", type_rows[i].name, type);
      CHECK_INT ("sPidpo"[e2ee_nal_get_kind (type_rows[i].codec, type)], type_rows[i].kinds[type]);
      CHECK_INT (e2ee_nal_is_key_slice (type_rows[i].codec, type),
          type_rows[i].key_slices[type] == 'k');
    }
  }
}

static void
test_type_is_read_from_the_first_byte (void)
{
  CHECK_INT (e2ee_nal_type (E2EE_CODEC_H264, 0x65), 5);
  CHECK_INT (e2ee_nal_type (E2EE_CODEC_H264, 0x41), 1);
  CHECK_INT (e2ee_nal_type (E2EE_CODEC_H264, 0xff), 31);
  CHECK_INT (e2ee_nal_type (E2EE_CODEC_H265, 0x26), 19);
  CHECK_INT (e2ee_nal_type (E2EE_CODEC_H265, 0x40), 32);
  CHECK_INT (e2ee_nal_type (E2EE_CODEC_H265, 0xff), 63);
}

/* ---- the front ---- */

#define SPS4 "67 42 c0 1f"
#define PPS4 "68 ce 3c 80"
#define VPS5 "40 01 0c"
#define SPS5 "42 01 01"
#define PPS5 "44 01 c1"

typedef struct
{
  const char *name;
  e2ee_codec codec;
  const char *frame;
  e2ee_result result;
  const char *front;
  size_t slice;                 /* 0: none */
  size_t sei;
} front_row;

static const front_row front_rows[] = {
  {"a slice alone", E2EE_CODEC_H264, SC4 "41 9a 24 6c", E2EE_OK, SC4 "41 9a", 4, 0},
  {"a slice of two bytes", E2EE_CODEC_H264, SC4 "41 9a", E2EE_OK, SC4 "41 9a", 4, 0},
  {"short start codes", E2EE_CODEC_H264, SC3 SPS4 SC3 PPS4 SC3 "65 88 84", E2EE_OK,
      SC4 SPS4 SC4 PPS4 SC4 "65 88", 17, 0},
  {"zero bytes behind parameter sets", E2EE_CODEC_H264, SC4 SPS4 "00 00" SC4 PPS4 "00" SC4 "65 88 84",
      E2EE_OK, SC4 SPS4 SC4 PPS4 SC4 "65 88", 23, 0},
  {"delimiter, SEI and filler", E2EE_CODEC_H264, SC4 "09 10" SC4 SPS4 SC4 PPS4 SC3 "06 05 01 aa 80"
      SC4 "0c ff 80" SC3 "65 88 84", E2EE_OK, SC4 SPS4 SC4 PPS4 SC4 "65 88", 40, 25},
  {"parameter sets twice", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4 SC4 SPS4 SC4 PPS4 SC4 "65 88 84",
      E2EE_OK, SC4 SPS4 SC4 PPS4 SC4 "65 88", 36, 0},
  {"two that differ in their last byte", E2EE_CODEC_H264, SC4 "68 ce" SC4 "68 cf" SC4 "65 88 84",
      E2EE_OK, SC4 "68 ce" SC4 "68 cf" SC4 "65 88", 16, 0},
  {"one that begins like another", E2EE_CODEC_H264, SC4 "68 ce" SC4 "68 ce 01" SC4 "65 88 84",
      E2EE_OK, SC4 "68 ce" SC4 "68 ce 01" SC4 "65 88", 17, 0},
  {"several slices", E2EE_CODEC_H264, SC4 SPS4 SC4 "65 88 84" SC4 "65 09" SC4 SPS4, E2EE_OK,
      SC4 SPS4 SC4 "65 88", 12, 0},
  {"no slice", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4, E2EE_OK, SC4 SPS4 SC4 PPS4, 0, 0},
  {"no slice, SEI", E2EE_CODEC_H264, SC4 SPS4 SC4 "06 05 01", E2EE_OK, SC4 SPS4, 0, 12},
  {"the first of two SEI", E2EE_CODEC_H264, SC4 "06" SC4 "06 05" SC4 "06 04", E2EE_OK, "", 0, 9},
  {"unknown types", E2EE_CODEC_H264, SC4 "1f 55" SC4 "00 11" SC4 "41 9a", E2EE_OK, SC4 "41 9a", 16, 0},
  {"empty units", E2EE_CODEC_H264, SC4 SC4 SC4 "41 9a", E2EE_OK, SC4 "41 9a", 12, 0},
  {"H.265 key frame", E2EE_CODEC_H265, SC4 "46 01 50" SC3 VPS5 SC3 SPS5 SC3 PPS5 SC3 "4e 01 05"
      SC3 "26 01 af", E2EE_OK, SC4 VPS5 SC4 SPS5 SC4 PPS5 SC4 "26 01", 34, 28},
  {"H.265 slice", E2EE_CODEC_H265, SC4 "02 01 d0", E2EE_OK, SC4 "02 01", 4, 0},
  {"H.265 slice of a header", E2EE_CODEC_H265, SC4 "02 01", E2EE_OK, SC4 "02 01", 4, 0},
  {"a slice of one byte", E2EE_CODEC_H264, SC4 "41", E2EE_ERR_FRAME, NULL, 0, 0},
  {"a slice of one byte, and more", E2EE_CODEC_H264, SC4 "41" SC4 "41 9a", E2EE_ERR_FRAME, NULL, 0, 0},
  {"H.265 slice of one byte", E2EE_CODEC_H265, SC4 "02", E2EE_ERR_FRAME, NULL, 0, 0},
  {"a partition", E2EE_CODEC_H264, SC4 "42 9a" SC4 "41 9a", E2EE_ERR_FRAME, NULL, 0, 0},
  {"a slice extension", E2EE_CODEC_H264, SC4 "74 9a" SC4 "41 9a", E2EE_ERR_FRAME, NULL, 0, 0},
  {"H.265 reserved picture data", E2EE_CODEC_H265, SC4 "2c 01" SC4 "02 01", E2EE_ERR_FRAME, NULL, 0, 0},
  {"a byte before the first start code", E2EE_CODEC_H264, "09" SC4 "41 9a", E2EE_ERR_FRAME, NULL, 0, 0},
  {"no start code", E2EE_CODEC_H264, "41 9a 24", E2EE_ERR_FRAME, NULL, 0, 0},
  {"nothing", E2EE_CODEC_H264, "", E2EE_ERR_FRAME, NULL, 0, 0},
};

static void
test_front_has_one_form (void)
{
  for (size_t i = 0; i < CHECK_N (front_rows); i++) {
    const front_row *row = &front_rows[i];
    uint8_t memory[128], expected[128], out[128];
    e2ee_bytes frame = hex_decode (row->frame, memory, sizeof memory);
    e2ee_nal_front front;

    CHECK_ROW ("%s", row->name);
    CHECK_INT (e2ee_nal_read_front (row->codec, frame, &front), row->result);
    if (row->result != E2EE_OK)
      continue;
    CHECK_BYTES (E2EE_BYTES (out, e2ee_nal_write_front (&front, frame, out)),
        hex_decode (row->front, expected, sizeof expected));
    CHECK_INT (front.has_slice ? front.slice : 0, row->slice);
    CHECK_INT (front.has_sei ? front.sei : 0, row->sei);
  }
}

/* What was written is read as itself. */
static void
test_front_of_a_front_is_the_same (void)
{
  for (size_t i = 0; i < CHECK_N (front_rows); i++) {
    const front_row *row = &front_rows[i];
    uint8_t memory[128], out[128], again[128];
    e2ee_nal_front front;
    e2ee_bytes frame = hex_decode (row->frame, memory, sizeof memory);

    if (row->result != E2EE_OK || row->front[0] == '\0')
      continue;
    CHECK_ROW ("%s", row->name);
    CHECK_INT (e2ee_nal_read_front (row->codec, frame, &front), E2EE_OK);
    frame = E2EE_BYTES (out, e2ee_nal_write_front (&front, frame, out));
    CHECK_INT (e2ee_nal_read_front (row->codec, frame, &front), E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (again, e2ee_nal_write_front (&front, frame, again)), frame);
  }
}

static void
test_more_parameter_sets_than_are_remembered_are_refused (void)
{
  enum { UNIT = 6 };
  uint8_t frame[UNIT * (E2EE_NAL_MAX_SETS + 1)];
  e2ee_nal_front front;

  for (size_t i = 0; i <= E2EE_NAL_MAX_SETS; i++)
    memcpy (frame + UNIT * i, (uint8_t[]) { 0, 0, 0, 1, 0x68, (uint8_t) (i + 1) }, UNIT);
  CHECK_INT (e2ee_nal_read_front (E2EE_CODEC_H264, E2EE_BYTES (frame, UNIT * E2EE_NAL_MAX_SETS),
          &front), E2EE_OK);
  CHECK_INT (front.n_sets, E2EE_NAL_MAX_SETS);
  CHECK_INT (e2ee_nal_read_front (E2EE_CODEC_H264, E2EE_BYTES (frame, sizeof frame), &front),
      E2EE_ERR_TOO_LARGE);
}

static const struct
{
  const char *name;
  e2ee_codec codec;
  const char *frame;
  size_t offset;                /* 0: refused */
} slice_rows[] = {
  {"first of two", E2EE_CODEC_H264, SC4 SPS4 SC3 "65 88 84" SC3 "65 09", 11},
  {"not a partition", E2EE_CODEC_H264, SC4 "42 01" SC3 "61 e0", 9},
  {"H.265 behind an SEI", E2EE_CODEC_H265, SC4 "4e 01 05" SC4 "2a 01 ac", 11},
  {"none", E2EE_CODEC_H264, SC4 SPS4, 0},
  {"of one byte", E2EE_CODEC_H264, SC4 SPS4 SC4 "65", 0},
  {"leading bytes", E2EE_CODEC_H264, "11" SC4 "65 88", 0},
};

static void
test_first_slice_is_found (void)
{
  for (size_t i = 0; i < CHECK_N (slice_rows); i++) {
    uint8_t memory[64];
    e2ee_nal slice;

    CHECK_ROW ("%s", slice_rows[i].name);
    CHECK_INT (e2ee_nal_find_slice (slice_rows[i].codec, hex_decode (slice_rows[i].frame, memory,
                sizeof memory), &slice), slice_rows[i].offset > 0 ? E2EE_OK : E2EE_ERR_FRAME);
    if (slice_rows[i].offset > 0)
      CHECK_INT (slice.offset, slice_rows[i].offset);
  }
}

static const struct
{
  const char *name;
  e2ee_codec codec;
  const char *frame;
  int is_key_frame;
} key_rows[] = {
  {"IDR behind sets", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4 SC4 "65 88 84", 1},
  {"IDR alone", E2EE_CODEC_H264, SC3 "25 88", 1},
  {"sets and another slice", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4 SC4 "41 9a", 0},
  {"the first slice counts", E2EE_CODEC_H264, SC4 "41 9a" SC4 "65 88", 0},
  {"sets alone", E2EE_CODEC_H264, SC4 SPS4 SC4 PPS4, 0},
  {"no byte stream", E2EE_CODEC_H264, "65 88 84", 0},
  {"nothing", E2EE_CODEC_H264, "", 0},
  {"H.265 IDR", E2EE_CODEC_H265, SC4 VPS5 SC4 SPS5 SC4 PPS5 SC4 "26 01 af", 1},
  {"H.265 CRA", E2EE_CODEC_H265, SC4 "2a 01 ac", 1},
  {"H.265 BLA", E2EE_CODEC_H265, SC4 "20 01 ac", 1},
  {"H.265 trailing picture", E2EE_CODEC_H265, SC4 "02 01 d0", 0},
  {"H.265 leading picture", E2EE_CODEC_H265, SC4 "12 01 d0", 0},
};

static void
test_key_frame_is_told_by_its_first_slice (void)
{
  for (size_t i = 0; i < CHECK_N (key_rows); i++) {
    uint8_t memory[64];

    CHECK_ROW ("%s", key_rows[i].name);
    CHECK_INT (e2ee_codec_is_key_frame (key_rows[i].codec, hex_decode (key_rows[i].frame, memory,
                sizeof memory)), key_rows[i].is_key_frame);
  }
}

/* ---- emulation prevention ---- */

static const struct
{
  const char *name;
  unsigned zeros;
  const char *plain;
  const char *escaped;
} escape_rows[] = {
  {"nothing", 0, "", ""},
  {"no zero bytes", 0, "01 02 03 04", "01 02 03 04"},
  {"00 00 00", 0, "00 00 00", "00 00 03 00"},
  {"00 00 01", 0, "00 00 01", "00 00 03 01"},
  {"00 00 02", 0, "00 00 02", "00 00 03 02"},
  {"00 00 03", 0, "00 00 03", "00 00 03 03"},
  {"00 00 04", 0, "00 00 04", "00 00 04"},
  {"two zero bytes at the end", 0, "ff 00 00", "ff 00 00"},
  {"four zero bytes", 0, "00 00 00 00", "00 00 03 00 00"},
  {"five zero bytes", 0, "00 00 00 00 00", "00 00 03 00 00 03 00"},
  {"zero bytes apart", 0, "00 01 00 01 00 01", "00 01 00 01 00 01"},
  {"behind three others", 0, "aa bb cc 00 00 01", "aa bb cc 00 00 03 01"},
  {"behind two others", 0, "aa bb 00 00 01", "aa bb 00 00 03 01"},
  {"behind one other", 0, "aa 00 00 01", "aa 00 00 03 01"},
  {"01 again and again", 0, "00 00 01 00 00 01 00 00 01", "00 00 03 01 00 00 03 01 00 00 03 01"},
  {"03 that is no escape", 0, "00 03 00 00 03", "00 03 00 00 03 03"},
  {"behind one zero byte", 1, "00 01", "00 03 01"},
  {"behind one, and none", 1, "01 00 01", "01 00 01"},
  {"behind two zero bytes", 2, "01 00", "03 01 00"},
  {"behind two, high", 2, "ff 00 00 00", "ff 00 00 03 00"},
  {"behind many", 9, "00 00", "03 00 00"},
};

static void
test_escaped_bytes_come_back (void)
{
  for (size_t i = 0; i < CHECK_N (escape_rows); i++) {
    uint8_t plain_memory[64], escaped_memory[64], work[64];
    e2ee_bytes plain = hex_decode (escape_rows[i].plain, plain_memory, sizeof plain_memory);
    e2ee_bytes escaped = hex_decode (escape_rows[i].escaped, escaped_memory, sizeof escaped_memory);
    unsigned zeros = escape_rows[i].zeros;
    size_t size;

    CHECK_ROW ("%s", escape_rows[i].name);
    CHECK_INT (e2ee_nal_count_escapes (plain, zeros), escaped.size - plain.size);
    CHECK_INT (e2ee_nal_is_escaped (escaped, zeros), escaped.size > plain.size);
    memcpy (work, plain.data, plain.size);
    size = e2ee_nal_escape (work, plain.size, zeros);
    CHECK_BYTES (E2EE_BYTES (work, size), escaped);
    CHECK_INT (e2ee_nal_unescape (E2EE_BYTES (work, size), zeros, work, &size), E2EE_OK);
    CHECK_BYTES (E2EE_BYTES (work, size), plain);
  }
}

static const struct
{
  const char *name;
  unsigned zeros;
  const char *bytes;
} unescaped_rows[] = {
  {"00 00 00", 0, "11 00 00 00 11"},
  {"00 00 01", 0, "11 00 00 01 11"},
  {"00 00 02", 0, "11 00 00 02 11"},
  {"at the end", 0, "11 00 00 01"},
  {"behind an escape", 0, "00 00 03 00 00 01"},
  {"begun before", 1, "00 01"},
  {"begun before, whole", 2, "01"},
};

static void
test_bytes_that_were_never_escaped_are_refused (void)
{
  for (size_t i = 0; i < CHECK_N (unescaped_rows); i++) {
    uint8_t memory[64], out[64];
    size_t size = 99;

    CHECK_ROW ("%s", unescaped_rows[i].name);
    CHECK_INT (e2ee_nal_unescape (hex_decode (unescaped_rows[i].bytes, memory, sizeof memory),
            unescaped_rows[i].zeros, out, &size), E2EE_ERR_FRAME);
    CHECK_INT (size, 0);
    CHECK (e2ee_nal_is_escaped (E2EE_BYTES (memory, strlen (unescaped_rows[i].bytes) / 3 + 1),
            unescaped_rows[i].zeros));
  }
}

/* Every string of up to 9 bytes out of 00, 01, 03 and 80: all that matters here. */
static void
test_no_string_is_left_with_a_start_code_and_all_come_back (void)
{
  static const uint8_t alphabet[4] = { 0x00, 0x01, 0x03, 0x80 };
  enum { LONGEST = 9 };

  for (unsigned zeros = 0; zeros < 3; zeros++) {
    for (uint32_t n = 0; n < 1u << (2 * LONGEST); n++) {
      uint8_t plain[LONGEST], work[LONGEST + LONGEST / 2 + 1];
      size_t size = n % LONGEST + 1, escaped;
      unsigned run = zeros;

      for (size_t i = 0; i < size; i++)
        work[i] = plain[i] = alphabet[n >> 2 * i & 3];
      escaped = e2ee_nal_escape (work, size, zeros);
      CHECK (escaped <= E2EE_NAL_ESCAPED_BOUND (size));
      for (size_t i = 0; i < escaped; i++) {
        CHECK (run < 2 || work[i] >= 3);
        run = work[i] == 0 ? run + 1 : 0;
      }
      CHECK_INT (e2ee_nal_unescape (E2EE_BYTES (work, escaped), zeros, work, &escaped), E2EE_OK);
      CHECK_MEM (work, plain, size);
      CHECK_INT (escaped, size);
    }
  }
}

static void
test_worst_block_fits_the_bound (void)
{
  enum { N = 3000 };
  uint8_t *block = calloc (E2EE_NAL_ESCAPED_BOUND (N), 1);
  size_t size;

  block = realloc (block, E2EE_NAL_ESCAPED_BOUND (N));
  size = e2ee_nal_escape (block, N, 2);
  CHECK (size <= E2EE_NAL_ESCAPED_BOUND (N));
  CHECK (size >= N + N / 2 - 1);
  CHECK_INT (e2ee_nal_unescape (E2EE_BYTES (block, size), 2, block, &size), E2EE_OK);
  CHECK_INT (size, N);
  free (block);
}

static const check_case cases[] = {
  CHECK_CASE (test_units_are_found_behind_every_start_code),
  CHECK_CASE (test_thousands_of_units_are_found),
  CHECK_CASE (test_every_type_has_its_kind),
  CHECK_CASE (test_type_is_read_from_the_first_byte),
  CHECK_CASE (test_front_has_one_form),
  CHECK_CASE (test_front_of_a_front_is_the_same),
  CHECK_CASE (test_more_parameter_sets_than_are_remembered_are_refused),
  CHECK_CASE (test_first_slice_is_found),
  CHECK_CASE (test_key_frame_is_told_by_its_first_slice),
  CHECK_CASE (test_escaped_bytes_come_back),
  CHECK_CASE (test_bytes_that_were_never_escaped_are_refused),
  CHECK_CASE (test_no_string_is_left_with_a_start_code_and_all_come_back),
  CHECK_CASE (test_worst_block_fits_the_bound),
};

CHECK_MAIN (cases)
