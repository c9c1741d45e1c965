/* Real encoded media and keys for element tests (media.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "media.h"
#include "../temporal.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/rtp/rtp.h>
#include <string.h>
#include <sys/stat.h>

gchar *
media_key_file (const gchar * json)
{
  gchar *folder = g_dir_make_tmp ("e2ee-XXXXXX", NULL);
  gchar *path = g_build_filename (folder, "keys.jwks", NULL);

  fail_unless (g_file_set_contents (path, json, -1, NULL));
  fail_unless (g_chmod (path, 0600) == 0);
  g_free (folder);
  return path;
}

void
media_unlink (gchar * path)
{
  gchar *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
  g_free (folder);
  g_free (path);
}

GstE2eeKey *
media_key (guint64 key_id, guint8 byte, guint64 epoch)
{
  guint8 secret[16];
  GstE2eeKey *key;

  memset (secret, byte, sizeof secret);
  key = gst_e2ee_key_new (key_id, GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128, secret,
      sizeof secret, GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT, epoch, NULL, NULL);
  fail_unless (key != NULL);
  return key;
}

GstHarness *
media_harness (const gchar * factory, const gchar * json, const gchar * caps)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstHarness *h;

  fail_unless (element != NULL, "no element %s", factory);
  if (json) {
    gchar *path = media_key_file (json);

    g_object_set (element, "key-file", path, NULL);
    h = gst_harness_new_with_element (element, "sink", "src");
    media_unlink (path);
  } else {
    h = gst_harness_new_with_element (element, "sink", "src");
  }
  gst_object_unref (element);
  if (caps)
    gst_harness_set_src_caps_str (h, caps);
  return h;
}

static void
take_list (Media * media, GstSample * sample, gboolean vp8)
{
  GstBufferList *list = gst_sample_get_buffer_list (sample);

  if (list) {
    gst_buffer_list_ref (list);
  } else {
    list = gst_buffer_list_new ();
    gst_buffer_list_add (list, gst_buffer_ref (gst_sample_get_buffer (sample)));
  }
  if (media->caps == NULL)
    media->caps = gst_caps_ref (gst_sample_get_caps (sample));
  g_ptr_array_add (media->lists, list);
  g_ptr_array_add (media->frames, media_join (list, vp8));
}

Media *
media_record (const gchar * description, gboolean vp8, gboolean layers)
{
  Media *media = g_new0 (Media, 1);
  GstElement *pipeline, *sink;
  gboolean more = TRUE;

  media->lists = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  media->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  pipeline = gst_parse_launch (description, NULL);
  fail_unless (pipeline != NULL);
  if (layers) {
    GstElement *encoder = gst_bin_get_by_name (GST_BIN (pipeline), "enc");

    temporal_two_layers (encoder);
    gst_object_unref (encoder);
  }
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (more) {
    GstSample *sample = NULL;

    g_signal_emit_by_name (sink, "pull-sample", &sample);
    more = sample != NULL;
    if (sample) {
      take_list (media, sample, vp8);
      gst_sample_unref (sample);
    }
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  return media;
}

Media *
media_vp8 (guint n, const gchar * options, const gchar * payloader)
{
  gchar *description = g_strdup_printf ("videotestsrc num-buffers=%u pattern=ball ! "
      "video/x-raw,width=320,height=240,framerate=30/1 ! vp8enc deadline=1 %s ! "
      "rtpvp8pay picture-id-mode=2 mtu=600 %s ! appsink name=sink sync=false buffer-list=true", n,
      options ? options : "keyframe-max-dist=8", payloader ? payloader : "");
  Media *media = media_record (description, TRUE, FALSE);

  g_free (description);
  fail_unless_equals_int (media->lists->len, n);
  return media;
}

Media *
media_opus (guint n)
{
  gchar *description = g_strdup_printf ("audiotestsrc num-buffers=%u samplesperbuffer=960 ! "
      "audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay pt=97 ! appsink name=sink sync=false",
      n);
  Media *media = media_record (description, FALSE, FALSE);

  g_free (description);
  fail_unless (media->lists->len >= n);
  return media;
}

void
media_free (Media * media)
{
  gst_caps_unref (media->caps);
  g_ptr_array_unref (media->lists);
  g_ptr_array_unref (media->frames);
  g_free (media);
}

GstBufferList *
media_list (Media * media, guint i)
{
  return gst_buffer_list_ref (g_ptr_array_index (media->lists, i));
}

GstBufferList *
media_renumber (GstBufferList * list, guint16 * seq, guint32 timestamp)
{
  GstBufferList *copy = gst_buffer_list_copy_deep (list);

  for (guint i = 0; i < gst_buffer_list_length (copy); i++) {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    fail_unless (gst_rtp_buffer_map (gst_buffer_list_get (copy, i), GST_MAP_WRITE, &rtp));
    gst_rtp_buffer_set_seq (&rtp, (*seq)++);
    gst_rtp_buffer_set_timestamp (&rtp, timestamp);
    gst_rtp_buffer_unmap (&rtp);
  }
  return copy;
}

guint16
media_seq_behind (GstBufferList * list)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint16 seq;

  gst_rtp_buffer_map (gst_buffer_list_get (list, gst_buffer_list_length (list) - 1), GST_MAP_READ,
      &rtp);
  seq = gst_rtp_buffer_get_seq (&rtp) + 1;
  gst_rtp_buffer_unmap (&rtp);
  return seq;
}

/* RFC 7741 section 4.2. */
static guint
vp8_descriptor_size (const guint8 * data)
{
  guint size = 1;

  if (data[0] & 0x80) {
    guint8 x = data[1];

    size++;
    if (x & 0x80)
      size += data[size] & 0x80 ? 2 : 1;
    size += (x & 0x40) != 0;
    size += (x & 0x30) != 0;
  }
  return size;
}

