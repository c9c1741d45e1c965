/* format=srtp against another implementation: the stock elements srtpenc and srtpdec.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "../elements/media.h"
#include "../elements/packets.h"

#include <string.h>

#define RTP_CAPS "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"
#define SRTP_CAPS "application/x-srtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"

/* A key as both sides name it. */
typedef struct
{
  const gchar *name;
  GstE2eeCipherSuite suite;
  gsize size;
  const gchar *cipher, *auth;
} Kind;

static const Kind kinds[] = {
  {"AEAD_AES_128_GCM", GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_128_GCM, 28, "aes-128-gcm", "null"},
  {"AEAD_AES_256_GCM", GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_256_GCM, 44, "aes-256-gcm", "null"},
  {"AES_CM_128_HMAC_SHA1_80", GST_E2EE_CIPHER_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80, 30,
      "aes-128-icm", "hmac-sha1-80"},
};

/* With an MKI of so many bytes; 0: none. */
static const guint mki_sizes[] = { 0, 1, 4 };

#define N_CASES (G_N_ELEMENTS (kinds) * G_N_ELEMENTS (mki_sizes))

typedef struct
{
  const Kind *kind;
  guint mki_size;
} Case;

static Case
case_of (gint i)
{
  return (Case) { &kinds[i / G_N_ELEMENTS (mki_sizes)], mki_sizes[i % G_N_ELEMENTS (mki_sizes)] };
}

/* What was sent under a static key is remembered, so each test has SSRCs of its own. */
static guint32 next_ssrc = 0x20000000;

/* Stock key @kid; every byte follows from it. */
static GstBuffer *
stock_key (const Kind * kind, guint8 kid)
{
  GstBuffer *key = gst_buffer_new_allocate (NULL, kind->size, NULL);

  gst_buffer_memset (key, 0, kid + 0x20, kind->size);
  return key;
}

static GstBuffer *
stock_mki (guint size, guint8 kid)
{
  guint8 mki[8] = { 0 };

  mki[size - 1] = kid;
  return gst_buffer_new_memdup (mki, size);
}

static GstE2eeKey *
our_key (const Kind * kind, guint8 kid)
{
  guint8 master[46];
  GstE2eeKey *key;

  memset (master, kid + 0x20, sizeof master);
  key = gst_e2ee_key_new (kid, kind->suite, master, kind->size,
      GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT, kid, NULL, NULL);
  fail_unless (key != NULL);
  return key;
}

static GstHarness *
our_end (const gchar * factory, Case c, MediaProvider * provider, const gchar * caps)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  gst_util_set_object_arg (G_OBJECT (element), "format", "srtp");
  g_object_set (element, "key-provider", provider, "mki-size", c.mki_size, NULL);
  h = gst_harness_new_with_element (element, "sink", "src");
  gst_object_unref (element);
  gst_harness_set_src_caps_str (h, caps);
  return h;
}

static void
set_stock_key (GstElement * enc, Case c, guint8 kid)
{
  GstBuffer *key = stock_key (c.kind, kid);

  g_object_set (enc, "key", key, NULL);
  gst_buffer_unref (key);
  if (c.mki_size > 0) {
    GstBuffer *mki = stock_mki (c.mki_size, kid);

    g_object_set (enc, "mki", mki, NULL);
    gst_buffer_unref (mki);
  }
}

static GstHarness *
stock_encoder (Case c, guint8 kid)
{
  GstElement *enc = gst_element_factory_make ("srtpenc", NULL);
  GstHarness *h;

  gst_util_set_object_arg (G_OBJECT (enc), "rtp-cipher", c.kind->cipher);
  gst_util_set_object_arg (G_OBJECT (enc), "rtcp-cipher", c.kind->cipher);
  gst_util_set_object_arg (G_OBJECT (enc), "rtp-auth", c.kind->auth);
  gst_util_set_object_arg (G_OBJECT (enc), "rtcp-auth", c.kind->auth);
  set_stock_key (enc, c, kid);
  h = gst_harness_new_with_element (enc, "rtp_sink_0", "rtp_src_0");
  gst_object_unref (enc);
  gst_harness_set_src_caps_str (h, RTP_CAPS);
  return h;
}

