/* e2eeenc: end-to-end encrypts media frames.
 *
 * gst-e2ee, LGPL-2.1-or-later */

/**
 * SECTION:element-e2eeenc
 * @title: e2eeenc
 * @see_also: e2eedec
 *
 * Encrypts every frame end to end with SFrame (RFC 9605), so that servers which forward the media
 * cannot read it.
 *
 * Its place is between an RTP payloader and `webrtcbin`: it puts one frame's packets together,
 * encrypts the frame, and splits it again, keeping SSRC, timestamp, payload type, header
 * extensions and the codec's payload descriptor.  Encoded frames (`video/x-vp8`, `audio/x-opus`)
 * and whole buffers (`text/x-raw`, `application/x-...`: chat) are taken as well.
 *
 * Without a key nothing leaves.  A new key is taken into use on a key frame, which the element
 * asks its encoder for.
 *
 * In a #GstE2eeMeeting (property `meeting`) the meeting says what happens to media: while its host
 * has end-to-end encryption turned on every frame is encrypted, from the very next one on; while it
 * is off frames pass as they came, with the status that they do; and while nothing is known of the
 * meeting, or this participant requires encryption, nothing leaves.
 *
 * ## Example pipeline
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=100 ! vp8enc deadline=1 ! rtpvp8pay ! \
 *   e2eeenc key-file=keys.jwks ! e2eedec key-file=keys.jwks ! rtpvp8depay ! vp8dec ! autovideosink
 * ]| Encrypts and decrypts in one pipeline; `e2ee-keygen keys.jwks` makes the key file.
 *
 * Since: 0.1
 */

#include "elements.h"
#include "cryptor.h"

#include "core/frame/sframe.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (e2ee_enc_debug);
#define GST_CAT_DEFAULT e2ee_enc_debug

/* A new key waits this long for a key frame before it is used all the same. */
#define KEY_CHANGE_PATIENCE_MS 500
/* soft-limit comes when a tenth of the key is left. */
#define SOFT_LIMIT_SHARE 10

#define STREAM_KIND_AUTO -1

enum
{
  PROP_0,
  PROP_KEY_ID,
  PROP_FRAME_LIMIT,
  PROP_STREAM_KIND,
  PROP_STREAM_LABEL
};

enum
{
  SIGNAL_SOFT_LIMIT,
  SIGNAL_HARD_LIMIT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

#define GST_TYPE_E2EE_ENC (gst_e2ee_enc_get_type ())
G_DECLARE_FINAL_TYPE (GstE2eeEnc, gst_e2ee_enc, GST, E2EE_ENC, GstE2eeCryptor)

struct _GstE2eeEnc
{
  GstE2eeCryptor parent;

  E2eeCounter key_id;           /* for stats */
  E2eeCounter frames_left;
  E2eeCounter key_changes;

  /*< protected by the object lock >*/
  gint stream_kind;
  gchar *stream_label;

  /*< belongs to changes of state, and caps in between >*/
  GstE2eeMeeting *meeting;      /* NULL: the keys are somebody else's */
  GstE2eeMeetingStream *stream; /* ours in the meeting, once its kind is known */

  /*< belongs to the streaming thread >*/
  e2ee_key *key;                /* what encrypts now: the snapshot's, or still the one before */
  GstE2eeStatus *status;
  guint64 pending_since_ms;     /* another key waits for a key frame since; 0: none */
  guint64 soft_limit;           /* emit soft-limit at so many frames left; 0: emitted */
  gboolean hard_limit;          /* hard-limit was emitted for this key */
  GstE2eeMediaMode mode;        /* of the frame before */
  gboolean warned_oversize;
};

G_DEFINE_TYPE_WITH_CODE (GstE2eeEnc, gst_e2ee_enc, GST_TYPE_E2EE_CRYPTOR,
    GST_DEBUG_CATEGORY_INIT (e2ee_enc_debug, "e2eeenc", 0, "end-to-end encryptor"));
GST_ELEMENT_REGISTER_DEFINE (e2eeenc, "e2eeenc", GST_RANK_NONE, GST_TYPE_E2EE_ENC);

#define GST_TYPE_E2EE_ENC_STREAM_KIND (gst_e2ee_enc_stream_kind_get_type ())
static GType
gst_e2ee_enc_stream_kind_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {STREAM_KIND_AUTO, "By the caps: microphone, camera or data", "auto"},
    {GST_E2EE_STREAM_KIND_MICROPHONE, "Microphone", "microphone"},
    {GST_E2EE_STREAM_KIND_CAMERA, "Camera", "camera"},
    {GST_E2EE_STREAM_KIND_SCREEN, "Screen", "screen"},
    {GST_E2EE_STREAM_KIND_SCREEN_AUDIO, "Sound of the screen", "screen-audio"},
    {GST_E2EE_STREAM_KIND_PSTN, "Somebody on the phone", "pstn"},
    {GST_E2EE_STREAM_KIND_SIP_H323, "A room system", "sip-h323"},
    {GST_E2EE_STREAM_KIND_DATA, "Whole buffers", "data"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eeEncStreamKind", values));
  return type;
}

static void
drop_key (GstE2eeEnc * self)
{
  g_clear_pointer (&self->key, e2ee_key_unref);
  g_clear_pointer (&self->status, gst_e2ee_status_unref);
  self->pending_since_ms = 0;
}

/* rtph264pay and rtph265pay take zero bytes off the end of a unit, and LiveKit's key id is the last
 * byte of a frame: nobody would open one. */
static void
warn_of_payloaders (GstE2eeEnc * self)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  e2ee_codec layout = e2ee_frame_path_get_layout (cryptor->path);

