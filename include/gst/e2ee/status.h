/* gst-e2ee: the status that travels with the media
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */
#pragma once

#include <gst/e2ee/e2ee-prelude.h>

G_BEGIN_DECLS

/**
 * GstE2eeState:
 * @GST_E2EE_STATE_UNKNOWN: nothing is known; shown as unknown, gates are closed
 * @GST_E2EE_STATE_OFF: the media is not end-to-end encrypted, and is meant not to be
 * @GST_E2EE_STATE_SWITCHING: the meeting is being switched on or off
 * @GST_E2EE_STATE_ON: the media was decrypted and authenticated end to end
 * @GST_E2EE_STATE_VERIFIED: as on, and every participant's identity was verified by a person
 * @GST_E2EE_STATE_DEGRADED: some of it is protected and some is not, or a key is missing
 *
 * What may be said of a buffer or of a stream.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_STATE_UNKNOWN = 0,
  GST_E2EE_STATE_OFF,
  GST_E2EE_STATE_SWITCHING,
  GST_E2EE_STATE_ON,
  GST_E2EE_STATE_VERIFIED,
  GST_E2EE_STATE_DEGRADED
} GstE2eeState;

#define GST_TYPE_E2EE_STATE (gst_e2ee_state_get_type ())
GST_E2EE_API GType gst_e2ee_state_get_type (void);

/* The nick: "unknown", "off", "switching", "on", "verified", "degraded".  Static. */
GST_E2EE_API const gchar *gst_e2ee_state_get_nick (GstE2eeState state);

/* What two buffers that are mixed into one may be said to be: equal states stay, anything with
 * unknown is unknown, on with verified is on, on or verified with switching is switching, every
 * other mix is degraded.  So a mix is never "off" (a gate would open on it) and never more than
 * its weakest part.  Commutative and associative. */
GST_E2EE_API GstE2eeState gst_e2ee_state_merge (GstE2eeState a, GstE2eeState b);

/**
 * GstE2eeStatus:
 *
 * An immutable, shared statement about media: its state, who sent it, and the epoch of the keys.
 * Made once per change, never per buffer.  Reference-counted; safe in every thread.
 *
 * Since: 0.1
 */
typedef struct _GstE2eeStatus GstE2eeStatus;

#define GST_TYPE_E2EE_STATUS (gst_e2ee_status_get_type ())
GST_E2EE_API GType gst_e2ee_status_get_type (void);

GST_E2EE_API GstE2eeStatus *gst_e2ee_status_new (GstE2eeState state, const gchar * sender,
    guint64 epoch);
GST_E2EE_API GstE2eeStatus *gst_e2ee_status_ref (GstE2eeStatus * status);
GST_E2EE_API void gst_e2ee_status_unref (GstE2eeStatus * status);
GST_E2EE_API GstE2eeState gst_e2ee_status_get_state (const GstE2eeStatus * status);
/* NULL when not known; owned by @status. */
GST_E2EE_API const gchar *gst_e2ee_status_get_sender (const GstE2eeStatus * status);
GST_E2EE_API guint64 gst_e2ee_status_get_epoch (const GstE2eeStatus * status);
GST_E2EE_API gboolean gst_e2ee_status_is_equal (const GstE2eeStatus * a, const GstE2eeStatus * b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstE2eeStatus, gst_e2ee_status_unref)

/**
 * GstE2eeStatusMeta:
 * @meta: the parent
 * @status: what is said of the buffer; never NULL
 * @key_id: the SFrame key id under which it was protected, 0 when it was not
 * @counter: the SFrame counter, 0 when it was not protected
 *
 * Rides on every buffer from e2eedec on.  Registered without tags, so that it survives every stock
 * element but compositor; its transform merges, so that a buffer never carries more than one.
 *
 * Since: 0.1
 */
typedef struct _GstE2eeStatusMeta GstE2eeStatusMeta;

struct _GstE2eeStatusMeta
{
  GstMeta meta;

  GstE2eeStatus *status;
  guint64 key_id;
  guint64 counter;
};

#define GST_E2EE_STATUS_META_API_TYPE (gst_e2ee_status_meta_api_get_type ())
GST_E2EE_API GType gst_e2ee_status_meta_api_get_type (void);
#define GST_E2EE_STATUS_META_INFO (gst_e2ee_status_meta_get_info ())
GST_E2EE_API const GstMetaInfo *gst_e2ee_status_meta_get_info (void);

/* Adds the meta, or merges into the one that is there.  @buffer must be writable; a reference of
 * @status is taken.  Returns the meta, owned by the buffer. */
GST_E2EE_API GstE2eeStatusMeta *gst_buffer_add_e2ee_status_meta (GstBuffer * buffer,
    GstE2eeStatus * status, guint64 key_id, guint64 counter);

/* Replaces what the buffer says: for the element that knows, not for those that mix. */
GST_E2EE_API GstE2eeStatusMeta *gst_buffer_set_e2ee_status_meta (GstBuffer * buffer,
    GstE2eeStatus * status, guint64 key_id, guint64 counter);

/* NULL when the buffer carries none: its state is then unknown. */
GST_E2EE_API GstE2eeStatusMeta *gst_buffer_get_e2ee_status_meta (GstBuffer * buffer);

/* The state of @buffer: that of its meta, or unknown. */
GST_E2EE_API GstE2eeState gst_buffer_get_e2ee_state (GstBuffer * buffer);

/* The sticky event of the same content ("e2ee-status", GST_EVENT_CUSTOM_DOWNSTREAM_STICKY), for
 * streams that have no buffer yet.  A buffer's own meta goes before it. */
GST_E2EE_API GstEvent *gst_event_new_e2ee_status (GstE2eeStatus * status);
/* A new reference, or NULL when @event is another event. */
GST_E2EE_API GstE2eeStatus *gst_event_parse_e2ee_status (GstEvent * event);

G_END_DECLS
