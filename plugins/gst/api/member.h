/* Making what is known of a member (gst/e2ee/meeting.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/meeting.h>

#include "core/meeting/meeting.h"

G_BEGIN_DECLS

/* Copies all of it; @code is his fingerprint. */
GstE2eeMember *gst_e2ee_member_new (const e2ee_member * member, const gchar * code);
/* Of somebody who is not in the meeting (any more): what his account says. */
GstE2eeMember *gst_e2ee_member_new_of_account (guint leaf, const e2ee_account * account);

G_END_DECLS