  if (cryptor->format->id == E2EE_FORMAT_LIVEKIT && e2ee_key_get_kid (self->key) == 0
      && (layout == E2EE_CODEC_H264 || layout == E2EE_CODEC_H265)
      && !e2ee_frame_path_is_rtp (cryptor->path))
    GST_ELEMENT_WARNING (self, STREAM, ENCODE,
        ("A payloader of H.264 or H.265 loses the key id 0 of LiveKit's frames."),
        ("use another key id, or put e2eeenc behind the payloader"));
}

static void
adopt_key (GstE2eeEnc * self)
{
  const E2eeKeySnapshot *keys = &GST_E2EE_CRYPTOR (self)->stream.keys;

  if (self->key)
    e2ee_counter_add (&self->key_changes, 1);
  drop_key (self);
  if (keys->sending == NULL)
    return;
  self->key = e2ee_key_ref (keys->sending);
  self->status = gst_e2ee_status_ref (keys->sending_status);
  self->soft_limit = e2ee_key_get_left (self->key) / SOFT_LIMIT_SHARE;
  self->hard_limit = FALSE;
  e2ee_counter_set (&self->key_id, e2ee_key_get_kid (self->key));
  GST_INFO_OBJECT (self, "encrypting with key id %" G_GUINT64_FORMAT, e2ee_key_get_kid (self->key));
  warn_of_payloaders (self);
}

/* The same key may be said to be verified now. */
static void
update_status (GstE2eeEnc * self)
{
  GstE2eeStatus *status = GST_E2EE_CRYPTOR (self)->stream.keys.sending_status;

  if (self->key == NULL || status == NULL)
    return;
  gst_e2ee_status_ref (status);
  g_clear_pointer (&self->status, gst_e2ee_status_unref);
  self->status = status;
}

/* Is the key in use still one that its owner lists?  Only then may it go on until the next key
 * frame. */
static gboolean
key_is_still_listed (GstE2eeEnc * self)
{
  return e2ee_key_snapshot_status (&GST_E2EE_CRYPTOR (self)->stream.keys,
      e2ee_key_get_kid (self->key)) != NULL;
}

static void
gst_e2ee_enc_begin (GstE2eeCryptor * cryptor, gboolean keys_changed)
{
  GstE2eeEnc *self = GST_E2EE_ENC (cryptor);
  GstE2eeMediaMode mode = cryptor->stream.keys.media.mode;

  if (G_LIKELY (!keys_changed))
    return;
  if (mode != self->mode) {
    /* On counts from the very next frame on, not from the next key frame. */
    self->mode = mode;
    drop_key (self);
    if (mode == GST_E2EE_MEDIA_MODE_PROTECTED)
      adopt_key (self);
    gst_e2ee_cryptor_request_key_frame (cryptor, 0);
    return;
  }
  if (mode != GST_E2EE_MEDIA_MODE_PROTECTED)
    return;
  if (self->key == cryptor->stream.keys.sending) {
    update_status (self);
    self->pending_since_ms = 0;
  } else if (self->key == NULL || cryptor->stream.keys.sending == NULL
      || !e2ee_frame_path_is_video (cryptor->path) || e2ee_frame_path_is_packets (cryptor->path)
      || !key_is_still_listed (self)) {
    /* The picture that a receiver has cannot be kept when the old key must not be used any more,
     * and he has none when frames were dropped for want of one; where every packet stands alone it
     * is not lost. */
    gboolean lost = self->key != NULL || e2ee_counter_get (&cryptor->causes[E2EE_ERR_NO_KEY]) > 0;

    adopt_key (self);
    if (lost && !e2ee_frame_path_is_packets (cryptor->path))
      gst_e2ee_cryptor_request_key_frame (cryptor, 0);
  } else {
    self->pending_since_ms = cryptor->stream.now_ms;
    gst_e2ee_cryptor_request_key_frame (cryptor, 0);
  }
}

