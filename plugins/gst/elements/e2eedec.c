/* e2eedec: decrypts media frames, and lets nothing else through.
 *
 * gst-e2ee, LGPL-2.1-or-later */

/**
 * SECTION:element-e2eedec
 * @title: e2eedec
 * @see_also: e2eeenc
 *
 * Decrypts what e2eeenc, or a browser that speaks the same SFrame, has encrypted.
 *
 * Its place is between `webrtcbin` (or `rtpjitterbuffer`) and the RTP depayloader.  Not one byte
 * that was not authenticated leaves it: a frame in clear, under a wrong key, replayed or changed
 * on the way is dropped and counted under its cause.  Lost video makes it ask for a key frame;
 * lost audio becomes a gap event.  Frames under a key that is not there yet wait for it 200 ms.
 *
 * In a #GstE2eeMeeting (property `meeting`) the meeting says what may come in: while its host has
 * end-to-end encryption turned on, what is protected; while it is off, clear frames with the status
 * that they are, and never one that carries the mark of the meeting's keys and could not be decrypted;
 * and while nothing is known of the meeting, or this participant requires encryption, nothing.
 *
 * Every buffer that leaves carries a #GstE2eeStatusMeta, which shieldoverlay and e2eepolicy read.
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
#include "auditor.h"
#include "cryptor.h"

#include "core/frame/livekit.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (e2ee_dec_debug);
#define GST_CAT_DEFAULT e2ee_dec_debug

/* A key that comes by another way than the media may be this late. */
#define HOLD_MS 200
/* 64 frames are a second of video or of audio; of packets that are opened one by one, as many as a
 * stream of 20 Mbit/s sends in that time. */
#define MAX_HELD 64
#define MAX_HELD_PAYLOADS 512
#define KEY_FRAME_INTERVAL_MS 1000
/* So many frames lost in a row, and the stream is no longer said to be on: half a second of audio.
 * */
#define MAX_LOST_IN_A_ROW 25
/* Behind an element that loses metas, such as compositor, shieldoverlay lives on the event alone
 * and takes silence of two seconds for unknown. */
#define TELL_INTERVAL_MS 1000
/* RFC 7587: Opus frames last 2.5 to 120 ms, nearly always 20. */
#define MIN_AUDIO_FRAME (2500 * GST_USECOND)
#define MAX_AUDIO_FRAME (120 * GST_MSECOND)
#define DEFAULT_AUDIO_FRAME (20 * GST_MSECOND)
/* LiveKit's have some ten bytes. */
#define MAX_SIF_TRAILER 64

enum
{
  PROP_0,
  PROP_REPLAY_WINDOW_SIZE,
  PROP_SENDER,
  PROP_AUDIT,
  PROP_RATCHET_WINDOW_SIZE,
  PROP_FAILURE_TOLERANCE,
  PROP_SIF_TRAILER,
  PROP_PACKET_TRAILER
};

#define GST_TYPE_E2EE_DEC (gst_e2ee_dec_get_type ())
G_DECLARE_FINAL_TYPE (GstE2eeDec, gst_e2ee_dec, GST, E2EE_DEC, GstE2eeCryptor)

typedef struct
{
  E2eeHeldFrame *frame;
  guint64 since_ms;
} Held;

struct _GstE2eeDec
{
  GstE2eeCryptor parent;

  E2eeCounter gaps;
  E2eeCounter n_held;

  gint audit;                   /* GstE2eeAudit, atomic */
  E2eeAuditor *auditor;         /* in PAUSED and PLAYING, when there is something to audit */

  /*< protected by the object lock >*/
  gchar *sender;
  gchar *sif_trailer;
  gboolean packet_trailer;

  /*< from READY on, by the settings: what is not encrypted in a LiveKit room >*/
  guint8 sif[MAX_SIF_TRAILER];
  gsize sif_size;
  gboolean strips;

  /*< belongs to the streaming thread >*/
  GstFlowReturn ret;            /* of this push */
  GQueue held;                  /* Held, oldest first */
  GstE2eeState told;            /* the state last sent downstream, and when */
  guint64 told_ms;
  gboolean replaying;
  guint64 replayed_since_ms;    /* when the frame that is replayed was first held */
  gboolean may_hold;
  guint lost_in_a_row;
  GstE2eeMediaMode mode;        /* of the push before */
  guint64 incomplete;           /* frames with lost packets that a key frame was asked for */
  GstClockTime last_pts;        /* audio: to know how long a lost frame would have lasted */
  GstClockTime frame_duration;
  GstClockTime gap_pts;         /* audio: a gap to be pushed behind what is ready */
  GstClockTime gap_duration;
};