/* srtpdec has its keys from caps, one or two of them, for one SSRC. */
static GstCaps *
stock_caps (Case c, guint32 ssrc, guint n_keys)
{
  GstCaps *caps = gst_caps_from_string (SRTP_CAPS);

  gst_caps_set_simple (caps, "ssrc", G_TYPE_UINT, ssrc,
      "srtp-cipher", G_TYPE_STRING, c.kind->cipher,
      "srtcp-cipher", G_TYPE_STRING, c.kind->cipher, "srtp-auth", G_TYPE_STRING, c.kind->auth,
      "srtcp-auth", G_TYPE_STRING, c.kind->auth, NULL);
  for (guint8 kid = 1; kid <= n_keys; kid++) {
    gchar *key_field = kid > 1 ? g_strdup_printf ("srtp-key%u", kid) : g_strdup ("srtp-key");
    gchar *mki_field = kid > 1 ? g_strdup_printf ("mki%u", kid) : g_strdup ("mki");
    GstBuffer *key = stock_key (c.kind, kid);

    gst_caps_set_simple (caps, key_field, GST_TYPE_BUFFER, key, NULL);
    gst_buffer_unref (key);
    if (c.mki_size > 0) {
      GstBuffer *mki = stock_mki (c.mki_size, kid);

      gst_caps_set_simple (caps, mki_field, GST_TYPE_BUFFER, mki, NULL);
      gst_buffer_unref (mki);
    }
    g_free (key_field);
    g_free (mki_field);
  }
  return caps;
}

static GstHarness *
stock_decoder (Case c, guint32 ssrc, guint n_keys)
{
  GstHarness *h = gst_harness_new_with_padnames ("srtpdec", "rtp_sink", "rtp_src");

  gst_harness_set_src_caps (h, stock_caps (c, ssrc, n_keys));
  return h;
}

static guint64
count_stock_drops (GstHarness * h)
{
  GstStructure *stats;
  guint drops = 0;

  g_object_get (h->element, "stats", &stats, NULL);
  gst_structure_get_uint (stats, "recv-drop-count", &drops);
  gst_structure_free (stats);
  return drops;
}

GST_START_TEST (test_e2eedec_hears_srtpenc)
{
  Case c = case_of (__i__);
  MediaProvider *provider = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *enc = stock_encoder (c, 1), *dec;

  media_provider_set (provider, our_key (c.kind, 1), NULL);
  dec = our_end ("e2eedec", c, provider, SRTP_CAPS);
  for (guint i = 65400; i < 65700; i++)
    expect_packet (gst_harness_push_and_pull (dec, gst_harness_push_and_pull (enc,
                packet_new (ssrc, (guint16) i))), ssrc, (guint16) i);
  fail_unless_equals_uint64 (media_stat (dec, "frames"), 300);
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (provider);
}

GST_END_TEST;

