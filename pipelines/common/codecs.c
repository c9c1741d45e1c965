/* Codecs as rows of launch lines.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "codecs.h"

#include <string.h>

#define VPX_ENCODER "name=encoder deadline=1 cpu-used=8 end-usage=cbr target-bitrate=800000 " \
    "keyframe-max-dist=60"
#define WHOLE_PICTURES "stream-format=byte-stream,alignment=au"

/* What every browser takes.  The payloader would tell the level of the picture that it got first,
 * which is no promise to keep, and a limit for what the other side sends. */
#define H264_PROFILE "42e01f"

static const Codec codecs[] = {
  {
    .name = "vp8",
    .media = "video",
    .encoding_name = "VP8",
    .clock_rate = 90000,
    .payload_type = 96,
    .encoders = {"vp8enc " VPX_ENCODER},
    .payloader = "rtpvp8pay name=payloader picture-id-mode=15-bit",
    .depayloader = "rtpvp8depay",
    .waits = TRUE,
    .decoders = {"vp8dec"},
  }, {
    .name = "vp9",
    .media = "video",
    .encoding_name = "VP9",
    .clock_rate = 90000,
    .payload_type = 98,
    .encoders = {"vp9enc " VPX_ENCODER " lag-in-frames=0"},
    .payloader = "rtpvp9pay name=payloader picture-id-mode=15-bit",
    .depayloader = "rtpvp9depay",
    .waits = TRUE,
    .decoders = {"vp9dec"},
  }, {
    .name = "h264",
    .media = "video",
    .encoding_name = "H264",
    .clock_rate = 90000,
    .payload_type = 102,
    .parameters = {"packetization-mode", "1", "profile-level-id", H264_PROFILE},
    .encoders = {
      "openh264enc name=encoder usage-type=camera complexity=low rate-control=bitrate "
          "bitrate=800000 gop-size=60 ! video/x-h264,profile=constrained-baseline",
      "x264enc name=encoder tune=zerolatency speed-preset=ultrafast bitrate=800 key-int-max=60 "
          "! video/x-h264,profile=constrained-baseline," WHOLE_PICTURES,
    },
    .payloader = "rtph264pay name=payloader config-interval=-1 aggregate-mode=zero-latency",
    .depayloader = "rtph264depay",
    .waits = TRUE,
    .unpacked = "video/x-h264," WHOLE_PICTURES,
    .decoders = {"h264parse ! openh264dec", "avdec_h264"},
    .parser = "h264parse",
  }, {
    .name = "h265",
    .media = "video",
    .encoding_name = "H265",
    .clock_rate = 90000,
    .payload_type = 104,
    .encoders = {"x265enc name=encoder tune=zerolatency speed-preset=ultrafast bitrate=800 "
          "key-int-max=60 ! video/x-h265," WHOLE_PICTURES},
    .payloader = "rtph265pay name=payloader config-interval=-1 aggregate-mode=zero-latency",
    .depayloader = "rtph265depay",
    .unpacked = "video/x-h265," WHOLE_PICTURES,
    .decoders = {"libde265dec", "avdec_h265"},
    .parser = "h265parse",
  }, {
    .name = "opus",
    .media = "audio",
    .encoding_name = "OPUS",
    .clock_rate = 48000,
    .payload_type = 111,
    .encoders = {"audio/x-raw,rate=48000,channels=2 ! opusenc name=encoder bitrate=48000"},
    .payloader = "rtpopuspay name=payloader",
    .depayloader = "rtpopusdepay",
    .decoders = {"opusdec"},
  }, {
    .name = "pcmu",
    .media = "audio",
    .encoding_name = "PCMU",
    .clock_rate = 8000,
    .payload_type = 0,
    .encoders = {"audio/x-raw,rate=8000,channels=1 ! mulawenc name=encoder"},
    .payloader = "rtppcmupay name=payloader min-ptime=20000000 max-ptime=20000000",
    .depayloader = "rtppcmudepay",
    .decoders = {"mulawdec"},
  }, {
    .name = "pcma",
    .media = "audio",
    .encoding_name = "PCMA",
    .clock_rate = 8000,
    .payload_type = 8,
    .encoders = {"audio/x-raw,rate=8000,channels=1 ! alawenc name=encoder"},
    .payloader = "rtppcmapay name=payloader min-ptime=20000000 max-ptime=20000000",
    .depayloader = "rtppcmadepay",
    .decoders = {"alawdec"},
  },
};

/* Parameters of an offer that say what kind of the codec it is, and what they must begin with.  One
 * that is missing has the value that its payload format gives it. */
static const struct
{
  const gchar *codec;
  const gchar *parameter;
  const gchar *missing;
  const gchar *begins;
} kinds[] = {
  {"h264", "packetization-mode", "0", "1"},
  {"h264", "profile-level-id", "420010", H264_PROFILE},
  {"vp9", "profile-id", "0", "0"},
};

const Codec *
codec_find (const gchar * media, const gchar * name)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (g_str_equal (codecs[i].media, media) && g_ascii_strcasecmp (codecs[i].name, name) == 0)
      return &codecs[i];
  }
  return NULL;
}

gchar *
codec_names (const gchar * media)
{
  GString *names = g_string_new (NULL);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (g_str_equal (codecs[i].media, media))
      g_string_append_printf (names, "%s%s", names->len ? ", " : "", codecs[i].name);
  }
  return g_string_free (names, FALSE);
}