GBytes *
media_join (GstBufferList * list, gboolean vp8)
{
  GByteArray *joined = g_byte_array_new ();

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    const guint8 *payload;
    guint skip;

    fail_unless (gst_rtp_buffer_map (gst_buffer_list_get (list, i), GST_MAP_READ, &rtp));
    payload = gst_rtp_buffer_get_payload (&rtp);
    skip = vp8 ? vp8_descriptor_size (payload) : 0;
    g_byte_array_append (joined, payload + skip, gst_rtp_buffer_get_payload_len (&rtp) - skip);
    gst_rtp_buffer_unmap (&rtp);
  }
  return g_byte_array_free_to_bytes (joined);
}

void
media_flip (GstBuffer * buffer, gssize offset)
{
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READWRITE));
  fail_unless (ABS (offset) < (gssize) map.size);
  map.data[offset < 0 ? (gssize) map.size + offset : offset] ^= 0x10;
  gst_buffer_unmap (buffer, &map);
}

guint64
media_stat (GstHarness * h, const gchar * name)
{
  GstStructure *stats = NULL;
  guint64 value = 0;

  g_object_get (h->element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no counter %s", name);
  gst_structure_free (stats);
  return value;
}

GPtrArray *
media_collect (GstHarness * h)
{
  GPtrArray *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  GstBufferList *list = NULL;
  GstBuffer *buffer;

  /* The harness takes lists apart; the marker puts the frames together again. */
  while ((buffer = gst_harness_try_pull (h))) {
    gboolean marker = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    if (gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp)) {
      marker = gst_rtp_buffer_get_marker (&rtp) || gst_rtp_buffer_get_payload_type (&rtp) == 97;
      gst_rtp_buffer_unmap (&rtp);
    }
    if (list == NULL)
      list = gst_buffer_list_new ();
    gst_buffer_list_add (list, buffer);
    if (marker) {
      g_ptr_array_add (lists, list);
      list = NULL;
    }
  }
  fail_unless (list == NULL, "packets without a marker came last");
  return lists;
}

struct _MediaProvider
{
  GObject parent;
  GMutex lock;
  GPtrArray *keys;
};

static void media_provider_iface_init (GstE2eeKeyProviderInterface * iface);

G_DEFINE_TYPE_WITH_CODE (MediaProvider, media_provider, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_E2EE_KEY_PROVIDER, media_provider_iface_init));

static GList *
media_provider_list_keys (GstE2eeKeyProvider * provider, GstE2eeKeyUsage usage)
{
  MediaProvider *self = MEDIA_PROVIDER (provider);
  GList *keys = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = self->keys->len; i > 0; i--)
    keys = g_list_prepend (keys, gst_e2ee_key_ref (g_ptr_array_index (self->keys, i - 1)));
  g_mutex_unlock (&self->lock);
  return keys;
}

static void
media_provider_iface_init (GstE2eeKeyProviderInterface * iface)
{
  iface->list_keys = media_provider_list_keys;
}

static void
media_provider_finalize (GObject * object)
{
  MediaProvider *self = MEDIA_PROVIDER (object);

  g_ptr_array_unref (self->keys);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (media_provider_parent_class)->finalize (object);
}

static void
media_provider_class_init (MediaProviderClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = media_provider_finalize;
}

static void
media_provider_init (MediaProvider * self)
{
  g_mutex_init (&self->lock);
  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_e2ee_key_unref);
}

MediaProvider *
media_provider_new (void)
{
  return g_object_new (MEDIA_TYPE_PROVIDER, NULL);
}

void
media_provider_set (MediaProvider * self, GstE2eeKey * first, ...)
{
  va_list list;

  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->keys, 0);
  va_start (list, first);
  for (GstE2eeKey * key = first; key; key = va_arg (list, GstE2eeKey *))
    g_ptr_array_add (self->keys, key);
  va_end (list);
  g_mutex_unlock (&self->lock);
  gst_e2ee_key_provider_changed (GST_E2EE_KEY_PROVIDER (self));
}
