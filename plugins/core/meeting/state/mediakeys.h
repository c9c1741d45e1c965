/* Media keys by epoch, RFC 9605 section 5.2 (meeting.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_STATE_MEDIAKEYS_H
#define E2EE_CORE_MEETING_STATE_MEDIAKEYS_H

#include "core/meeting/meeting.h"
#include "core/mls/mls.h"

typedef struct
{
  uint64_t epoch;
  e2ee_mls_secret base_key;
  uint64_t until_ms;
} e2ee_epoch_key;

typedef struct
{
  e2ee_epoch_key keys[E2EE_MAX_MEDIA_EPOCHS];   /* newest first */
  size_t n;
  int sends_newest;             /* not everybody may have it, while 0 */
} e2ee_media_keys;

/* Of the epoch that the group is in.  In a new group those of the old one are dropped. */
E2EE_MUST_USE e2ee_meeting_result e2ee_meeting_add_media_key (e2ee_meeting * m,
    int is_new_group);
void e2ee_meeting_on_keys_timer (e2ee_meeting * m);
void e2ee_meeting_drop_media_keys (e2ee_meeting * m);

#endif
