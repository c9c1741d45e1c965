/* What the files of a meeting's GObject share: its struct, and who does what.
 *
 *   meeting.c          the object: properties, signals, telling
 *   meetingnew.c       making it from ticket, link, token and device
 *   meetingcalls.c     what an app may do
 *   meetinglook.c      what an app may see
 *   meetingloop.c      in and out of the core: one lock, one queue of what happened, one timer
 *   meetingroster.c    the members as immutable values
 *   meetingmedia.c     mode and keys as immutable snapshots, the key provider's face
 *   meetingstream.c    one stream that we send, and its number
 *   meetingregistry.c  finding it: by name, and as a context
 *   meetingfile.c      device key and state on disk
 *
 * The core (core/meeting/meeting.h) thinks.  It is entered with the lock held and never from its own
 * callbacks, which only append to the queue; the queue is emptied after the lock was left, by one
 * thread at a time.  So handlers may call everything, and nothing recurses into the core.
 *
 * Lock order: no lock of an app -> lock.  It is never held while something is emitted.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "api/api-private.h"

#include <gst/e2ee/meeting.h>

#include "api/meetingerror.h"
#include "api/meeting-test.h"
#include "core/meeting/meeting.h"

G_BEGIN_DECLS

/* ---- media: meetingmedia.c ---- */

/* One epoch whose keys are still good. */
typedef struct
{
  guint64 epoch;                /* the group's number, which may start over in another group */
  guint64 serial;               /* ours, which never does */
  guint own_leaf;
  gboolean is_hard;             /* the keys before must not be used any more from here on */
  GstE2eeSecret *base_key;
  GPtrArray *roster;            /* GstE2eeMember by leaf: whose keys these are */
} GstE2eeMediaEpoch;

/* Never changed once made; atomic references. */
typedef struct
{
  GstE2eeMediaMode mode;
  GstE2eeState state;
  GstE2eeCipherSuite suite;
  guint16 tag;
  guint n_epochs;
  GstE2eeMediaEpoch epochs[E2EE_MAX_MEDIA_EPOCHS];      /* newest first */
  gint sending;                 /* which of them encrypts; -1: none */
} GstE2eeMeetingMedia;

GstE2eeMeetingMedia *gst_e2ee_meeting_media_new (void);
GstE2eeMeetingMedia *gst_e2ee_meeting_media_ref (GstE2eeMeetingMedia * media);
void gst_e2ee_meeting_media_unref (GstE2eeMeetingMedia * media);
/* The key of @number of @leaf in @epoch; NULL when he is not in it. */
GstE2eeKey *gst_e2ee_meeting_media_make_key (const GstE2eeMeetingMedia * media,
    const GstE2eeMediaEpoch * epoch, guint leaf, guint number, GstE2eeKeyUsage usage);
void gst_e2ee_meeting_media_tell (const GstE2eeMeetingMedia * media, GstE2eeMedia * out);

/* ---- what happened: meetingloop.c ---- */

typedef enum
{
  HAPPENING_EVENT,              /* of the core */
  HAPPENING_MESSAGE,
  HAPPENING_NOTIFY,
  HAPPENING_SAVE_FAILED
} GstE2eeHappeningKind;

typedef struct
{
  GstE2eeHappeningKind kind;
  e2ee_event_type type;
  e2ee_meeting_result result;
  GstE2eeMeetingPhase phase;
  GstE2eeState state;
  guint64 request;
  guint leaf;
  GstE2eeMember *member;        /* NULL: nobody is meant */
  gchar *text;
  GBytes *message;
  guint changed;                /* of NOTIFY: bits of properties */
} GstE2eeHappening;

/* What the readable properties say. */
typedef struct
{
  GstE2eeState state;
  GstE2eeMeetingPhase phase;
  e2ee_meeting_result reason;
  gboolean on;
  gboolean is_host;
  GstE2eeFeatures features;
  guint64 epoch;
  guint64 revision;
} GstE2eeMeetingView;

struct _GstE2eeMeeting
{
  GObject parent;

  /*< set once >*/
  gchar *name;
  gchar *meeting_id;
  gchar *state_file;
  gboolean is_registered;
  e2ee_env env;
  e2ee_meeting_host host;
  GstE2eeMeetingTest test;
  gboolean is_test;
  GSource *timer;

  GMutex lock;