/* A receiver that lacks the new key for a moment loses nothing that it cannot decode anyway if the
 * change falls on a key frame. */
static void
change_key_on_key_frame (GstE2eeEnc * self, gboolean key_frame)
{
  guint64 now_ms = GST_E2EE_CRYPTOR (self)->stream.now_ms;

  if (key_frame || now_ms - self->pending_since_ms >= KEY_CHANGE_PATIENCE_MS)
    adopt_key (self);
}

static gboolean
find_key (GstE2eeEnc * self)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  gint64 wanted;

  if (self->key)
    return TRUE;
  GST_OBJECT_LOCK (self);
  wanted = cryptor->settings.keys.key_id;
  GST_OBJECT_UNLOCK (self);
  if (gst_e2ee_cryptor_request_key (cryptor, MAX (wanted, 0)))
    adopt_key (self);
  if (self->key)
    return TRUE;

  gst_e2ee_cryptor_count_drop (cryptor, E2EE_ERR_NO_KEY);
  if (!cryptor->stream.warned) {
    cryptor->stream.warned = TRUE;
    GST_ELEMENT_WARNING (self, STREAM, ENCODE,
        ("There is no key to encrypt with; nothing is sent."),
        ("set meeting, key-file or key-provider, or answer request-key"));
  }
  gst_e2ee_cryptor_set_state (cryptor, GST_E2EE_STATE_UNKNOWN,
      e2ee_result_name (E2EE_ERR_NO_KEY), 0);
  return FALSE;
}

static void
watch_limit (GstE2eeEnc * self)
{
  guint64 left = e2ee_key_get_left (self->key);

  e2ee_counter_set (&self->frames_left, left);
  if (G_LIKELY (self->soft_limit == 0 || left > self->soft_limit))
    return;
  self->soft_limit = 0;
  g_signal_emit (self, signals[SIGNAL_SOFT_LIMIT], 0, e2ee_key_get_kid (self->key));
}

/* The key is used up.  The app may have put another in place in the handler. */
static e2ee_result
change_used_up_key (GstE2eeEnc * self)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);

  if (!self->hard_limit) {
    self->hard_limit = TRUE;
    g_signal_emit (self, signals[SIGNAL_HARD_LIMIT], 0, e2ee_key_get_kid (self->key));
  }
  e2ee_key_store_take (cryptor->store, &cryptor->stream.keys);
  if (cryptor->stream.keys.sending != self->key)
    adopt_key (self);
  if (self->key == NULL)
    return E2EE_ERR_NO_KEY;
  if (e2ee_key_get_left (self->key) == 0)
    return E2EE_ERR_EXHAUSTED;
  gst_e2ee_cryptor_request_key_frame (cryptor, 0);
  return E2EE_OK;
}

/* @frame is not encrypted, but the stream goes on with it. */
static void
pass_by (GstE2eeEnc * self, const E2eeFrame * frame)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);

  if (cryptor->format->pass)
    cryptor->format->pass (e2ee_key_store_get_rollover (cryptor->store), frame->data);
}

/* What the meeting says of frames that are not to be encrypted. */
static void
send_unprotected (GstE2eeEnc * self, const E2eeFrame * frame)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);

  if (self->mode == GST_E2EE_MEDIA_MODE_CLEAR) {
    gst_e2ee_cryptor_pass_clear (cryptor, frame);
    gst_e2ee_cryptor_set_state (cryptor, GST_E2EE_STATE_OFF, NULL, 0);
    return;
  }
  gst_e2ee_cryptor_count_drop (cryptor, E2EE_ERR_CLOSED);
  gst_e2ee_cryptor_set_state (cryptor, gst_e2ee_cryptor_closed_state (cryptor),
      e2ee_result_name (E2EE_ERR_CLOSED), 0);
}

