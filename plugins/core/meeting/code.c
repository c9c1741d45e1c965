/* Numbers that people compare (code.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/code.h"

#include <stdio.h>
#include <string.h>

#include "core/crypto/hkdf.h"
#include "core/crypto/secret.h"
#include "core/meeting/account.h"

#define N_GROUPS 12
/* Bytes for a group: 2^40 is so much more than 100000 that no group is likelier than another by
 * more than one part in ten million. */
#define GROUP_SIZE 5

static const char epoch_label[] = "gst-e2ee meeting code 1";
static const char device_label[] = "gst-e2ee device code 1";

static void
make_code (e2ee_bytes input, const char *label, char code[E2EE_CODE_SIZE])
{
  uint8_t prk[E2EE_HASH_MAX_SIZE], digits[N_GROUPS * GROUP_SIZE];

  e2ee_hkdf_extract (E2EE_HASH_SHA256, E2EE_NO_BYTES, input, prk);
  /* 60 bytes are never too many. */
  if (e2ee_hkdf_expand (E2EE_HASH_SHA256, E2EE_BYTES (prk, e2ee_hash_size (E2EE_HASH_SHA256)),
          E2EE_BYTES (label, strlen (label)), digits, sizeof (digits)) != E2EE_OK)
    memset (digits, 0, sizeof (digits));
  for (size_t i = 0; i < N_GROUPS; i++)
    snprintf (code + 6 * i, 7, i + 1 < N_GROUPS ? "%05u " : "%05u",
        (unsigned) (e2ee_get_be (digits + GROUP_SIZE * i, GROUP_SIZE) % 100000));
  e2ee_wipe (prk, sizeof (prk));
  e2ee_wipe (digits, sizeof (digits));
}

void
e2ee_code_of_epoch (e2ee_bytes epoch_authenticator, char code[E2EE_CODE_SIZE])
{
  make_code (epoch_authenticator, epoch_label, code);
}

/* The key has a fixed size and stands first, so that no two pairs are the same bytes. */
void
e2ee_code_of_device (const char *subject, const e2ee_public_key * device,
    char code[E2EE_CODE_SIZE])
{
  uint8_t input[E2EE_PUBLIC_KEY_SIZE + E2EE_MAX_SUBJECT];
  const size_t size = strlen (subject) < E2EE_MAX_SUBJECT ? strlen (subject) : E2EE_MAX_SUBJECT;

  memcpy (input, device->bytes, E2EE_PUBLIC_KEY_SIZE);
  memcpy (input + E2EE_PUBLIC_KEY_SIZE, subject, size);
  make_code (E2EE_BYTES (input, E2EE_PUBLIC_KEY_SIZE + size), device_label, code);
}
