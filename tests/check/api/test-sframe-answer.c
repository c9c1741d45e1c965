/* The answer that agrees on SFrame packets, or refuses.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include <gst/e2ee/transport.h>
#include <gst/sdp/sdp.h>
#include <string.h>

#define SESSION "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define BUNDLE "a=group:BUNDLE audio0 video1 application2\r\n"
#define AUDIO(port) "m=audio " port " UDP/TLS/RTP/SAVPF 97\r\nc=IN IP4 0.0.0.0\r\n" \
  "a=mid:audio0\r\na=sendrecv\r\na=rtpmap:97 OPUS/48000/2\r\n"
#define VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:video1\r\n" \
  "a=recvonly\r\na=rtpmap:96 VP8/90000\r\n"
#define DATA "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n" \
  "a=mid:application2\r\na=sctp-port:5000\r\n"
#define S "a=sframe\r\n"

static const struct
{
  const gchar *name;
  const gchar *audio_offer, *video_offer, *audio_answer, *video_answer;  /* S or "" */
  gboolean sframe;
  const gchar *audio, *video;   /* "sframe", "plain" or "refused" */
} answers[] = {
  {"nobody wants it", "", "", "", "", FALSE, "plain", "plain"},
  {"both want it", S, S, S, S, TRUE, "sframe", "sframe"},
  {"only received media say it too", S, S, S, "", TRUE, "sframe", "sframe"},
  {"webrtcbin says it without having been asked", "", "", S, "", TRUE, "refused", "refused"},
  {"offered to one who does not want it", S, S, "", "", FALSE, "refused", "refused"},
  {"offered for one medium", S, "", S, "", TRUE, "sframe", "refused"},
  {"offered for the other medium", S, "", "", "", FALSE, "refused", "plain"},
};

static gchar *
describe (const gchar * audio, const gchar * video)
{
  return g_strconcat (SESSION BUNDLE AUDIO ("9"), audio, VIDEO, video, DATA, NULL);
}

static void
expect_medium (const GstSDPMessage * sdp, guint index, const gchar * expected, const gchar * name)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (sdp, index);
  const gchar *group = gst_sdp_message_get_attribute_val (sdp, "group");
  gboolean has_sframe = gst_sdp_media_get_attribute_val (media, "sframe") != NULL;
  gboolean refused = g_str_equal (expected, "refused");
  const gchar *mid = gst_sdp_media_get_attribute_val (media, "mid");

  fail_unless (has_sframe == g_str_equal (expected, "sframe"), "%s, medium %u", name, index);
  fail_unless ((gst_sdp_media_get_port (media) == 0) == refused, "%s, medium %u", name, index);
  fail_unless ((gst_sdp_media_get_attribute_val (media, "inactive") != NULL) == refused);
  fail_unless ((strstr (group, mid) == NULL) == refused, "%s: %s", name, group);
  if (refused) {
    fail_unless (gst_sdp_media_get_attribute_val (media, "sendrecv") == NULL);
    fail_unless (gst_sdp_media_get_attribute_val (media, "recvonly") == NULL);
  }
}

GST_START_TEST (test_an_answer_agrees_or_refuses)
{
  gchar *offer = describe (answers[__i__].audio_offer, answers[__i__].video_offer);
  gchar *answer = describe (answers[__i__].audio_answer, answers[__i__].video_answer);
  gchar *text = gst_e2ee_transport_answer_sframe (offer, answer, answers[__i__].sframe);
  const GstSDPMedia *data;
  GstSDPMessage *sdp;

  fail_unless (text != NULL);
  fail_unless_equals_int (gst_sdp_message_new_from_text (text, &sdp), GST_SDP_OK);
  expect_medium (sdp, 0, answers[__i__].audio, answers[__i__].name);
  expect_medium (sdp, 1, answers[__i__].video, answers[__i__].name);
  data = gst_sdp_message_get_media (sdp, 2);
  fail_unless_equals_int (gst_sdp_media_get_port (data), 9);
  fail_unless (gst_sdp_media_get_attribute_val (data, "sframe") == NULL);
  gst_sdp_message_free (sdp);
  g_free (text);
  g_free (answer);
  g_free (offer);
}

GST_END_TEST;

GST_START_TEST (test_an_answer_says_it_once)
{
  gchar *text = gst_e2ee_transport_answer_sframe (SESSION AUDIO ("9") S, SESSION AUDIO ("9") S S,
      TRUE);
  const gchar *first = strstr (text, S);

  fail_unless (first != NULL);
  fail_unless (strstr (first + 1, S) == NULL);
  g_free (text);
}

GST_END_TEST;

GST_START_TEST (test_a_medium_that_was_refused_stays_refused)
{
  gchar *text = gst_e2ee_transport_answer_sframe (SESSION AUDIO ("9") S, SESSION AUDIO ("0"), TRUE);

  fail_unless (strstr (text, "m=audio 0 ") != NULL);
  fail_unless (strstr (text, S) == NULL);
  g_free (text);
}

GST_END_TEST;

static const struct
{
  const gchar *name, *offer, *answer;
} bad[] = {
  {"media that the offer does not have", SESSION, SESSION AUDIO ("9")},
  {"media that the answer does not have", SESSION AUDIO ("9"), SESSION},
  {"an offer that is none", "never mind", SESSION AUDIO ("9")},
  {"an answer that is none", SESSION AUDIO ("9"), "never mind"},
};

GST_START_TEST (test_what_does_not_belong_together_makes_no_answer)
{
  fail_unless (gst_e2ee_transport_answer_sframe (bad[__i__].offer, bad[__i__].answer, TRUE)
      == NULL, "%s", bad[__i__].name);
}

GST_END_TEST;

static Suite *
sframe_answer_suite (void)
{
  Suite *s = suite_create ("sframe-answer");
  TCase *tc = tcase_create ("sframe-answer");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_an_answer_agrees_or_refuses, 0, G_N_ELEMENTS (answers));
  tcase_add_test (tc, test_an_answer_says_it_once);
  tcase_add_test (tc, test_a_medium_that_was_refused_stays_refused);
  tcase_add_loop_test (tc, test_what_does_not_belong_together_makes_no_answer, 0,
      G_N_ELEMENTS (bad));
  return s;
}

KIT_MAIN (sframe_answer)