/* SRTP: SSRC and sequence number make the nonce, and the payloader chooses them. */
static void
warn_of_reuse (GstE2eeEnc * self)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);

  if (cryptor->stream.warned)
    return;
  cryptor->stream.warned = TRUE;
  GST_ELEMENT_WARNING (self, STREAM, ENCODE,
      ("A packet was not sent: its SSRC and sequence number were used under this key before."),
      ("let the payloader choose a new SSRC for every start, or bring another key"));
}

static void
gst_e2ee_enc_frame (GstE2eeCryptor * cryptor, const E2eeFrame * frame)
{
  GstE2eeEnc *self = GST_E2EE_ENC (cryptor);
  e2ee_frame_info info;
  e2ee_result result;
  gsize size;
  guint8 *out;

  if (G_UNLIKELY (self->mode != GST_E2EE_MEDIA_MODE_PROTECTED)) {
    pass_by (self, frame);
    send_unprotected (self, frame);
    return;
  }
  if (G_UNLIKELY (!find_key (self))) {
    pass_by (self, frame);
    return;
  }
  if (G_UNLIKELY (self->pending_since_ms))
    change_key_on_key_frame (self, e2ee_frame_path_is_key_frame (cryptor->path, frame));
  result = e2ee_key_choose_stream (self->key, frame->ssrc);
  if (G_UNLIKELY (result == E2EE_OK && e2ee_key_get_left (self->key) == 0)) {
    result = change_used_up_key (self);
    if (result == E2EE_OK)
      result = e2ee_key_choose_stream (self->key, frame->ssrc);
  }
  if (G_UNLIKELY (result != E2EE_OK))
    goto drop;

  out = e2ee_frame_path_write_begin (cryptor->path,
      cryptor->format->seal_bound (self->key, frame->layout, frame->data.size));
  result = cryptor->format->seal (self->key, frame->layout, frame->data, out, &size, &info);
  if (result != E2EE_OK)
    goto drop;
  e2ee_frame_path_write_end (cryptor->path, size, self->status, info.kid, info.ctr);
  gst_e2ee_cryptor_count_frame (cryptor, frame->data.size);
  gst_e2ee_cryptor_set_state (cryptor, gst_e2ee_status_get_state (self->status), NULL,
      e2ee_key_get_kid (self->key));
  watch_limit (self);
  return;

drop:
  gst_e2ee_cryptor_count_drop (cryptor, result);
  if (result == E2EE_ERR_REPLAYED)
    warn_of_reuse (self);
  if (result == E2EE_ERR_EXHAUSTED || result == E2EE_ERR_NO_KEY)
    gst_e2ee_cryptor_set_state (cryptor, GST_E2EE_STATE_UNKNOWN, e2ee_result_name (result),
        self->key ? e2ee_key_get_kid (self->key) : 0);
  else
    gst_e2ee_cryptor_request_key_frame (cryptor, KEY_CHANGE_PATIENCE_MS);
}

static GstFlowReturn
gst_e2ee_enc_end (GstE2eeCryptor * cryptor)
{
  GstE2eeEnc *self = GST_E2EE_ENC (cryptor);
  guint64 oversize = e2ee_frame_path_get_stats (cryptor->path)->oversize;

  if (G_UNLIKELY (oversize > 0 && !self->warned_oversize)) {
    self->warned_oversize = TRUE;
    GST_ELEMENT_WARNING (self, STREAM, ENCODE,
        ("A frame is too large for one packet, and the other side takes no fragments: it is lost."),
        ("a protected frame is one NAL unit, and packetization-mode=0 (or none in the caps) has no "
            "fragments: negotiate packetization-mode=1, or raise mtu"));
  }
  return gst_e2ee_cryptor_push_ready (cryptor);
}

static void
gst_e2ee_enc_forget (GstE2eeCryptor * cryptor, gboolean count)
{
}

/* The stream's number, and with it the counters of its keys, are ours until NULL: they must not
 * start over when the stream does. */
static gboolean
open_stream (GstE2eeEnc * self, GstE2eeStreamKind kind, GError ** error)
{
  gchar *label;
  gboolean ok;

  if (self->meeting == NULL || self->stream)
    return TRUE;
  GST_OBJECT_LOCK (self);
  label = g_strdup (self->stream_label);
  GST_OBJECT_UNLOCK (self);
  self->stream = gst_e2ee_meeting_add_stream (self->meeting, kind, label, error);
  g_free (label);
  if (self->stream == NULL)
    return FALSE;
  ok = gst_e2ee_cryptor_use_provider (GST_E2EE_CRYPTOR (self),
      GST_E2EE_KEY_PROVIDER (self->stream), error);
  if (!ok)
    g_clear_object (&self->stream);
  return ok;
}

