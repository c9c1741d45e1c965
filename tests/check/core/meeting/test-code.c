/* Numbers that people compare.  The answers come from an independent HMAC and long division.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include "../hex.h"

#include "core/meeting/code.h"

static void
test_code_of_an_epoch (void)
{
  char code[E2EE_CODE_SIZE];

  e2ee_code_of_epoch (HEX ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), code);
  CHECK_STR (code, "99187 31200 22617 43101 34031 17641 98565 56300 97668 11640 02118 45537");
}

static const struct
{
  const char *subject;
  const char *code;
} people_codes[] = {
  {"alice", "72425 36241 10017 06691 90468 18197 82876 14369 77492 04982 48918 89376"},
  {"\303\251lise@example.org",
        "25776 52937 30036 84714 57630 25529 24040 55063 67788 22592 23687 97115"}
};

static void
test_code_of_a_person (void)
{
  e2ee_public_key key;

  hex_decode ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", key.bytes, 32);
  for (size_t i = 0; i < CHECK_N (people_codes); i++) {
    char code[E2EE_CODE_SIZE];

    e2ee_code_of_device (people_codes[i].subject, &key, code);
    CHECK_STR (code, people_codes[i].code);
  }
}

static void
test_code_is_twelve_groups_of_five_digits (void)
{
  for (int epoch = 0; epoch < 200; epoch++) {
    const uint8_t authenticator[2] = { (uint8_t) epoch, 1 };
    char code[E2EE_CODE_SIZE];

    memset (code, 'x', sizeof (code));
    e2ee_code_of_epoch (E2EE_BYTES (authenticator, 2), code);
    CHECK_INT (strlen (code), E2EE_CODE_DIGITS + 11);
    for (size_t i = 0; i < E2EE_CODE_SIZE - 1; i++)
      CHECK (i % 6 == 5 ? code[i] == ' ' : code[i] >= '0' && code[i] <= '9');
  }
}

static void
test_code_changes_with_every_bit (void)
{
  uint8_t authenticator[32] = { 0 };
  char before[E2EE_CODE_SIZE], after[E2EE_CODE_SIZE];

  e2ee_code_of_epoch (E2EE_BYTES (authenticator, 32), before);
  for (int bit = 0; bit < 256; bit++) {
    CHECK_ROW ("bit %d", bit);
    authenticator[bit / 8] ^= (uint8_t) (1 << bit % 8);
    e2ee_code_of_epoch (E2EE_BYTES (authenticator, 32), after);
    CHECK (strcmp (before, after) != 0);
    authenticator[bit / 8] ^= (uint8_t) (1 << bit % 8);
  }
}

static void
test_person_is_account_and_device (void)
{
  char a[E2EE_CODE_SIZE], b[E2EE_CODE_SIZE], c[E2EE_CODE_SIZE];

  e2ee_code_of_device ("alice", e2ee_device_public_key (people ()->alice), a);
  e2ee_code_of_device ("alice", e2ee_device_public_key (people ()->bob), b);
  e2ee_code_of_device ("alicf", e2ee_device_public_key (people ()->alice), c);
  CHECK (strcmp (a, b) != 0);
  CHECK (strcmp (a, c) != 0);
}

static const check_case cases[] = {
  CHECK_CASE (test_code_of_an_epoch),
  CHECK_CASE (test_code_of_a_person),
  CHECK_CASE (test_code_is_twelve_groups_of_five_digits),
  CHECK_CASE (test_code_changes_with_every_bit),
  CHECK_CASE (test_person_is_account_and_device),
};

CHECK_MAIN (cases)
