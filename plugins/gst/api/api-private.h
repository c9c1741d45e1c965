/* What the files of libgste2ee-1.0 share among themselves.  Not installed, not exported.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/e2ee.h>

G_BEGIN_DECLS

/* What both of @a and @b allow to be said: the merged state, the sender if they agree on it, the
 * smaller epoch.  (transfer full); a new status is made only when the answer is neither. */
GstE2eeStatus *gst_e2ee_status_merge (GstE2eeStatus * a, GstE2eeStatus * b);

/* The same secret, key id, usage and sender under another suite and epoch.  NULL with
 * GST_LIBRARY_ERROR_SETTINGS when @suite takes another length. */
GstE2eeKey *gst_e2ee_key_new_like (const GstE2eeKey * key, GstE2eeCipherSuite suite,
    guint64 epoch, GError ** error);

G_END_DECLS