static gboolean
gst_e2ee_enc_open (GstE2eeCryptor * cryptor, GstE2eeKeyProvider * provider, GError ** error)
{
  GstE2eeEnc *self = GST_E2EE_ENC (cryptor);

  if (!GST_IS_E2EE_MEETING (provider))
    return gst_e2ee_cryptor_use_provider (cryptor, provider, error);
  self->meeting = GST_E2EE_MEETING (g_object_ref (provider));
  return TRUE;
}

static void
gst_e2ee_enc_close (GstE2eeCryptor * cryptor)
{
  GstE2eeEnc *self = GST_E2EE_ENC (cryptor);

  g_clear_object (&self->stream);
  g_clear_object (&self->meeting);
}

static gboolean
gst_e2ee_enc_caps (GstE2eeCryptor * cryptor, const GstCaps * caps, GError ** error)
{
  GstE2eeStreamKind kind = GST_E2EE_STREAM_KIND_DATA;

  if (e2ee_frame_path_is_sound (cryptor->path))
    kind = GST_E2EE_STREAM_KIND_MICROPHONE;
  else if (e2ee_frame_path_is_video (cryptor->path))
    kind = GST_E2EE_STREAM_KIND_CAMERA;
  return open_stream (GST_E2EE_ENC (cryptor), kind, error);
}

static GstStateChangeReturn
gst_e2ee_enc_change_state (GstElement * element, GstStateChange transition)
{
  GstE2eeEnc *self = GST_E2EE_ENC (element);
  GError *error = NULL;
  gint kind;

  GST_OBJECT_LOCK (self);
  kind = self->stream_kind;
  GST_OBJECT_UNLOCK (self);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && kind != STREAM_KIND_AUTO
      && !open_stream (self, kind, &error)) {
    gst_e2ee_cryptor_post_error (GST_E2EE_CRYPTOR (self), error);
    return GST_STATE_CHANGE_FAILURE;
  }
  return GST_ELEMENT_CLASS (gst_e2ee_enc_parent_class)->change_state (element, transition);
}

static void
gst_e2ee_enc_reset (GstE2eeCryptor * cryptor)
{
  GstE2eeEnc *self = GST_E2EE_ENC (cryptor);

  drop_key (self);
  self->mode = GST_E2EE_MEDIA_MODE_PROTECTED;
  self->warned_oversize = FALSE;
  e2ee_counter_set (&self->key_changes, 0);
}

static void
gst_e2ee_enc_add_stats (GstE2eeCryptor * cryptor, GstStructure * stats)
{
  GstE2eeEnc *self = GST_E2EE_ENC (cryptor);

  gst_structure_set (stats,
      "key-id", G_TYPE_UINT64, e2ee_counter_get (&self->key_id),
      "frames-left", G_TYPE_UINT64, e2ee_counter_get (&self->frames_left),
      "key-changes", G_TYPE_UINT64, e2ee_counter_get (&self->key_changes), NULL);
}

static void
gst_e2ee_enc_set_property (GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (object);
  E2eeKeyStoreSettings settings;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_KEY_ID:
      cryptor->settings.keys.key_id = g_value_get_int64 (value);
      break;
    case PROP_FRAME_LIMIT:
      cryptor->settings.keys.frame_limit = g_value_get_uint64 (value);
      break;
    case PROP_STREAM_KIND:
      GST_E2EE_ENC (object)->stream_kind = g_value_get_enum (value);
      break;
    case PROP_STREAM_LABEL:
      g_free (GST_E2EE_ENC (object)->stream_label);
      GST_E2EE_ENC (object)->stream_label = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  settings = cryptor->settings.keys;
  GST_OBJECT_UNLOCK (object);
  e2ee_key_store_configure (cryptor->store, &settings);
}

static void
gst_e2ee_enc_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (object);

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_KEY_ID:
      g_value_set_int64 (value, cryptor->settings.keys.key_id);
      break;
    case PROP_FRAME_LIMIT:
      g_value_set_uint64 (value, cryptor->settings.keys.frame_limit);
      break;
    case PROP_STREAM_KIND:
      g_value_set_enum (value, GST_E2EE_ENC (object)->stream_kind);
      break;
    case PROP_STREAM_LABEL:
      g_value_set_string (value, GST_E2EE_ENC (object)->stream_label);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_e2ee_enc_finalize (GObject * object)
{
  gst_e2ee_enc_reset (GST_E2EE_CRYPTOR (object));
  g_free (GST_E2EE_ENC (object)->stream_label);
  G_OBJECT_CLASS (gst_e2ee_enc_parent_class)->finalize (object);
}

