/* What e2eeenc and e2eedec share: pads, keys, settings, the way of buffers through them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "agreement.h"
#include "counters.h"
#include "framepath.h"
#include "keystore.h"

#include "core/frame/format.h"

#include <gst/e2ee/meeting.h>

G_BEGIN_DECLS

/**
 * GstE2eeFormat:
 * @GST_E2EE_FORMAT_SFRAME: SFrame, RFC 9605
 * @GST_E2EE_FORMAT_LIVEKIT: LiveKit's, as the worker of livekit-client has it
 * @GST_E2EE_FORMAT_JITSI: Jitsi's, as the worker of lib-jitsi-meet has it
 * @GST_E2EE_FORMAT_SRTP: SRTP (RFC 3711, RFC 7714) of whole RTP packets, end to end
 *
 * How a frame is protected.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_FORMAT_SFRAME = E2EE_FORMAT_SFRAME,
  GST_E2EE_FORMAT_LIVEKIT = E2EE_FORMAT_LIVEKIT,
  GST_E2EE_FORMAT_JITSI = E2EE_FORMAT_JITSI,
  GST_E2EE_FORMAT_SRTP = E2EE_FORMAT_SRTP
} GstE2eeFormat;

#define GST_TYPE_E2EE_FORMAT (gst_e2ee_format_get_type ())
GType gst_e2ee_format_get_type (void);

/**
 * GstE2eePacketization:
 * @GST_E2EE_PACKETIZATION_CODEC: the codec's own RTP payload format, as browsers with
 *   RTCRtpScriptTransform use it
 * @GST_E2EE_PACKETIZATION_FRAME: SFrame packets (draft-ietf-avtcore-rtp-sframe) that carry
 *   encrypted frames
 * @GST_E2EE_PACKETIZATION_PACKET: SFrame packets that carry the codec's RTP payloads, encrypted one
 *   by one
 *
 * How protected frames become RTP packets.  A receiver takes both kinds of SFrame packets with
 * either.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_PACKETIZATION_CODEC,
  GST_E2EE_PACKETIZATION_FRAME,
  GST_E2EE_PACKETIZATION_PACKET
} GstE2eePacketization;

#define GST_TYPE_E2EE_PACKETIZATION (gst_e2ee_packetization_get_type ())
GType gst_e2ee_packetization_get_type (void);

#define GST_TYPE_E2EE_CRYPTOR (gst_e2ee_cryptor_get_type ())
#define GST_E2EE_CRYPTOR(o) \
  (G_TYPE_CHECK_INSTANCE_CAST ((o), GST_TYPE_E2EE_CRYPTOR, GstE2eeCryptor))
#define GST_E2EE_CRYPTOR_GET_CLASS(o) \
  (G_TYPE_INSTANCE_GET_CLASS ((o), GST_TYPE_E2EE_CRYPTOR, GstE2eeCryptorClass))

typedef struct _GstE2eeCryptor GstE2eeCryptor;
typedef struct _GstE2eeCryptorClass GstE2eeCryptorClass;

GType gst_e2ee_cryptor_get_type (void);

typedef struct
{
  gchar *key_file;
  GstE2eeKeyProvider *provider;
  gchar *meeting;
  GstE2eeMeeting *context;      /* from gst_element_set_context() */
  GstE2eeCipherSuite suite;
  gboolean suite_is_set;
  GstE2eePacketization packetization;
  guint mtu;
  E2eeKeyStoreSettings keys;
} GstE2eeCryptorSettings;

typedef struct
{
  GstSegment segment;
  E2eeKeySnapshot keys;
  guint64 now_ms;               /* monotonic, read once for each push */
  guint64 key_frame_asked_ms;   /* when a key frame was last asked for; 0: never */
  GstE2eeState state;           /* what was last said on the bus */
  const gchar *reason;
  guint64 said_key_id;
  guint64 asked_key_id[8];      /* key ids lately asked for, so that no frame asks twice */
  guint64 asked_ms[8];
  guint next_asked;
  gboolean warned;
} GstE2eeCryptorStream;

struct _GstE2eeCryptor
{
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;
  const e2ee_format *format;    /* from READY on, by the setting, like the next two */
  GstE2eePacketization packetization;
  gboolean per_ssrc_keys;
  E2eeKeyStore *store;          /* has its own lock */
  E2eeCounter frames;
  E2eeCounter clear_frames;     /* of these, how many were not protected */
  E2eeCounter bytes;
  E2eeCounter causes[E2EE_N_RESULTS];
  E2eeCounter rtp[9];           /* a copy of E2eeRtpRegroupStats, made after each push */
  atomic_int settings_changed;

