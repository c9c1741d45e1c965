/* Devices that were seen before: a new one of a known account is shown, and a mark that a person
 * made stays with the device it was made for.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "core/meeting/state/state.h"

static void
hash_subject (const e2ee_account * account, uint8_t hash[32])
{
  crypto_hash_sha256 (hash, (const uint8_t *) account->subject, strlen (account->subject));
}

static e2ee_known_device *
find (const e2ee_meeting * m, const uint8_t subject[32], const e2ee_thumbprint * thumbprint)
{
  for (size_t i = 0; i < m->devices.n; i++) {
    e2ee_known_device *device = &m->devices.list[i];

    if (memcmp (device->subject, subject, 32) == 0
        && e2ee_thumbprint_equal (&device->thumbprint, thumbprint))
      return device;
  }
  return NULL;
}

/* The oldest without a mark makes room, or the oldest. */
static void
forget_one (e2ee_meeting * m)
{
  size_t victim = 0;

  while (victim < m->devices.n && m->devices.list[victim].is_verified)
    victim++;
  if (victim == m->devices.n)
    victim = 0;
  memmove (&m->devices.list[victim], &m->devices.list[victim + 1],
      (m->devices.n - victim - 1) * sizeof (*m->devices.list));
  m->devices.n--;
}

int
e2ee_meeting_see_device (e2ee_meeting * m, const e2ee_account * account)
{
  e2ee_known_device device = { .thumbprint = account->thumbprint };
  int account_is_known = 0;

  hash_subject (account, device.subject);
  if (find (m, device.subject, &account->thumbprint) != NULL)
    return 0;
  for (size_t i = 0; i < m->devices.n; i++)
    account_is_known |= memcmp (m->devices.list[i].subject, device.subject, 32) == 0;
  if (m->devices.n == E2EE_MAX_DEVICES)
    forget_one (m);
  m->devices.list[m->devices.n++] = device;
  m->is_dirty = 1;
  return account_is_known;
}

int
e2ee_meeting_device_is_verified (const e2ee_meeting * m, const e2ee_account * account)
{
  uint8_t subject[32];
  const e2ee_known_device *device;

  hash_subject (account, subject);
  device = find (m, subject, &account->thumbprint);
  return device != NULL && device->is_verified;
}

e2ee_meeting_result
e2ee_meeting_verify_device (e2ee_meeting * m, const e2ee_account * account, int verified)
{
  uint8_t subject[32];
  e2ee_known_device *device;

  hash_subject (account, subject);
  device = find (m, subject, &account->thumbprint);
  if (device == NULL)
    return E2EE_MEETING_ERR_UNKNOWN_MEMBER;
  device->is_verified = verified != 0;
  m->is_dirty = 1;
  return E2EE_MEETING_OK;
}