static void
gst_e2ee_enc_init (GstE2eeEnc * self)
{
  self->stream_kind = STREAM_KIND_AUTO;
  self->mode = GST_E2EE_MEDIA_MODE_PROTECTED;
}

static void
gst_e2ee_enc_class_init (GstE2eeEncClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstE2eeCryptorClass *cryptor_class = (GstE2eeCryptorClass *) klass;

  object_class->set_property = gst_e2ee_enc_set_property;
  object_class->get_property = gst_e2ee_enc_get_property;
  object_class->finalize = gst_e2ee_enc_finalize;
  element_class->change_state = gst_e2ee_enc_change_state;
  cryptor_class->usage = GST_E2EE_KEY_USAGE_ENCRYPT;
  cryptor_class->open = gst_e2ee_enc_open;
  cryptor_class->close = gst_e2ee_enc_close;
  cryptor_class->caps = gst_e2ee_enc_caps;
  cryptor_class->frame = gst_e2ee_enc_frame;
  cryptor_class->begin = gst_e2ee_enc_begin;
  cryptor_class->end = gst_e2ee_enc_end;
  cryptor_class->forget = gst_e2ee_enc_forget;
  cryptor_class->reset = gst_e2ee_enc_reset;
  cryptor_class->add_stats = gst_e2ee_enc_add_stats;

  /**
   * GstE2eeEnc:key-id:
   *
   * The SFrame key id (KID) of the key to encrypt with; -1 takes the key of the newest epoch, the
   * first of them in the file.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_KEY_ID,
      g_param_spec_int64 ("key-id", "Key id",
          "SFrame key id of the key to encrypt with (-1 = the newest)", -1, G_MAXINT64, -1,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING
          | GST_PARAM_DOC_SHOW_DEFAULT));

  /**
   * GstE2eeEnc:frame-limit:
   *
   * How many frames one key may encrypt; #GstE2eeEnc::soft-limit comes when a tenth is left,
   * #GstE2eeEnc::hard-limit at the end, and then nothing is sent under that key.  The default is
   * the most that NIST SP 800-38D section 8.3 allows.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_FRAME_LIMIT,
      g_param_spec_uint64 ("frame-limit", "Frame limit",
          "How many frames one key may encrypt", 1, E2EE_KEY_DEFAULT_LIMIT, E2EE_KEY_DEFAULT_LIMIT,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY
          | GST_PARAM_DOC_SHOW_DEFAULT));

  /**
   * GstE2eeEnc:stream-kind:
   *
   * What the stream is, as it is announced to the members of #GstE2eeCryptor:meeting.  `auto` takes
   * it from the caps: microphone, camera or data.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STREAM_KIND,
      g_param_spec_enum ("stream-kind", "Stream kind",
          "What the stream is announced as to the members of the meeting",
          GST_TYPE_E2EE_ENC_STREAM_KIND, STREAM_KIND_AUTO,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY
          | GST_PARAM_DOC_SHOW_DEFAULT));

  /**
   * GstE2eeEnc:stream-label:
   *
   * What the stream is called to the members of #GstE2eeCryptor:meeting; up to 64 bytes.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STREAM_LABEL,
      g_param_spec_string ("stream-label", "Stream label",
          "What the stream is called to the members of the meeting", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  /**
   * GstE2eeEnc::soft-limit:
   * @element: the element
   * @key_id: the SFrame key id
   *
   * A tenth of #GstE2eeEnc:frame-limit is left under this key: time to bring another.  Streaming
   * thread, no lock held.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SOFT_LIMIT] =
      g_signal_new ("soft-limit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_UINT64);

  /**
   * GstE2eeEnc::hard-limit:
   * @element: the element
   * @key_id: the SFrame key id
   *
   * The key is used up.  A handler may bring another key before it returns; without one, frames
   * are dropped.  Streaming thread, no lock held.
   *
   * Since: 0.1
   */
  signals[SIGNAL_HARD_LIMIT] =
      g_signal_new ("hard-limit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_UINT64);

  gst_element_class_set_static_metadata (element_class, "End-to-end encryptor",
      "Filter/Encryptor/Network/WebRTC", "Encrypts media frames end to end (SFrame, RFC 9605)",
      "The gst-e2ee authors");
}