  /*< protected by the object lock >*/
  GstE2eeCryptorSettings settings;

  /*< belongs to the streaming thread >*/
  E2eeFramePath *path;
  E2eeAgreement *agreement;     /* with the peer of a webrtcbin that is linked */
  gboolean closed;              /* there is none */
  gboolean refused;             /* and an error has said so */
  GstE2eeCryptorStream stream;
  GstE2eeStatus *clear_status;

  /*< belongs to changes of state, and caps in between >*/
  GstE2eeKeyProvider *acquired;
};

struct _GstE2eeCryptorClass
{
  GstElementClass parent_class;

  GstE2eeKeyUsage usage;

  /* One frame.  Streaming thread, with no lock but the stream lock held. */
  void (*frame) (GstE2eeCryptor * self, const E2eeFrame * frame);
  /* NULL to READY, after settings; and back.  May be NULL. */
  gboolean (*open) (GstE2eeCryptor * self, GstE2eeKeyProvider * provider, GError ** error);
  void (*close) (GstE2eeCryptor * self);
  /* New caps were accepted.  Streaming thread; may be NULL. */
  gboolean (*caps) (GstE2eeCryptor * self, const GstCaps * caps, GError ** error);
  /* Around each push: before the first frame (time and keys are up to date; @keys_changed says
   * whether they are others than before), and after the last, to push what is ready. */
  void (*begin) (GstE2eeCryptor * self, gboolean keys_changed);
  GstFlowReturn (*end) (GstE2eeCryptor * self);
  /* Frames that wait are given up; @count is FALSE for a flush. */
  void (*forget) (GstE2eeCryptor * self, gboolean count);
  /* The stream is over (PAUSED to READY). */
  void (*reset) (GstE2eeCryptor * self);
  /* Any thread. */
  void (*add_stats) (GstE2eeCryptor * self, GstStructure * stats);
};

/* keysource.c: the owner of the keys by the settings, (transfer full), or NULL, with an error or
 * without; and the meeting of @context, if it has one, for when nothing else is set.  With no lock
 * held. */
GstE2eeKeyProvider *gst_e2ee_cryptor_find_provider (GstE2eeCryptor * self, GError ** error);
void gst_e2ee_cryptor_take_context (GstE2eeCryptor * self, GstContext * context);

/* Uses @provider, whose keys must be one element's; NULL: none.  With no lock held. */
gboolean gst_e2ee_cryptor_use_provider (GstE2eeCryptor * self, GstE2eeKeyProvider * provider,
    GError ** error);

/* cryptorsettings.c: the shared settings as properties. */
void gst_e2ee_cryptor_init_settings (GstE2eeCryptorSettings * settings);
void gst_e2ee_cryptor_install_properties (GObjectClass * klass);
void gst_e2ee_cryptor_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec);
void gst_e2ee_cryptor_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec);

/* Any thread. (transfer full) */
GstStructure *gst_e2ee_cryptor_make_stats (GstE2eeCryptor * self);

/* Posts @error as an error message. */
void gst_e2ee_cryptor_post_error (GstE2eeCryptor * self, GError * error);

/* All below: streaming thread. */

/* A frame is lost for @cause, or went through. */
void gst_e2ee_cryptor_count_drop (GstE2eeCryptor * self, e2ee_result cause);
void gst_e2ee_cryptor_count_frame (GstE2eeCryptor * self, gsize size);

/* A frame goes on as it came, with the status that it is not encrypted. */
void gst_e2ee_cryptor_pass_clear (GstE2eeCryptor * self, const E2eeFrame * frame);

/* Asks the provider in another thread, and emits request-key, at most once a second for one key id.  TRUE when the app gave a key: the
 * snapshot then has it. */
gboolean gst_e2ee_cryptor_request_key (GstE2eeCryptor * self, guint64 key_id);

/* Pushes what the path has ready. */
GstFlowReturn gst_e2ee_cryptor_push_ready (GstE2eeCryptor * self);

/* Says on the bus, once for each change, what state the media is in.  @reason: a static word, or
 * NULL. */
void gst_e2ee_cryptor_set_state (GstE2eeCryptor * self, GstE2eeState state, const gchar * reason,
    guint64 key_id);

/* What is said of a stream that its meeting lets not flow: as a rule nothing is known, but a host who
 * waits for his own "on" is switching. */
GstE2eeState gst_e2ee_cryptor_closed_state (const GstE2eeCryptor * self);

/* Asks upstream for a key frame, at most once in @interval_ms. */
void gst_e2ee_cryptor_request_key_frame (GstE2eeCryptor * self, guint64 interval_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstE2eeCryptor, gst_object_unref)

G_END_DECLS