static const gchar *
encoding_name_of (const GstCaps * caps)
{
  if (!caps || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return NULL;
  return gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name");
}

const Codec *
codec_choose (const gchar * media, const gchar * name, GError ** error)
{
  const Codec *codec = codec_find (media, name);

  if (!codec) {
    gchar *names = codec_names (media);

    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "\"%s\" is no %s codec that can be sent; one of %s is", name, media, names);
    g_free (names);
  }
  return codec;
}

const Codec *
codec_of_caps (const GstCaps * caps)
{
  const gchar *name = encoding_name_of (caps);
  guint i;

  /* SDP writes encoding names in any case (RFC 8866 section 6.6). */
  for (i = 0; name && i < G_N_ELEMENTS (codecs); i++) {
    if (g_ascii_strcasecmp (codecs[i].encoding_name, name) == 0)
      return &codecs[i];
  }
  return NULL;
}

static void
set_parameters (const Codec * codec, GstStructure * structure)
{
  guint i;

  for (i = 0; codec->parameters[i]; i += 2)
    gst_structure_set (structure, codec->parameters[i], G_TYPE_STRING, codec->parameters[i + 1],
        NULL);
}

GstCaps *
codec_describe (const Codec * codec, const GstCaps * caps)
{
  GstCaps *described = gst_caps_copy (caps);
  GstStructure *structure = gst_caps_get_structure (described, 0);

  /* They are in the stream in front of every key frame, and are encrypted there. */
  gst_structure_remove_fields (structure, "sprop-parameter-sets", "sprop-vps", "sprop-sps",
      "sprop-pps", NULL);
  set_parameters (codec, structure);
  return described;
}

/* (transfer full) */
static gchar *
value_of (gchar ** parameters, const gchar * name, const gchar * missing)
{
  guint i;

  for (i = 0; parameters && parameters[i]; i++) {
    gchar **pair = g_strsplit (parameters[i], "=", 2);
    gchar *value = NULL;

    if (pair[0] && pair[1] && g_ascii_strcasecmp (g_strstrip (pair[0]), name) == 0)
      value = g_ascii_strdown (g_strstrip (pair[1]), -1);
    g_strfreev (pair);
    if (value)
      return value;
  }
  return g_strdup (missing);
}

gboolean
codec_fits (const Codec * codec, const GstCaps * caps, const gchar * parameters)
{
  gchar **list = parameters ? g_strsplit (parameters, ";", -1) : NULL;
  gboolean fits = codec_of_caps (caps) == codec;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (kinds) && fits; i++) {
    if (g_str_equal (kinds[i].codec, codec->name)) {
      gchar *value = value_of (list, kinds[i].parameter, kinds[i].missing);

      fits = g_str_has_prefix (value, kinds[i].begins);
      g_free (value);
    }
  }
  g_strfreev (list);
  return fits;
}

GstCaps *
codec_caps (const Codec * codec, gint payload_type)
{
  GstCaps *caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING, codec->media,
      "encoding-name", G_TYPE_STRING, codec->encoding_name, "clock-rate", G_TYPE_INT,
      codec->clock_rate, "payload", G_TYPE_INT, payload_type, NULL);

  set_parameters (codec, gst_caps_get_structure (caps, 0));
  return caps;
}

/* Every word that begins an element: the first of the line, and the first after each "!", unless
 * it is caps. */
static gboolean
load_elements (const gchar * line, gchar ** missing)
{
  gchar **parts = g_strsplit (line, " ! ", -1);
  gboolean loaded = TRUE;
  guint i;

  for (i = 0; parts[i] && loaded; i++) {
    gsize size = strcspn (parts[i], " ");
    gchar *name = g_strndup (parts[i], size);

    if (!strchr (name, '/')) {
      GstElementFactory *factory = gst_element_factory_find (name);
      GstPluginFeature *feature =
          factory ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)) : NULL;

      loaded = feature != NULL;
      gst_clear_object (&factory);
      gst_clear_object (&feature);
      if (!loaded && !*missing)
        *missing = g_steal_pointer (&name);
    }
    g_free (name);
  }
  g_strfreev (parts);
  return loaded;
}

static void
set_missing (const Codec * codec, const gchar * missing, GError ** error)
{
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
      "the GStreamer element %s is missing, which %s takes", missing, codec->name);
}

static const gchar *
choose (const Codec * codec, const gchar * const *lines, GError ** error)
{
  gchar *missing = NULL;
  const gchar *chosen = NULL;
  guint i;

  for (i = 0; lines[i] && !chosen; i++) {
    if (load_elements (lines[i], &missing))
      chosen = lines[i];
  }
  if (!chosen)
    set_missing (codec, missing, error);
  g_free (missing);
  return chosen;
}

const gchar *
codec_encoder (const Codec * codec, GError ** error)
{
  return choose (codec, codec->encoders, error);
}

const gchar *
codec_decoder (const Codec * codec, GError ** error)
{
  return choose (codec, codec->decoders, error);
}

gchar *
codec_depayloader (const Codec * codec, const gchar * name, gboolean waits)
{
  return g_strconcat (codec->depayloader, " name=", name,
      waits && codec->waits ? " request-keyframe=true wait-for-keyframe=true" : "",
      codec->unpacked ? " ! " : "", codec->unpacked, NULL);
}

gboolean
codec_load (const Codec * codec, GError ** error)
{
  gchar *missing = NULL;

  if (load_elements (codec->payloader, &missing) && load_elements (codec->depayloader, &missing)
      && (!codec->parser || load_elements (codec->parser, &missing)))
    return codec_encoder (codec, error) && codec_decoder (codec, error);
  set_missing (codec, missing, error);
  g_free (missing);
  return FALSE;
}
