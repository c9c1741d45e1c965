/* What the files of libgste2ee-1.0 share among themselves.  Not installed, not exported.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/e2ee.h>

#include "core/bytes.h"

G_BEGIN_DECLS

/* What both of @a and @b allow to be said: the merged state, the sender if they agree on it, the
 * smaller epoch.  (transfer full); a new status is made only when the answer is neither. */
GstE2eeStatus *gst_e2ee_status_merge (GstE2eeStatus * a, GstE2eeStatus * b);

/* The same secret, key id, usage and sender under another suite and epoch.  NULL with
 * GST_LIBRARY_ERROR_SETTINGS when @suite takes another length. */
GstE2eeKey *gst_e2ee_key_new_like (const GstE2eeKey * key, GstE2eeCipherSuite suite,
    guint64 epoch, GError ** error);

/* A secret that several keys share: in locked memory, atomic references, wiped with the last. */
typedef struct _GstE2eeSecret GstE2eeSecret;

/* A copy; NULL when there is no memory for secrets. */
GstE2eeSecret *gst_e2ee_secret_new (e2ee_bytes bytes);
GstE2eeSecret *gst_e2ee_secret_ref (GstE2eeSecret * secret);
void gst_e2ee_secret_unref (GstE2eeSecret * secret);
e2ee_bytes gst_e2ee_secret_view (const GstE2eeSecret * secret);

/* Who encrypts with a key of a meeting. */
typedef struct
{
  const gchar *name;
  const gchar *subject;
  guint leaf;
} GstE2eeKeySender;

/* A key of one stream in one epoch.  The caller knows that the secret fits the suite, and that
 * nobody else counts with @key_id under it.  Takes a reference of @base_key. */
GstE2eeKey *gst_e2ee_key_new_of_group (guint64 key_id, GstE2eeCipherSuite suite,
    GstE2eeSecret * base_key, GstE2eeKeyUsage usage, guint64 epoch,
    const GstE2eeKeySender * sender);

G_END_DECLS