G_DEFINE_TYPE_WITH_CODE (GstE2eeDec, gst_e2ee_dec, GST_TYPE_E2EE_CRYPTOR,
    GST_DEBUG_CATEGORY_INIT (e2ee_dec_debug, "e2eedec", 0, "end-to-end decryptor"));
GST_ELEMENT_REGISTER_DEFINE (e2eedec, "e2eedec", GST_RANK_NONE, GST_TYPE_E2EE_DEC);

static void gst_e2ee_dec_forget (GstE2eeCryptor * cryptor, gboolean count);

static void
watch_audio_time (GstE2eeDec * self, const E2eeFrame * frame)
{
  if (GST_CLOCK_TIME_IS_VALID (frame->duration)) {
    self->frame_duration = frame->duration;
  } else if (GST_CLOCK_TIME_IS_VALID (frame->pts) && GST_CLOCK_TIME_IS_VALID (self->last_pts)
      && frame->pts >= self->last_pts + MIN_AUDIO_FRAME
      && frame->pts <= self->last_pts + MAX_AUDIO_FRAME) {
    self->frame_duration = frame->pts - self->last_pts;
  }
  self->last_pts = frame->pts;
}

/* What may be said of a stream that goes as it should. */
static gboolean
is_in_order (GstE2eeState state)
{
  return state == GST_E2EE_STATE_ON || state == GST_E2EE_STATE_VERIFIED
      || state == GST_E2EE_STATE_SWITCHING || state == GST_E2EE_STATE_OFF;
}

static void
tell_state (GstE2eeDec * self, GstE2eeState state, const gchar * reason, guint64 key_id)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  guint64 now_ms = cryptor->stream.now_ms;
  GstE2eeStatus *known, *status;

  gst_e2ee_cryptor_set_state (cryptor, state, reason, key_id);
  if (G_LIKELY (self->told == state && now_ms - self->told_ms < TELL_INTERVAL_MS))
    return;
  self->told = state;
  self->told_ms = now_ms;
  known = e2ee_key_snapshot_status (&cryptor->stream.keys, key_id);
  status = gst_e2ee_status_new (state, known ? gst_e2ee_status_get_sender (known) : NULL,
      known ? gst_e2ee_status_get_epoch (known) : 0);
  gst_pad_push_event (cryptor->srcpad, gst_event_new_e2ee_status (status));
  gst_e2ee_status_unref (status);
}

/* A frame is lost for good: say so in numbers, to the encoder or the audio decoder, and, when it
 * goes on, on the bus. */
static void
lose_frame (GstE2eeDec * self, const E2eeFrame * frame, e2ee_result cause, guint64 key_id)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);

  gst_e2ee_cryptor_count_drop (cryptor, cause);
  if (frame->is_audio) {
    self->gap_pts = frame->pts;
    self->gap_duration = self->frame_duration;
  }
  /* A packet that the network doubled is not missing. */
  if (cause != E2EE_ERR_CLOSED && cause != E2EE_ERR_SENDER
      && !(frame->is_packet && cause == E2EE_ERR_REPLAYED))
    gst_e2ee_cryptor_request_key_frame (cryptor, KEY_FRAME_INTERVAL_MS);

  /* One forged packet must not take the shield away, else a server could do so at will; a stream
   * that has never been on, or has stopped to be, is shown for what it is. */
  self->lost_in_a_row++;
  if (cause == E2EE_ERR_CLOSED)
    tell_state (self, gst_e2ee_cryptor_closed_state (cryptor), e2ee_result_name (cause), 0);
  else if (!is_in_order (cryptor->stream.state) || self->lost_in_a_row >= MAX_LOST_IN_A_ROW)
    tell_state (self, GST_E2EE_STATE_DEGRADED, e2ee_result_name (cause), key_id);
  if (cause == E2EE_ERR_UNKNOWN_KEY && !cryptor->stream.warned
      && e2ee_keyring_size (cryptor->stream.keys.ring) == 0) {
    cryptor->stream.warned = TRUE;
    GST_ELEMENT_WARNING (self, STREAM, DECRYPT_NOKEY,
        ("There is no key to decrypt with; nothing is let through."),
        ("set meeting, key-file or key-provider, or answer request-key"));
  }
}

