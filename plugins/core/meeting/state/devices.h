/* Devices that were seen before, and the marks that a person made.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_DEVICES_H
#define E2EE_CORE_MEETING_STATE_DEVICES_H

#include "core/meeting/meeting.h"

#define E2EE_MAX_DEVICES 1024

typedef struct
{
  uint8_t subject[32];          /* its SHA-256 */
  e2ee_thumbprint thumbprint;
  int is_verified;
} e2ee_known_device;

/* The oldest first. */
typedef struct
{
  e2ee_known_device *list;      /* room for E2EE_MAX_DEVICES */
  size_t n;
} e2ee_devices;

/* Adds what is not known yet.  1 when the device is new while the account has others. */
int e2ee_meeting_see_device (e2ee_meeting * m, const e2ee_account * account);
int e2ee_meeting_device_is_verified (const e2ee_meeting * m, const e2ee_account * account);
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_verify_device (e2ee_meeting * m,
    const e2ee_account * account, int verified);

#endif
