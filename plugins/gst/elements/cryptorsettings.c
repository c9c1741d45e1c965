/* The settings that e2eeenc and e2eedec share, as properties.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "cryptor.h"

#include "core/frame/key.h"
#include "core/frame/srtp.h"

/* As browsers do; leaves room for SRTP, UDP and tunnels within an Ethernet frame. */
#define DEFAULT_MTU 1200
#define MIN_MTU 64
#define MAX_MTU 65535
#define DEFAULT_SUITE GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128

enum
{
  PROP_0,
  PROP_KEY_FILE,
  PROP_KEY_PROVIDER,
  PROP_MEETING,
  PROP_FORMAT,
  PROP_PACKETIZATION,
  PROP_PER_SSRC_KEYS,
  PROP_CIPHER_SUITE,
  PROP_MTU,
  PROP_MKI_SIZE,
  PROP_STATS
};

GType
gst_e2ee_format_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_E2EE_FORMAT_SFRAME, "SFrame (RFC 9605)", "sframe"},
    {GST_E2EE_FORMAT_LIVEKIT, "LiveKit's", "livekit"},
    {GST_E2EE_FORMAT_JITSI, "Jitsi's", "jitsi"},
    {GST_E2EE_FORMAT_SRTP, "SRTP (RFC 3711, RFC 7714) of whole RTP packets", "srtp"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eeFormat", values));
  return type;
}

GType
gst_e2ee_packetization_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_E2EE_PACKETIZATION_CODEC, "The codec's own RTP payload format", "codec"},
    {GST_E2EE_PACKETIZATION_FRAME, "SFrame packets of encrypted frames", "frame"},
    {GST_E2EE_PACKETIZATION_PACKET, "SFrame packets of encrypted RTP payloads", "packet"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstE2eePacketization", values));
  return type;
}

void
gst_e2ee_cryptor_init_settings (GstE2eeCryptorSettings * settings)
{
  settings->suite = DEFAULT_SUITE;
  settings->mtu = DEFAULT_MTU;
  settings->keys.key_id = -1;
  settings->keys.replay_window = E2EE_REPLAY_DEFAULT_WINDOW;
  settings->keys.frame_limit = E2EE_KEY_DEFAULT_LIMIT;
  settings->keys.mki_size = E2EE_SRTP_DEFAULT_MKI_SIZE;
  settings->keys.ratchet_window = -1;
  settings->keys.failure_tolerance = -1;
}