static gboolean
hold_frame (GstE2eeDec * self, const E2eeFrame * frame)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  Held *held;

  if (!self->may_hold
      || self->held.length >= (frame->is_payload || frame->is_packet ? MAX_HELD_PAYLOADS
          : MAX_HELD))
    return FALSE;
  held = g_new0 (Held, 1);
  held->frame = e2ee_frame_path_hold (cryptor->path);
  held->since_ms = self->replaying ? self->replayed_since_ms : cryptor->stream.now_ms;
  if (self->replaying)
    g_queue_push_head (&self->held, held);
  else
    g_queue_push_tail (&self->held, held);
  e2ee_counter_set (&self->n_held, self->held.length);
  return TRUE;
}

/* By its mode, by the mark that frames of its meeting carry, and by who is expected: whether a
 * frame is to be decrypted (OK), may pass as it is (@clear), or not. */
static e2ee_result
judge_frame (GstE2eeDec * self, const E2eeFrame * frame, gboolean * clear, e2ee_frame_info * info)
{
  const GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  const E2eeKeySnapshot *keys = &cryptor->stream.keys;
  e2ee_result result;

  *clear = FALSE;
  if (keys->media.mode == GST_E2EE_MEDIA_MODE_CLOSED)
    return E2EE_ERR_CLOSED;
  result = cryptor->format->peek (keys->ring, frame->layout, frame->data, info);
  if (result == E2EE_OK && e2ee_key_snapshot_is_stranger (keys, info->kid))
    return E2EE_ERR_SENDER;
  if (keys->media.key_id_mask == 0)
    return result;
  if (result == E2EE_OK && e2ee_key_snapshot_is_ours (keys, info->kid))
    return E2EE_OK;
  *clear = keys->media.mode == GST_E2EE_MEDIA_MODE_CLEAR;
  return *clear ? E2EE_OK : E2EE_ERR_NOT_PROTECTED;
}

/* Frames that still wait are older than one that has been let through: their time is over. */
static void
give_up_older (GstE2eeDec * self)
{
  self->lost_in_a_row = 0;
  if (G_UNLIKELY (self->held.length > 0 && !self->replaying))
    gst_e2ee_dec_forget (GST_E2EE_CRYPTOR (self), TRUE);
}

/* @info has the key id. */
static e2ee_result
open_frame (GstE2eeDec * self, const E2eeFrame * frame, guint8 * out, gsize * size,
    e2ee_frame_info * info)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  const e2ee_keyring *ring = cryptor->stream.keys.ring;
  guint64 now_ms = cryptor->stream.now_ms;

  if (cryptor->per_ssrc_keys) {
    e2ee_key *key = e2ee_keyring_find (ring, info->kid, now_ms, NULL);
    e2ee_result result = key ? e2ee_key_choose_stream (key, frame->ssrc) : E2EE_ERR_UNKNOWN_KEY;

    if (result != E2EE_OK)
      return result;
  }
  return cryptor->format->open (ring, now_ms, frame->layout, frame->data, out, size, info);
}

/* Takes off what LiveKit puts behind @frame, and lets the blank frames of its server through, which
 * are known to the byte: as clear as they are, and without a word on the stream's state, which is
 * not the server's to change.  TRUE: it was one. */
static gboolean
take_room_frame (GstE2eeDec * self, E2eeFrame * frame)
{
  gsize size;

  if (self->strips && frame->is_video)
    frame->data.size -= e2ee_livekit_packet_trailer (frame->data);
  size = e2ee_livekit_blank_frame (frame->layout, frame->data,
      E2EE_BYTES (self->sif, self->sif_size));
  if (size == 0)
    return FALSE;
  frame->data.size = size;
  gst_e2ee_cryptor_pass_clear (GST_E2EE_CRYPTOR (self), frame);
  return TRUE;
}

/* What comes of a frame whose first packets were lost. */
static gboolean
is_unreadable (e2ee_result result)
{
  return result == E2EE_ERR_TAG || result == E2EE_ERR_FRAME || result == E2EE_ERR_HEADER
      || result == E2EE_ERR_TRUNCATED;
}

