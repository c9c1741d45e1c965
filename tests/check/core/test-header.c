/* The SFrame header: every form of RFC 9605 appendix C.1, and every form that is none.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "check.h"
#include "hex.h"

#include "core/frame/header.h"

/* Appendix C.1 is every pair of these 17 values: its half of the config byte, and the bytes
 * behind. */
static const struct
{
  uint64_t value;
  uint8_t config;
  const char *bytes;
} values[] = {
  {UINT64_C (0x0), 0x0, ""},
  {UINT64_C (0x1), 0x1, ""},
  {UINT64_C (0xff), 0x8, "ff"},
  {UINT64_C (0x100), 0x9, "0100"},
  {UINT64_C (0xffff), 0x9, "ffff"},
  {UINT64_C (0x10000), 0xa, "010000"},
  {UINT64_C (0xffffff), 0xa, "ffffff"},
  {UINT64_C (0x1000000), 0xb, "01000000"},
  {UINT64_C (0xffffffff), 0xb, "ffffffff"},
  {UINT64_C (0x100000000), 0xc, "0100000000"},
  {UINT64_C (0xffffffffff), 0xc, "ffffffffff"},
  {UINT64_C (0x10000000000), 0xd, "010000000000"},
  {UINT64_C (0xffffffffffff), 0xd, "ffffffffffff"},
  {UINT64_C (0x1000000000000), 0xe, "01000000000000"},
  {UINT64_C (0xffffffffffffff), 0xe, "ffffffffffffff"},
  {UINT64_C (0x100000000000000), 0xf, "0100000000000000"},
  {UINT64_C (0xffffffffffffffff), 0xf, "ffffffffffffffff"},
};

static void
check_both_ways (uint64_t kid, uint64_t ctr, e2ee_bytes expected)
{
  uint8_t written[E2EE_SFRAME_MAX_HEADER_SIZE];
  uint8_t longer[E2EE_SFRAME_MAX_HEADER_SIZE + 1] = { 0 };
  e2ee_sframe_header header;
  size_t size = e2ee_sframe_header_write (kid, ctr, written);

  CHECK_ROW ("kid 0x%" PRIx64 " ctr 0x%" PRIx64, kid, ctr);
  CHECK_BYTES (E2EE_BYTES (written, size), expected);

  CHECK_INT (e2ee_sframe_header_read (expected, &header), E2EE_OK);
  CHECK_INT (header.kid, kid);
  CHECK_INT (header.ctr, ctr);
  CHECK_INT (header.size, expected.size);

  /* what follows the header is not looked at */
  memcpy (longer, expected.data, expected.size);
  longer[expected.size] = 0xff;
  CHECK_INT (e2ee_sframe_header_read (E2EE_BYTES (longer, expected.size + 1), &header), E2EE_OK);
  CHECK_INT (header.size, expected.size);
}

static void
test_header_has_every_form_of_the_rfc (void)
{
  for (size_t k = 0; k < CHECK_N (values); k++) {
    for (size_t c = 0; c < CHECK_N (values); c++) {
      uint8_t expected[E2EE_SFRAME_MAX_HEADER_SIZE];
      size_t size = 1;

      expected[0] = (uint8_t) (values[k].config << 4 | values[c].config);
      size += hex_decode (values[k].bytes, expected + size, sizeof expected - size).size;
      size += hex_decode (values[c].bytes, expected + size, sizeof expected - size).size;
      check_both_ways (values[k].value, values[c].value, E2EE_BYTES (expected, size));
      CHECK_RETURN_IF_FAILED ();
    }
  }
}

static void
test_header_keeps_values_up_to_seven_in_the_config_byte (void)
{
  check_both_ways (7, 7, HEX ("77"));
  check_both_ways (8, 7, HEX ("8708"));
  check_both_ways (7, 8, HEX ("7808"));
  check_both_ways (8, 8, HEX ("880808"));
  check_both_ways (0x123, 0x4567, HEX ("9901234567"));
}

static void
test_read_refuses_nothing_at_all (void)
{
  e2ee_sframe_header header;

  CHECK_INT (e2ee_sframe_header_read (E2EE_NO_BYTES, &header), E2EE_ERR_TRUNCATED);
}

static void
test_read_refuses_a_header_cut_anywhere (void)
{
  for (unsigned config = 0; config < 256; config++) {
    uint8_t full[E2EE_SFRAME_MAX_HEADER_SIZE];
    e2ee_sframe_header header;
    size_t size = 1;

    memset (full, 0xff, sizeof full);
    full[0] = (uint8_t) config;
    if (config & 0x80)
      size += (config >> 4 & 7) + 1;
    if (config & 0x08)
      size += (config & 7) + 1;

    CHECK_ROW ("config byte 0x%02x", config);
    CHECK_INT (e2ee_sframe_header_read (E2EE_BYTES (full, size), &header), E2EE_OK);
    CHECK_INT (header.size, size);
    for (size_t cut = 0; cut < size; cut++) {
      CHECK_INT (e2ee_sframe_header_read (E2EE_BYTES (full, cut), &header), E2EE_ERR_TRUNCATED);
      CHECK_INT (header.size, 0);
    }
  }
}

static void
test_read_refuses_values_in_more_bytes_than_needed (void)
{
  static const struct
  {
    const char *why;
    const char *bytes;
  } rows[] = {
    {"key id 7 in a byte of its own", "8007"},
    {"key id 0 in a byte of its own", "8000"},
    {"counter 7 in a byte of its own", "0807"},
    {"counter 0 in a byte of its own", "0800"},
    {"key id 0xff in two bytes", "9000ff"},
    {"counter 0xff in two bytes", "0900ff"},
    {"key id in eight bytes, the first 0", "f000ffffffffffffff"},
    {"counter in eight bytes, the first 0", "0f00ffffffffffffff"},
    {"key id right, counter too long", "8908000f"},
    {"counter right, key id too long", "98000f08"},
  };

  for (size_t i = 0; i < CHECK_N (rows); i++) {
    uint8_t bytes[E2EE_SFRAME_MAX_HEADER_SIZE];
    e2ee_sframe_header header;
    e2ee_bytes in = hex_decode (rows[i].bytes, bytes, sizeof bytes);

    CHECK_ROW ("%s", rows[i].why);
    CHECK_INT (e2ee_sframe_header_read (in, &header), E2EE_ERR_HEADER);
    CHECK_INT (header.size, 0);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_header_has_every_form_of_the_rfc),
  CHECK_CASE (test_header_keeps_values_up_to_seven_in_the_config_byte),
  CHECK_CASE (test_read_refuses_nothing_at_all),
  CHECK_CASE (test_read_refuses_a_header_cut_anywhere),
  CHECK_CASE (test_read_refuses_values_in_more_bytes_than_needed),
};

CHECK_MAIN (cases)