void
gst_e2ee_cryptor_set_property (GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_KEY_FILE:
      g_free (self->settings.key_file);
      self->settings.key_file = g_value_dup_string (value);
      break;
    case PROP_KEY_PROVIDER:
      g_clear_object (&self->settings.provider);
      self->settings.provider = g_value_dup_object (value);
      break;
    case PROP_MEETING:
      g_free (self->settings.meeting);
      self->settings.meeting = g_value_dup_string (value);
      break;
    case PROP_FORMAT:
      self->settings.keys.format = (e2ee_format_id) g_value_get_enum (value);
      break;
    case PROP_PACKETIZATION:
      self->settings.packetization = g_value_get_enum (value);
      break;
    case PROP_PER_SSRC_KEYS:
      self->settings.keys.per_ssrc = g_value_get_boolean (value);
      break;
    case PROP_CIPHER_SUITE:
      self->settings.suite = g_value_get_enum (value);
      self->settings.suite_is_set = TRUE;
      break;
    case PROP_MTU:
      self->settings.mtu = g_value_get_uint (value);
      atomic_store (&self->settings_changed, 1);
      break;
    case PROP_MKI_SIZE:
      self->settings.keys.mki_size = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

void
gst_e2ee_cryptor_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstE2eeCryptor *self = GST_E2EE_CRYPTOR (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, gst_e2ee_cryptor_make_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_KEY_FILE:
      g_value_set_string (value, self->settings.key_file);
      break;
    case PROP_KEY_PROVIDER:
      g_value_set_object (value, self->settings.provider);
      break;
    case PROP_MEETING:
      g_value_set_string (value, self->settings.meeting);
      break;
    case PROP_FORMAT:
      g_value_set_enum (value, (gint) self->settings.keys.format);
      break;
    case PROP_PACKETIZATION:
      g_value_set_enum (value, self->settings.packetization);
      break;
    case PROP_PER_SSRC_KEYS:
      g_value_set_boolean (value, self->settings.keys.per_ssrc);
      break;
    case PROP_CIPHER_SUITE:
      g_value_set_enum (value, self->settings.suite);
      break;
    case PROP_MTU:
      g_value_set_uint (value, self->settings.mtu);
      break;
    case PROP_MKI_SIZE:
      g_value_set_uint (value, (guint) self->settings.keys.mki_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

void
gst_e2ee_cryptor_install_properties (GObjectClass * object_class)
{
  const GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY
      | GST_PARAM_DOC_SHOW_DEFAULT;

  /**
   * GstE2eeCryptor:key-file:
   *
   * A JWK Set (RFC 7517) with the keys, readable by its owner only; docs/key-files.md.  Read from
   * NULL to READY; ignored when #GstE2eeCryptor:key-provider or #GstE2eeCryptor:meeting is set.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_KEY_FILE,
      g_param_spec_string ("key-file", "Key file",
          "JWK Set with the keys, readable by its owner only", NULL, ready));

  /**
   * GstE2eeCryptor:key-provider:
   *
   * An object that owns the keys, in place of a key file: a #GstE2eeMeeting, or anything that
   * implements #GstE2eeKeyProvider.  It goes before #GstE2eeCryptor:meeting.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_KEY_PROVIDER,
      g_param_spec_object ("key-provider", "Key provider",
          "Object that owns the keys; used in place of key-file", GST_TYPE_E2EE_KEY_PROVIDER,
          ready));

  /**
   * GstE2eeCryptor:meeting:
   *
   * The name of a #GstE2eeMeeting of this process, which then owns the keys and says whether media
   * is encrypted.  Looked up from NULL to READY.  Without it, without key file and without key
   * provider the meeting is asked for as #GstContext %GST_E2EE_MEETING_CONTEXT.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MEETING,
      g_param_spec_string ("meeting", "Meeting",
          "Name of the meeting in this process that owns the keys", NULL, ready));

  /**
   * GstE2eeCryptor:format:
   *
   * How a frame is protected.  A key is for one format, by its cipher suite; with keys of another,
   * and with a meeting, whose keys are not for LiveKit or Jitsi, an element does not start.
   *
   * With `srtp` a frame is a whole RTP packet of any codec: e2eeenc takes `application/x-rtp` and gives
   * `application/x-srtp`, e2eedec the reverse.  It cannot stand at a webrtcbin, which ends the RTP of
   * others.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_FORMAT,
      g_param_spec_enum ("format", "Format", "How a frame is protected", GST_TYPE_E2EE_FORMAT,
          GST_E2EE_FORMAT_SFRAME, ready));

  /**
   * GstE2eeCryptor:packetization:
   *
   * How protected frames are put into RTP packets.  `frame` and `packet` are for
   * #GstE2eeCryptor:format sframe and for RTP only; a receiver takes both with either, object by
   * object as the sender chose.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PACKETIZATION,
      g_param_spec_enum ("packetization", "Packetization",
          "How protected frames are put into RTP packets", GST_TYPE_E2EE_PACKETIZATION,
          GST_E2EE_PACKETIZATION_CODEC, ready));

  /**
   * GstE2eeCryptor:per-ssrc-keys:
   *
   * Whether every SSRC has a key of its own, derived from the one that is given
   * (draft-ietf-avtcore-rtp-sframe).  Sender and receiver must agree on it: nothing says it on the
   * wire, and frames of one who does not derive are dropped as `tag`.  For #GstE2eeCryptor:format
   * sframe and for RTP only, with up to 64 SSRCs under one key.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PER_SSRC_KEYS,
      g_param_spec_boolean ("per-ssrc-keys", "Keys per SSRC",
          "Whether every SSRC has a key of its own, derived from the one that is given", FALSE,
          ready));

  /**
   * GstE2eeCryptor:cipher-suite:
   *
   * The suite of keys in #GstE2eeCryptor:key-file that name none (no "alg").  Until it is set, it
   * follows the format: of sframe, keys of 32 bytes are for AES_256_GCM_SHA512_128; of livekit, keys
   * are passphrases; of jitsi there is one suite; of srtp, keys are for AEAD_AES_128_GCM.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_CIPHER_SUITE,
      g_param_spec_enum ("cipher-suite", "Cipher suite",
          "Cipher suite of keys in the key file that name none", GST_TYPE_E2EE_CIPHER_SUITE,
          DEFAULT_SUITE, ready));

  /**
   * GstE2eeCryptor:mtu:
   *
   * The largest RTP packet to make, in bytes with its RTP header.  Audio frames are never split.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MTU,
      g_param_spec_uint ("mtu", "MTU", "Largest RTP packet to make, in bytes", MIN_MTU, MAX_MTU,
          DEFAULT_MTU, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING
          | GST_PARAM_DOC_SHOW_DEFAULT));

  /**
   * GstE2eeCryptor:mki-size:
   *
   * For #GstE2eeCryptor:format srtp: how many bytes of every packet are the key id, as SRTP's master key
   * identifier (MKI).  Both ends must have the same.  A key id that does not fit is refused; those
   * of a meeting need 5.  0 sends none: e2eedec then tries its keys, newest first, at most four.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MKI_SIZE,
      g_param_spec_uint ("mki-size", "MKI size",
          "Bytes of the key id in every packet of format=srtp (0 = none)", 0,
          E2EE_SRTP_MAX_MKI_SIZE, E2EE_SRTP_DEFAULT_MKI_SIZE, ready));

  /**
   * GstE2eeCryptor:stats:
   *
   * Counters since the last READY, all #guint64: `frames` and `bytes` that went through, `dropped`
   * and one counter for each cause of a drop (docs/elements), and what regrouping RTP packets met.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Counters, one for each cause of a drop",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_FORMAT, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_E2EE_PACKETIZATION, 0);
}