static void
gst_e2ee_dec_frame (GstE2eeCryptor * cryptor, const E2eeFrame * whole)
{
  GstE2eeDec *self = GST_E2EE_DEC (cryptor);
  const E2eeKeySnapshot *keys = &cryptor->stream.keys;
  const E2eeFrame *frame = whole;
  E2eeFrame stripped;
  e2ee_frame_info info = { 0, }, judged;
  e2ee_result result;
  GstE2eeStatus *status;
  gboolean clear;
  gsize size = 0;
  guint8 *out;

  if (frame->is_audio && !self->replaying)
    watch_audio_time (self, frame);
  if (G_UNLIKELY (self->strips || self->sif_size > 0)) {
    stripped = *whole;
    if (take_room_frame (self, &stripped))
      return;
    frame = &stripped;
  }
  result = judge_frame (self, frame, &clear, &info);
  if (result != E2EE_OK)
    goto lost;
  judged = info;
  if (clear) {
    gst_e2ee_cryptor_pass_clear (cryptor, frame);
    tell_state (self, GST_E2EE_STATE_OFF, NULL, 0);
    give_up_older (self);
    return;
  }

  out = e2ee_frame_path_write_begin (cryptor->path, frame->data.size);
  do {
    result = open_frame (self, frame, out, &size, &info);
  } while (result == E2EE_ERR_UNKNOWN_KEY && gst_e2ee_cryptor_request_key (cryptor, info.kid));
  if (result == E2EE_ERR_UNKNOWN_KEY && hold_frame (self, frame))
    return;
  /* Without a key id in the packet only now is it known whose it is. */
  if (result == E2EE_OK && G_UNLIKELY (info.kid != judged.kid)
      && e2ee_key_snapshot_is_stranger (keys, info.kid))
    result = E2EE_ERR_SENDER;
  if (result != E2EE_OK)
    goto lost;

  status = e2ee_key_snapshot_status (keys, info.kid);
  e2ee_frame_path_write_end (cryptor->path, size, status, info.kid, info.ctr);
  gst_e2ee_cryptor_count_frame (cryptor, size);
  tell_state (self, gst_e2ee_status_get_state (status), NULL, info.kid);
  give_up_older (self);
  return;

lost:
  if (frame->doubtful && is_unreadable (result))
    e2ee_frame_path_not_whole (cryptor->path);
  else
    lose_frame (self, frame, result, info.kid);
}

/* Pushes what is ready, and behind it the gap of an audio frame that was lost. */
static void
push_out (GstE2eeDec * self)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  GstFlowReturn ret = gst_e2ee_cryptor_push_ready (cryptor);

  if (self->ret == GST_FLOW_OK)
    self->ret = ret;
  if (GST_CLOCK_TIME_IS_VALID (self->gap_pts)) {
    gst_pad_push_event (cryptor->srcpad, gst_event_new_gap (self->gap_pts, self->gap_duration));
    e2ee_counter_add (&self->gaps, 1);
    self->gap_pts = GST_CLOCK_TIME_NONE;
  }
}

/* Runs the frames that wait through the callback again, in their order, until one must go on
 * waiting. */
static void
replay_held (GstE2eeDec * self)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (self);
  gboolean waits = FALSE;
  Held *held;

  self->replaying = TRUE;
  while (!waits && (held = g_queue_pop_head (&self->held))) {
    guint left = self->held.length;

    /* One that has waited too long runs once more and is then lost under its own cause. */
    self->may_hold = cryptor->stream.now_ms - held->since_ms < HOLD_MS;
    self->replayed_since_ms = held->since_ms;
    e2ee_frame_path_replay (cryptor->path, held->frame);
    g_free (held);
    waits = self->held.length > left;
    push_out (self);
  }
  self->replaying = FALSE;
  self->may_hold = TRUE;
  e2ee_counter_set (&self->n_held, self->held.length);
}

static void
gst_e2ee_dec_forget (GstE2eeCryptor * cryptor, gboolean count)
{
  GstE2eeDec *self = GST_E2EE_DEC (cryptor);
  Held *held;

  while ((held = g_queue_pop_head (&self->held))) {
    if (count)
      gst_e2ee_cryptor_count_drop (cryptor, E2EE_ERR_UNKNOWN_KEY);
    e2ee_held_frame_free (held->frame);
    g_free (held);
  }
  e2ee_counter_set (&self->n_held, 0);
  self->gap_pts = GST_CLOCK_TIME_NONE;
  self->last_pts = GST_CLOCK_TIME_NONE;
}