GST_START_TEST (test_srtpdec_hears_e2eeenc)
{
  Case c = case_of (__i__);
  MediaProvider *provider = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *enc, *dec;

  media_provider_set (provider, our_key (c.kind, 1), NULL);
  /* Ours first: either may start libsrtp. */
  enc = our_end ("e2eeenc", c, provider, RTP_CAPS);
  dec = stock_decoder (c, ssrc, 1);
  for (guint i = 65400; i < 65700; i++)
    expect_packet (gst_harness_push_and_pull (dec, gst_harness_push_and_pull (enc,
                packet_new (ssrc, (guint16) i))), ssrc, (guint16) i);
  fail_unless_equals_uint64 (count_stock_drops (dec), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (provider);
}

GST_END_TEST;

/* srtpdec of 1.22 takes all keys of a sender at once, told apart by their MKI, and counts on. */
GST_START_TEST (test_srtpdec_follows_a_change_of_keys_over_the_wrap)
{
  Case c = { &kinds[__i__], 4 };
  MediaProvider *provider = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *enc, *dec = stock_decoder (c, ssrc, 2);

  media_provider_set (provider, our_key (c.kind, 1), NULL);
  enc = our_end ("e2eeenc", c, provider, RTP_CAPS);
  for (guint i = 65400; i < 66000; i++) {
    if (i == 65700)
      media_provider_set (provider, our_key (c.kind, 2), NULL);
    expect_packet (gst_harness_push_and_pull (dec, gst_harness_push_and_pull (enc,
                packet_new (ssrc, (guint16) i))), ssrc, (guint16) i);
  }
  fail_unless_equals_uint64 (media_stat (enc, "key-changes"), 1);
  fail_unless_equals_uint64 (count_stock_drops (dec), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (provider);
}

GST_END_TEST;

/* srtpenc of 1.22 starts its roll-over counter anew with every key, newer ones keep it: either is
 * followed. */
GST_START_TEST (test_e2eedec_follows_a_change_of_keys_behind_the_wrap)
{
  Case c = { &kinds[__i__], 4 };
  MediaProvider *provider = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *enc = stock_encoder (c, 1), *dec;

  media_provider_set (provider, our_key (c.kind, 1), our_key (c.kind, 2), NULL);
  dec = our_end ("e2eedec", c, provider, SRTP_CAPS);
  for (guint i = 65400; i < 66000; i++) {
    if (i == 65700)
      set_stock_key (enc->element, c, 2);
    expect_packet (gst_harness_push_and_pull (dec, gst_harness_push_and_pull (enc,
                packet_new (ssrc, (guint16) i))), ssrc, (guint16) i);
  }
  fail_unless_equals_uint64 (media_stat (dec, "dropped"), 0);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (provider);
}

GST_END_TEST;

GST_START_TEST (test_another_key_is_refused_by_either_side)
{
  Case c = case_of (__i__);
  MediaProvider *provider = media_provider_new ();
  guint32 ssrc = next_ssrc++;
  GstHarness *stock_enc = stock_encoder (c, 1), *stock_dec = stock_decoder (c, ssrc, 1);
  GstHarness *enc, *dec;
  GstE2eeKey *impostor;
  guint8 master[46];

  /* The same key id, another secret. */
  memset (master, 0x77, sizeof master);
  impostor = gst_e2ee_key_new (1, c.kind->suite, master, c.kind->size,
      GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT, 1, NULL, NULL);
  media_provider_set (provider, impostor, NULL);
  enc = our_end ("e2eeenc", c, provider, RTP_CAPS);
  dec = our_end ("e2eedec", c, provider, SRTP_CAPS);
  for (guint i = 0; i < 10; i++) {
    gst_harness_push (stock_dec, gst_harness_push_and_pull (enc, packet_new (ssrc, i)));
    gst_harness_push (dec, gst_harness_push_and_pull (stock_enc, packet_new (ssrc, i)));
  }
  fail_unless (gst_harness_try_pull (stock_dec) == NULL);
  fail_unless (gst_harness_try_pull (dec) == NULL);
  fail_unless_equals_uint64 (media_stat (dec, "tag"), 10);
  gst_harness_teardown (stock_enc);
  gst_harness_teardown (stock_dec);
  gst_harness_teardown (enc);
  gst_harness_teardown (dec);
  g_object_unref (provider);
}

GST_END_TEST;

static Suite *
srtp_peers_suite (void)
{
  Suite *s = suite_create ("srtp-peers");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_e2eedec_hears_srtpenc, 0, N_CASES);
  tcase_add_loop_test (tc, test_srtpdec_hears_e2eeenc, 0, N_CASES);
  tcase_add_loop_test (tc, test_srtpdec_follows_a_change_of_keys_over_the_wrap, 0,
      G_N_ELEMENTS (kinds));
  tcase_add_loop_test (tc, test_e2eedec_follows_a_change_of_keys_behind_the_wrap, 0,
      G_N_ELEMENTS (kinds));
  tcase_add_loop_test (tc, test_another_key_is_refused_by_either_side, 0, N_CASES);
  return s;
}

GST_CHECK_MAIN (srtp_peers);
