/* Real encoded media and keys for element tests.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/e2ee/e2ee.h>

G_BEGIN_DECLS

/* Key id 1 and another secret under key id 2; AES_128_GCM_SHA256_128. */
#define KEY_1_K "AAECAwQFBgcICQoLDA0ODw"
#define KEY_2_K "8PHy8_T19vf4-fr7_P3-_w"
#define KEYS_1 "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"" KEY_1_K "\",\"sender\":\"alice\"}]}"
#define KEYS_2 "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"2\",\"k\":\"" KEY_2_K "\"}]}"
/* Key id 1 again, with the secret of key id 2. */
#define KEYS_1_OTHER "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\"" KEY_2_K "\"}]}"

/* A file of mode 0600 in a fresh folder; media_unlink() removes both and frees. */
gchar *media_key_file (const gchar * json);
void media_unlink (gchar * path);

/* A key of 16 bytes that are all @byte. */
GstE2eeKey *media_key (guint64 key_id, guint8 byte, guint64 epoch);

/* One element of @factory between two pads, with @json as its key file (NULL: none) and @caps. */
GstHarness *media_harness (const gchar * factory, const gchar * json, const gchar * caps);

typedef struct
{
  GstCaps *caps;
  GPtrArray *lists;             /* GstBufferList, one for each frame */
  GPtrArray *frames;            /* GBytes, the encoded frames themselves */
} Media;

/* What @description, an appsink called "sink" at its end, makes of RTP; @vp8: media_join().  @layers gives
 * the vp8enc or vp9enc "enc" two temporal layers. */
Media *media_record (const gchar * description, gboolean vp8, gboolean layers);
/* @n frames; @options go to vp8enc ("keyframe-max-dist=8"), @payloader to rtpvp8pay. */
Media *media_vp8 (guint n, const gchar * options, const gchar * payloader);
Media *media_opus (guint n);
void media_free (Media * media);
/* New references, so that the media can be used again. */
GstBufferList *media_list (Media * media, guint i);

/* A copy of a frame's packets with new sequence numbers from *@seq (then moved on) and another
 * timestamp: a new frame for RTP, the same for SFrame. */
GstBufferList *media_renumber (GstBufferList * list, guint16 * seq, guint32 timestamp);

/* The sequence number behind the last packet of @list; payloaders start at a random one. */
guint16 media_seq_behind (GstBufferList * list);

/* The payloads of RTP packets put together, the VP8 descriptor taken out when @vp8. */
GBytes *media_join (GstBufferList * list, gboolean vp8);

/* Changes one byte of a writable @buffer; a negative @offset counts from its end. */
void media_flip (GstBuffer * buffer, gssize offset);

guint64 media_stat (GstHarness * h, const gchar * name);

/* What came out of @h, each buffer or list as a list. (transfer full) */
GPtrArray *media_collect (GstHarness * h);

/* A provider whose keys the test sets. */
#define MEDIA_TYPE_PROVIDER (media_provider_get_type ())
G_DECLARE_FINAL_TYPE (MediaProvider, media_provider, MEDIA, PROVIDER, GObject)
MediaProvider *media_provider_new (void);
/* (transfer full) NULL-terminated list of GstE2eeKey *. */
void media_provider_set (MediaProvider * self, GstE2eeKey * first, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