static void
gst_e2ee_dec_begin (GstE2eeCryptor * cryptor, gboolean keys_changed)
{
  GstE2eeDec *self = GST_E2EE_DEC (cryptor);

  self->ret = GST_FLOW_OK;
  if (G_UNLIKELY (keys_changed && cryptor->stream.keys.media.mode != self->mode)) {
    if (self->mode == GST_E2EE_MEDIA_MODE_CLOSED)
      gst_e2ee_cryptor_request_key_frame (cryptor, 0);
    self->mode = cryptor->stream.keys.media.mode;
  }
  if (G_UNLIKELY (self->held.length > 0))
    replay_held (self);
}

static GstFlowReturn
gst_e2ee_dec_end (GstE2eeCryptor * cryptor)
{
  GstE2eeDec *self = GST_E2EE_DEC (cryptor);
  guint64 incomplete = e2ee_frame_path_get_stats (cryptor->path)->incomplete;

  push_out (self);
  if (G_UNLIKELY (incomplete != self->incomplete)) {
    self->incomplete = incomplete;
    gst_e2ee_cryptor_request_key_frame (cryptor, KEY_FRAME_INTERVAL_MS);
  }
  return self->ret;
}

static void
gst_e2ee_dec_reset (GstE2eeCryptor * cryptor)
{
  GstE2eeDec *self = GST_E2EE_DEC (cryptor);

  self->lost_in_a_row = 0;
  self->mode = GST_E2EE_MEDIA_MODE_PROTECTED;
  self->incomplete = 0;
  self->frame_duration = DEFAULT_AUDIO_FRAME;
  self->may_hold = TRUE;
  self->told = GST_E2EE_STATE_UNKNOWN;
  e2ee_counter_set (&self->gaps, 0);
}

static void
gst_e2ee_dec_add_stats (GstE2eeCryptor * cryptor, GstStructure * stats)
{
  GstE2eeDec *self = GST_E2EE_DEC (cryptor);

  gst_structure_set (stats, "gaps", G_TYPE_UINT64, e2ee_counter_get (&self->gaps),
      "held", G_TYPE_UINT64, e2ee_counter_get (&self->n_held), NULL);
}

static gboolean
read_sif_trailer (GstE2eeDec * self, const gchar * text, GError ** error)
{
  gsize length = text ? strlen (text) : 0;
  gboolean ok = length % 2 == 0 && length / 2 <= sizeof self->sif;

  self->sif_size = 0;
  for (gsize i = 0; ok && i < length; i += 2) {
    ok = g_ascii_isxdigit (text[i]) && g_ascii_isxdigit (text[i + 1]);
    if (ok)
      self->sif[self->sif_size++] =
          g_ascii_xdigit_value (text[i]) << 4 | g_ascii_xdigit_value (text[i + 1]);
  }
  if (!ok)
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "sif-trailer is not up to %u bytes in hexadecimal", MAX_SIF_TRAILER);
  return ok;
}

static gboolean
gst_e2ee_dec_open (GstE2eeCryptor * cryptor, GstE2eeKeyProvider * provider, GError ** error)
{
  GstE2eeDec *self = GST_E2EE_DEC (cryptor);
  gchar *sif_trailer;
  gboolean ok;

  GST_OBJECT_LOCK (self);
  sif_trailer = g_strdup (self->sif_trailer);
  self->strips = self->packet_trailer;
  GST_OBJECT_UNLOCK (self);
  ok = read_sif_trailer (self, sif_trailer, error);
  g_free (sif_trailer);
  if (!ok)
    return FALSE;
  if ((self->strips || self->sif_size > 0) && cryptor->format->id != E2EE_FORMAT_LIVEKIT) {
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "sif-trailer and packet-trailer are for format=livekit only");
    return FALSE;
  }
  return gst_e2ee_cryptor_use_provider (cryptor, provider, error);
}