  /*< protected by lock >*/
  e2ee_meeting *core;
  GstE2eeFloor floor;
  gchar *own_name;              /* a guest who signs in gets another */
  GstE2eeMeetingView view;
  gchar *code;
  GPtrArray *members;           /* GstE2eeMember by leaf; never changed, only replaced */
  GstE2eeMeetingMedia *media;
  GList *listed;                /* GstE2eeKey: of all announced streams, made when it is asked for */
  gboolean is_listed;
  guint64 last_serial;
  GQueue happened;              /* GstE2eeHappening */
  guint events;                 /* bits of e2ee_event_type since the core was entered */
  GList *fresh;                 /* first of the happenings since then */
  gboolean is_draining;
  gboolean must_announce;
  gboolean must_suspect;
  gint64 suspected_at;
  gboolean must_rekey;
  GstE2eeMeetingStream *streams[E2EE_MAX_STREAMS];      /* borrowed: they take themselves out */
  guint64 spent_serial[E2EE_MAX_STREAMS];       /* epochs up to here have used the number */
};

/* Properties that are notified. */
enum
{
  GST_E2EE_MEETING_PROP_0,
  GST_E2EE_MEETING_PROP_NAME,
  GST_E2EE_MEETING_PROP_MEETING_ID,
  GST_E2EE_MEETING_PROP_STATE_FILE,
  GST_E2EE_MEETING_PROP_E2EE,
  GST_E2EE_MEETING_PROP_STATE,
  GST_E2EE_MEETING_PROP_REASON,
  GST_E2EE_MEETING_PROP_PHASE,
  GST_E2EE_MEETING_PROP_ON,
  GST_E2EE_MEETING_PROP_IS_HOST,
  GST_E2EE_MEETING_PROP_FEATURES,
  GST_E2EE_MEETING_PROP_EPOCH,
  GST_E2EE_MEETING_PROP_REVISION,
  GST_E2EE_MEETING_N_PROPS
};

/* Callbacks, timer and queue; @test may be NULL. */
void gst_e2ee_meeting_loop_init (GstE2eeMeeting * self, const GstE2eeMeetingTest * test);
void gst_e2ee_meeting_loop_clear (GstE2eeMeeting * self);
/* Around every call of the core, and of what changes what elements see.  FALSE with an error when
 * the object was not made with gst_e2ee_meeting_new().  leave: tells what happened. */
gboolean gst_e2ee_meeting_enter (GstE2eeMeeting * self, GError ** error);
void gst_e2ee_meeting_exit (GstE2eeMeeting * self);
/* Must be called with the lock held.  Work for the timer: announcing, suspecting. */
void gst_e2ee_meeting_wake (GstE2eeMeeting * self);

/* An error that names us.  With no lock held. */
void gst_e2ee_meeting_set_own_error (GstE2eeMeeting * self, GError ** error,
    GstE2eeMeetingError code);

/* meeting.c: one of what happened, with no lock held. */
void gst_e2ee_meeting_tell (GstE2eeMeeting * self, GstE2eeHappening * happening);

/* ---- the rest; all with the lock held ---- */

/* meetingroster.c */
GPtrArray *gst_e2ee_roster_new (void);
GstE2eeMember *gst_e2ee_roster_find (const GPtrArray * roster, guint leaf);
/* Brings members up to date with the core, and gives each fresh happening its member. */
void gst_e2ee_meeting_update_roster (GstE2eeMeeting * self, gsize n_members);

/* meetingmedia.c: TRUE when elements must ask again. */
gboolean gst_e2ee_meeting_update_media (GstE2eeMeeting * self);
void gst_e2ee_meeting_forget_list (GstE2eeMeeting * self);
void gst_e2ee_meeting_key_provider_init (GstE2eeKeyProviderInterface * iface);

/* meetingstream.c */
void gst_e2ee_meeting_announce (GstE2eeMeeting * self);
/* (transfer full): those that live, for telling them without the lock. */
GList *gst_e2ee_meeting_dup_streams (GstE2eeMeeting * self);

/* meetingregistry.c; without the lock */
gboolean gst_e2ee_meeting_register (GstE2eeMeeting * self);
void gst_e2ee_meeting_unregister (GstE2eeMeeting * self);

/* meetingfile.c; without the lock */
e2ee_device *gst_e2ee_meeting_read_device (const gchar * path, GError ** error);
/* @sealed: in memory of e2ee_secret_free(); empty when there is no such file. */
gboolean gst_e2ee_meeting_read_state (const gchar * path, e2ee_bytes * sealed, GError ** error);
gboolean gst_e2ee_meeting_write_state (const gchar * path, e2ee_bytes sealed);
/* @key: 32 bytes. */
gboolean gst_e2ee_meeting_derive_store_key (const e2ee_device * device,
    const gchar * meeting_id, guint8 * key);

G_END_DECLS
