/* The codecs of the programs: what an offer must say, what is said of a stream, and that the
 * elements of every row understand each other.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <gst/check/gstcheck.h>

#include "common/codecs.h"
#include "common/evidence.h"
#include "common/peer.h"
#include "common/sender.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define PICTURES 12

static const gchar *const videos[] = { "vp8", "vp9", "h264", "h265" };
static const gchar *const audios[] = { "opus", "pcmu", "pcma" };

/* --- offers ----------------------------------------------------------------------------------- */

static const struct
{
  const gchar *name;
  const gchar *codec;
  const gchar *media;           /* of the offer */
  gint type;
} offers[] = {
  {"VP8 among others", "vp8",
        "m=video 9 UDP/TLS/RTP/SAVPF 98 97 96\r\na=rtpmap:98 VP9/90000\r\na=rtpmap:97 rtx/90000\r\n"
        "a=rtpmap:96 VP8/90000\r\n", 96},
  {"name in lower case", "vp8", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 vp8/90000\r\n", 96},
  {"a codec that is not offered", "vp8",
        "m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=rtpmap:98 VP9/90000\r\n", CODEC_NO_TYPE},
  {"who only sends", "vp8",
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=sendonly\r\n", CODEC_NO_TYPE},
  {"VP9 of profile 0 behind one of profile 2", "vp9",
        "m=video 9 UDP/TLS/RTP/SAVPF 100 98\r\n"
        "a=rtpmap:100 VP9/90000\r\na=fmtp:100 profile-id=2\r\n"
        "a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\n", 98},
  {"VP9 without a profile", "vp9",
        "m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=rtpmap:98 VP9/90000\r\n", 98},
  {"VP9 of profile 2 alone", "vp9",
        "m=video 9 UDP/TLS/RTP/SAVPF 100\r\na=rtpmap:100 VP9/90000\r\na=fmtp:100 profile-id=2\r\n",
      CODEC_NO_TYPE},
  {"H.264 as Chromium offers it", "h264",
        "m=video 9 UDP/TLS/RTP/SAVPF 102 106 108 110\r\n"
        "a=rtpmap:102 H264/90000\r\n"
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\r\n"
        "a=rtpmap:106 H264/90000\r\n"
        "a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f\r\n"
        "a=rtpmap:108 H264/90000\r\n"
        "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
        "a=rtpmap:110 H264/90000\r\n"
        "a=fmtp:110 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f\r\n",
      108},
  {"H.264 in capitals, with blanks", "h264",
        "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\n"
        "a=fmtp:102 Profile-Level-Id=42E01F; packetization-mode = 1\r\n", 102},
  {"H.264 without a packetization mode", "h264",
        "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\n"
        "a=fmtp:102 profile-level-id=42e01f\r\n", CODEC_NO_TYPE},
  {"H.264 without a profile", "h264",
        "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\n"
        "a=fmtp:102 packetization-mode=1\r\n", CODEC_NO_TYPE},
  {"H.264 with the parameters of another type", "h264",
        "m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n"
        "a=rtpmap:102 H264/90000\r\na=rtpmap:103 rtx/90000\r\n"
        "a=fmtp:103 packetization-mode=1;profile-level-id=42e01f\r\n", CODEC_NO_TYPE},
  {"Opus", "opus", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n", 111},
  {"PCMU, whose type is 0", "pcmu",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n"
        "a=rtpmap:111 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\n",
      0},
};

GST_START_TEST (test_offer_is_searched_for_what_is_made)
{
  const gchar *codec = offers[__i__].codec;
  gboolean is_video = g_str_has_prefix (offers[__i__].media, "m=video");
  SenderOptions options = {
    .video_codec = is_video ? codec_find ("video", codec) : NULL,
    .audio_codec = is_video ? NULL : codec_find ("audio", codec),
  };
  gchar *sdp = g_strconcat (HEAD, offers[__i__].media, NULL);
  SenderPayloadTypes types;

  fail_unless (peer_read_offer (sdp, &options, &types), "%s", offers[__i__].name);
  fail_unless ((is_video ? types.video : types.audio) == offers[__i__].type,
      "%s: video %d audio %d", offers[__i__].name, types.video, types.audio);
  fail_unless ((is_video ? types.audio : types.video) == CODEC_NO_TYPE, "%s", offers[__i__].name);
  g_free (sdp);
}

GST_END_TEST;

/* GStreamer's parser takes nearly anything for a description. */
GST_START_TEST (test_what_is_no_offer_asks_for_nothing)
{
  static const gchar *const nonsense[] = { "", "m=", "a=fmtp:", HEAD,
    HEAD "m=video\r\na=rtpmap\r\n",
    HEAD "m=video 9 UDP/TLS/RTP/SAVPF x\r\na=rtpmap:x VP8/90000\r\na=fmtp:102\r\n"
  };
  SenderOptions options = { NULL };
  SenderPayloadTypes types;

  peer_read_offer (nonsense[__i__], &options, &types);
  fail_unless (types.video == CODEC_NO_TYPE && types.audio == CODEC_NO_TYPE, "%s",
      nonsense[__i__]);
}

GST_END_TEST;

/* --- descriptions ----------------------------------------------------------------------------- */

GST_START_TEST (test_description_of_h264_is_that_of_browsers_without_parameter_sets)
{
  GstCaps *made = gst_caps_from_string ("application/x-rtp,media=video,encoding-name=H264,"
      "profile-level-id=(string)64000d,sprop-parameter-sets=(string)\"Z0LADA==,aM48gA==\","
      "ssrc=(uint)7,payload=102");
  GstCaps *told = codec_describe (codec_find ("video", "h264"), made);
  GstStructure *structure = gst_caps_get_structure (told, 0);
  guint ssrc;

  fail_unless_equals_string (gst_structure_get_string (structure, "profile-level-id"), "42e01f");
  fail_unless_equals_string (gst_structure_get_string (structure, "packetization-mode"), "1");
  fail_if (gst_structure_has_field (structure, "sprop-parameter-sets"));
  fail_unless (gst_structure_get_uint (structure, "ssrc", &ssrc) && ssrc == 7);
  /* Those of others stay as they are. */
  fail_unless (gst_structure_has_field (gst_caps_get_structure (made, 0), "sprop-parameter-sets"));
  gst_caps_unref (told);
  gst_caps_unref (made);
}

GST_END_TEST;

GST_START_TEST (test_description_of_h265_has_no_parameter_sets)
{
  GstCaps *made = gst_caps_from_string ("application/x-rtp,media=video,encoding-name=H265,"
      "sprop-vps=(string)a,sprop-sps=(string)b,sprop-pps=(string)c");
  GstCaps *told = codec_describe (codec_find ("video", "h265"), made);
  GstStructure *structure = gst_caps_get_structure (told, 0);

  fail_if (gst_structure_has_field (structure, "sprop-vps"));
  fail_if (gst_structure_has_field (structure, "sprop-sps"));
  fail_if (gst_structure_has_field (structure, "sprop-pps"));
  gst_caps_unref (told);
  gst_caps_unref (made);
}

GST_END_TEST;

/* --- elements --------------------------------------------------------------------------------- */

GST_START_TEST (test_first_line_whose_elements_are_there_is_taken)
{
  static const Codec codec = {
    .name = "x",
    .encoders = {"identity ! nosuchencoder name=encoder", "identity ! video/x-raw ! identity"},
    .decoders = {"nosuchdecoder"},
  };
  GError *error = NULL;

  fail_unless_equals_string (codec_encoder (&codec, &error), codec.encoders[1]);
  fail_unless (error == NULL);
  fail_unless (codec_decoder (&codec, &error) == NULL);
  fail_unless (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN));
  fail_unless (strstr (error->message, "nosuchdecoder") != NULL, "%s", error->message);
  g_clear_error (&error);
}

GST_END_TEST;

static void
count_buffer (GstElement * sink, GstBuffer * buffer, GstPad * pad, gint * count)
{
  g_atomic_int_inc (count);
}

/* Pictures or sounds that come out of the codec's own elements, one behind the other. */
static gint
through_all_elements (const Codec * codec, const gchar * source)
{
  GError *error = NULL;
  gchar *depayloader = codec_depayloader (codec, "depayloader", TRUE);
  gchar *line = g_strdup_printf ("%s ! %s ! %s ! %s ! %s ! fakesink name=sink signal-handoffs=true "
      "sync=false", source, codec_encoder (codec, &error), codec->payloader, depayloader,
      codec_decoder (codec, &error));
  GstElement *pipeline = gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  gint count = 0;
  GstElement *sink;
  GstMessage *message;

  fail_unless (pipeline != NULL, "%s: %s", line, error ? error->message : "");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (count_buffer), &count);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (GST_ELEMENT_BUS (pipeline), 60 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS, "%s", line);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (line);
  g_free (depayloader);
  return count;
}

GST_START_TEST (test_every_picture_goes_through_the_elements_of_its_codec)
{
  const Codec *codec = codec_find ("video", videos[__i__]);
  GError *error = NULL;
  gchar *source = g_strdup_printf ("videotestsrc num-buffers=%d ! "
      "video/x-raw,format=I420,width=320,height=180,framerate=25/1", PICTURES);

  fail_unless (codec_load (codec, &error), "%s", error ? error->message : "");
  assert_equals_int (through_all_elements (codec, source), PICTURES);
  g_free (source);
}

GST_END_TEST;

GST_START_TEST (test_sound_goes_through_the_elements_of_its_codec)
{
  const Codec *codec = codec_find ("audio", audios[__i__]);
  GError *error = NULL;

  fail_unless (codec_load (codec, &error), "%s", error ? error->message : "");
  /* A second, in packets of 20 ms. */
  fail_unless (through_all_elements (codec, "audiotestsrc num-buffers=50 samplesperbuffer=960 ! "
          "audio/x-raw,rate=48000 ! audioconvert ! audioresample") >= 49);
}

GST_END_TEST;

/* --- a sender --------------------------------------------------------------------------------- */

static gboolean
on_ready (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_too_late (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_CONTINUE;
}

/* H.264 and H.265 have no caps before a frame has been there. */
GST_START_TEST (test_every_codec_can_be_offered_before_any_frame_is_encrypted)
{
  const SenderOptions options = {
    .video_source = "videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=25/1",
    .video_codec = codec_find ("video", videos[__i__]),
    .audio_source = "audiotestsrc is-live=true",
    .audio_codec = codec_find ("audio", audios[__i__ % G_N_ELEMENTS (audios)]),
  };
  const SenderPayloadTypes types = sender_own_types (&options);
  const Protection protection = { NULL };
  GstElement *pipeline = gst_pipeline_new (NULL);
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  GError *error = NULL;
  Evidence *evidence = evidence_new (NULL, &error);
  gboolean late = FALSE;
  guint timer = g_timeout_add_seconds (30, on_too_late, &late);
  json_int_t frames, dropped, encoded;
  Sender *sender;
  json_t *stats;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  sender = sender_new (GST_BIN (pipeline), &options, &protection, evidence, &types, on_ready, loop,
      &error);
  fail_unless (sender != NULL, "%s", error ? error->message : "");
  while (!sender_is_ready (sender) && !late)
    g_main_context_iteration (NULL, TRUE);
  fail_if (late, "%s", videos[__i__]);
  stats = sender_stats (sender);
  fail_unless (json_unpack (stats, "{s:{s:I, s:{s:I, s:I}}}", "video", "frames-encoded", &encoded,
          "encryptor", "frames", &frames, "dropped", &dropped) == 0);
  fail_unless (encoded == 0 && frames == 0 && dropped == 0, "%s", videos[__i__]);
  json_decref (stats);

  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_source_remove (timer);
  sender_free (sender);
  evidence_free (evidence);
  gst_object_unref (pipeline);
  while (g_main_context_iteration (NULL, FALSE));
  g_main_loop_unref (loop);
}

GST_END_TEST;

static Suite *
codecs_suite (void)
{
  Suite *suite = suite_create ("codecs");
  TCase *rows = tcase_create ("rows");

  suite_add_tcase (suite, rows);
  tcase_add_loop_test (rows, test_offer_is_searched_for_what_is_made, 0, G_N_ELEMENTS (offers));
  tcase_add_loop_test (rows, test_what_is_no_offer_asks_for_nothing, 0, 6);
  tcase_add_test (rows, test_description_of_h264_is_that_of_browsers_without_parameter_sets);
  tcase_add_test (rows, test_description_of_h265_has_no_parameter_sets);
  tcase_add_test (rows, test_first_line_whose_elements_are_there_is_taken);
  tcase_add_loop_test (rows, test_every_picture_goes_through_the_elements_of_its_codec, 0,
      G_N_ELEMENTS (videos));
  tcase_add_loop_test (rows, test_sound_goes_through_the_elements_of_its_codec, 0,
      G_N_ELEMENTS (audios));
  tcase_add_loop_test (rows, test_every_codec_can_be_offered_before_any_frame_is_encrypted, 0,
      G_N_ELEMENTS (videos));
  return suite;
}

GST_CHECK_MAIN (codecs);