static void
gst_e2ee_dec_set_property (GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (object);
  GstE2eeDec *self = GST_E2EE_DEC (object);
  E2eeKeyStoreSettings settings;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_REPLAY_WINDOW_SIZE:
      cryptor->settings.keys.replay_window = g_value_get_uint (value);
      break;
    case PROP_SENDER:
      g_free (self->sender);
      self->sender = g_value_dup_string (value);
      break;
    case PROP_AUDIT:
      g_atomic_int_set (&self->audit, g_value_get_enum (value));
      break;
    case PROP_RATCHET_WINDOW_SIZE:
      cryptor->settings.keys.ratchet_window = g_value_get_int (value);
      break;
    case PROP_FAILURE_TOLERANCE:
      cryptor->settings.keys.failure_tolerance = g_value_get_int (value);
      break;
    case PROP_SIF_TRAILER:
      g_free (self->sif_trailer);
      self->sif_trailer = g_value_dup_string (value);
      break;
    case PROP_PACKET_TRAILER:
      self->packet_trailer = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  settings = cryptor->settings.keys;
  GST_OBJECT_UNLOCK (object);
  if (id == PROP_SENDER)
    e2ee_key_store_set_sender (cryptor->store, g_value_get_string (value));
  else
    e2ee_key_store_configure (cryptor->store, &settings);
}

static void
gst_e2ee_dec_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstE2eeCryptor *cryptor = GST_E2EE_CRYPTOR (object);

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_REPLAY_WINDOW_SIZE:
      g_value_set_uint (value, cryptor->settings.keys.replay_window);
      break;
    case PROP_SENDER:
      g_value_set_string (value, GST_E2EE_DEC (object)->sender);
      break;
    case PROP_AUDIT:
      g_value_set_enum (value, g_atomic_int_get (&GST_E2EE_DEC (object)->audit));
      break;
    case PROP_RATCHET_WINDOW_SIZE:
      g_value_set_int (value, cryptor->settings.keys.ratchet_window);
      break;
    case PROP_FAILURE_TOLERANCE:
      g_value_set_int (value, cryptor->settings.keys.failure_tolerance);
      break;
    case PROP_SIF_TRAILER:
      g_value_set_string (value, GST_E2EE_DEC (object)->sif_trailer);
      break;
    case PROP_PACKET_TRAILER:
      g_value_set_boolean (value, GST_E2EE_DEC (object)->packet_trailer);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

static GstStateChangeReturn
gst_e2ee_dec_change_state (GstElement * element, GstStateChange transition)
{
  GstE2eeDec *self = GST_E2EE_DEC (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && g_atomic_int_get (&self->audit) != GST_E2EE_AUDIT_OFF && self->auditor == NULL) {
    self->auditor = e2ee_auditor_new (element);
    e2ee_auditor_guard (self->auditor, GST_E2EE_CRYPTOR (self)->srcpad, &self->audit);
  }
  ret = GST_ELEMENT_CLASS (gst_e2ee_dec_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    g_clear_pointer (&self->auditor, e2ee_auditor_free);
  return ret;
}

static void
gst_e2ee_dec_finalize (GObject * object)
{
  e2ee_auditor_free (GST_E2EE_DEC (object)->auditor);
  gst_e2ee_dec_forget (GST_E2EE_CRYPTOR (object), FALSE);
  g_free (GST_E2EE_DEC (object)->sender);
  g_free (GST_E2EE_DEC (object)->sif_trailer);
  G_OBJECT_CLASS (gst_e2ee_dec_parent_class)->finalize (object);
}

static void
gst_e2ee_dec_init (GstE2eeDec * self)
{
  g_queue_init (&self->held);
  self->last_pts = GST_CLOCK_TIME_NONE;
  self->gap_pts = GST_CLOCK_TIME_NONE;
  gst_e2ee_dec_reset (GST_E2EE_CRYPTOR (self));
}

static void
install_room_properties (GObjectClass * object_class)
{
  const GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY
      | GST_PARAM_DOC_SHOW_DEFAULT;

  /**
   * GstE2eeDec:ratchet-window-size:
   *
   * With format=livekit and format=jitsi: by how many steps of the ratchet a sender may be ahead of the
   * key that we have, all told.  All are made with the key, of a passphrase in some 30 ms each; a
   * frame that does not open costs one decryption for each.  -1: 8 for raw keys, 0 for passphrases,
   * as in livekit-client.  Counts for keys that come after it was set.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_RATCHET_WINDOW_SIZE,
      g_param_spec_int ("ratchet-window-size", "Ratchet window size",
          "Steps of the ratchet that a LiveKit or Jitsi sender may be ahead; "
          "-1: 8 for raw keys, 0 for passphrases", -1, E2EE_KEY_MAX_RATCHET_WINDOW, -1, ready));

  /**
   * GstE2eeDec:failure-tolerance:
   *
   * With format=livekit and format=jitsi: how many frames in a row may fail under a key before it is
   * given up (`given-up`) until another comes in its place; -1: any number.  It saves work, and lets
   * a server that forges as many frames end the stream, so it is off unless set.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_FAILURE_TOLERANCE,
      g_param_spec_int ("failure-tolerance", "Failure tolerance",
          "Frames in a row that may fail before a LiveKit or Jitsi key is given up; -1: any number",
          -1, 10000, -1, ready));

  /**
   * GstE2eeDec:sif-trailer:
   *
   * With format=livekit: the room's trailer (`sif_trailer` of the server's join response), in
   * hexadecimal.  Blank frames that the server sends in place of a muted sender's, which are known
   * to the byte and carry it, then pass, with the status `off`; unset, they are dropped.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_SIF_TRAILER,
      g_param_spec_string ("sif-trailer", "SIF trailer",
          "Trailer of the blank frames that a LiveKit room's server sends, in hexadecimal", NULL,
          ready));

  /**
   * GstE2eeDec:packet-trailer:
   *
   * With format=livekit: whether the video track carries LiveKit's packet trailers (`packetTrailerFeatures`
   * of the track), which are not encrypted and then taken off.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PACKET_TRAILER,
      g_param_spec_boolean ("packet-trailer", "Packet trailer",
          "Whether frames of a LiveKit track carry a packet trailer, to be taken off", FALSE,
          ready));
}

static void
gst_e2ee_dec_class_init (GstE2eeDecClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstE2eeCryptorClass *cryptor_class = (GstE2eeCryptorClass *) klass;

  object_class->set_property = gst_e2ee_dec_set_property;
  object_class->get_property = gst_e2ee_dec_get_property;
  object_class->finalize = gst_e2ee_dec_finalize;
  element_class->change_state = gst_e2ee_dec_change_state;
  cryptor_class->usage = GST_E2EE_KEY_USAGE_DECRYPT;
  cryptor_class->frame = gst_e2ee_dec_frame;
  cryptor_class->open = gst_e2ee_dec_open;
  cryptor_class->begin = gst_e2ee_dec_begin;
  cryptor_class->end = gst_e2ee_dec_end;
  cryptor_class->forget = gst_e2ee_dec_forget;
  cryptor_class->reset = gst_e2ee_dec_reset;
  cryptor_class->add_stats = gst_e2ee_dec_add_stats;

  /**
   * GstE2eeDec:replay-window-size:
   *
   * By how many frames a frame may be late and still be taken; each is taken once (RFC 9605
   * section 9.3).  Rounded up to a multiple of 64.  Counts for keys that come after it was set.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_REPLAY_WINDOW_SIZE,
      g_param_spec_uint ("replay-window-size", "Replay window size",
          "By how many frames a frame may be late and still be taken", E2EE_REPLAY_MIN_WINDOW,
          E2EE_REPLAY_MAX_WINDOW, E2EE_REPLAY_DEFAULT_WINDOW,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY
          | GST_PARAM_DOC_SHOW_DEFAULT));

  /**
   * GstE2eeDec:sender:
   *
   * Whose frames are let in: in a meeting a member's account or, in decimal, his leaf; with a key
   * file the `sender` that it names.  Frames of others are dropped and counted as `sender`.  Unset,
   * everybody's are let in.  Nobody can tell who sent a clear frame.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_SENDER,
      g_param_spec_string ("sender", "Sender",
          "Whose frames are let in (account or leaf of a member); unset: everybody's", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstE2eeDec:audit:
   *
   * Whether to look for sinks of this pipeline that decrypted media can reach without passing an
   * e2eepolicy (gst_e2ee_policy_audit()): at the first frame, when elements are added or linked, and
   * once a second.  `warn` says so, `error` posts an error and lets nothing out any more.  Taken from
   * READY to PAUSED; `off` then is off until the element is stopped.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_AUDIT,
      g_param_spec_enum ("audit", "Audit",
          "What happens when decrypted media can reach a sink without passing a gate",
          GST_TYPE_E2EE_AUDIT, GST_E2EE_AUDIT_OFF,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_AUDIT, 0);
  install_room_properties (object_class);

  gst_element_class_set_static_metadata (element_class, "End-to-end decryptor",
      "Filter/Decryptor/Network/WebRTC",
      "Decrypts media frames that were encrypted end to end (SFrame, RFC 9605)",
      "The gst-e2ee authors");
}
