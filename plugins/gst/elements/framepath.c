/* The way of media frames through an element (framepath.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "framepath.h"
#include "nalcaps.h"
#include "refusal.h"

#include "rtp/codec.h"

#include <string.h>

typedef struct
{
  GstE2eeStatus *status;
  guint64 key_id;
  guint64 counter;
} Stamp;

struct _E2eeHeldFrame
{
  E2eeRtpHeld *packets;         /* RTP */
  GstBuffer *buffer;            /* anything else */
};

struct _E2eeFramePath
{
  E2eeFrameFunc func;
  gpointer user_data;

  E2eeFramePathPacking packing;
  gboolean sends;
  gboolean ready;
  const E2eeRtpCodec *codec;    /* NULL: buffers that are protected whole */
  const E2eeRtpPacking *codec_packing;  /* NULL: no RTP */
  E2eeRtpRegroup *regroup;      /* NULL: no RTP, or whole packets of it */
  guint mtu;
  gboolean is_list;             /* came last: what leaves of it is one as well */
  E2eeRtpRegroupStats stats;    /* of what was not regrouped */
  gboolean is_sound;            /* of whole packets, by their caps */
  gboolean is_picture;
  guint8 *scratch;              /* a packet of several memories, put together */
  gsize scratch_size;

  /* One buffer that is a frame, while the callback runs. */
  GstBuffer *in;
  GstBuffer *out;
  GstMapInfo out_map;
  gboolean discont;             /* a frame was dropped since the last that left */
  GQueue ready_out;             /* GstBuffer or GstBufferList, not RTP */
  GstBufferList *out_list;      /* collects while a list is taken in */
};

E2eeFramePath *
e2ee_frame_path_new (E2eeFrameFunc func, gpointer user_data)
{
  E2eeFramePath *path = g_new0 (E2eeFramePath, 1);

  path->func = func;
  path->user_data = user_data;
  path->mtu = 1200;
  g_queue_init (&path->ready_out);
  return path;
}

void
e2ee_frame_path_free (E2eeFramePath * path)
{
  e2ee_frame_path_reset (path);
  g_free (path->scratch);
  g_free (path);
}

static void
on_rtp_frame (E2eeRtpRegroup * regroup, const E2eeRtpFrame * rtp, gpointer user_data)
{
  E2eeFramePath *path = user_data;
  E2eeFrame frame = {
    .data = rtp->data,
    .codec = path->codec->codec,
    .layout = path->packing == E2EE_FRAME_PATH_CODEC ? path->codec->codec : E2EE_CODEC_NONE,
    .ssrc = rtp->ssrc,
    .is_payload = rtp->is_payload || path->packing == E2EE_FRAME_PATH_TO_SFRAME_PAYLOADS,
    .doubtful = rtp->doubtful,
    .is_audio = path->codec->is_audio,
    .is_video = !path->codec->is_audio,
    .pts = rtp->pts,
    .duration = GST_CLOCK_TIME_NONE,
  };

  /* The sender chooses, object by object. */
  if (path->packing == E2EE_FRAME_PATH_FROM_SFRAME)
    e2ee_rtp_regroup_set_out (regroup,
        frame.is_payload ? &e2ee_rtp_packing_whole : path->codec->packing);
  path->func (path, &frame, path->user_data);
}

static E2eeRtpRegroup *
regroup_new (E2eeFramePath * path, const E2eeRtpPacking * codec)
{
  const E2eeRtpPacking *in = codec, *out = codec;
  E2eeRtpRegroup *regroup;

  switch (path->packing) {
    case E2EE_FRAME_PATH_CODEC:
    case E2EE_FRAME_PATH_TO_SRTP:
    case E2EE_FRAME_PATH_FROM_SRTP:
      break;
    case E2EE_FRAME_PATH_TO_SFRAME:
      out = &e2ee_rtp_packing_sframe;
      break;
    case E2EE_FRAME_PATH_TO_SFRAME_PAYLOADS:
      in = &e2ee_rtp_packing_whole;
      out = &e2ee_rtp_packing_sframe_payload;
      break;
    case E2EE_FRAME_PATH_FROM_SFRAME:
      in = &e2ee_rtp_packing_sframe;
      break;
  }
  regroup = e2ee_rtp_regroup_new (in, out, path->mtu, on_rtp_frame, path);
  if (path->sends)
    e2ee_rtp_regroup_trust_numbers (regroup);
  return regroup;
}

/* Text and application data are protected whole.  Raw media is refused: it is far too much for a
 * network, and encrypting it there is nearly always a filter in the wrong place. */
static gboolean
is_opaque (const GstStructure * structure)
{
  const gchar *name = gst_structure_get_name (structure);

  return g_str_has_prefix (name, "text/") || (g_str_has_prefix (name, "application/")
      && !g_str_has_prefix (name, "application/x-rtp")
      && !g_str_has_prefix (name, "application/x-srtp")
      && !g_str_has_prefix (name, "application/x-rtcp")
      && !g_str_has_prefix (name, "application/x-srtcp"));
}

void
e2ee_frame_path_set_packing (E2eeFramePath * path, E2eeFramePathPacking packing)
{
  path->packing = packing;
}

gboolean
e2ee_frame_path_is_packets (const E2eeFramePath * path)
{
  return path->packing == E2EE_FRAME_PATH_TO_SRTP || path->packing == E2EE_FRAME_PATH_FROM_SRTP;
}

/* Whatever the codec: nothing is read but the RTP header. */
static gboolean
set_packet_caps (E2eeFramePath * path, const GstStructure * structure, const gchar ** why)
{
  const gboolean to_srtp = path->packing == E2EE_FRAME_PATH_TO_SRTP;
  const gchar *media = gst_structure_get_string (structure, "media");

  path->ready = gst_structure_has_name (structure,
      to_srtp ? "application/x-rtp" : "application/x-srtp");
  if (!path->ready)
    *why = to_srtp ? "format=srtp takes RTP packets (application/x-rtp)" :
        "format=srtp takes SRTP packets (application/x-srtp)";
  path->is_sound = g_strcmp0 (media, "audio") == 0;
  path->is_picture = g_strcmp0 (media, "video") == 0;
  return path->ready;
}

/* What goes to a peer goes as he has agreed to. */
static const E2eeRtpPacking *
choose_packing (const E2eeFramePath * path, const E2eeRtpCodec * codec, const GstCaps * caps)
{
  return path->sends ? e2ee_rtp_codec_choose_packing (codec, caps) : codec->packing;
}

void
e2ee_frame_path_set_sends (E2eeFramePath * path)
{
  path->sends = TRUE;
}

gboolean
e2ee_frame_path_set_caps (E2eeFramePath * path, const GstCaps * caps, const gchar ** why)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const E2eeRtpCodec *codec = e2ee_rtp_codec_from_caps (caps);
  gboolean is_rtp = gst_structure_has_name (structure, "application/x-rtp");

  if (e2ee_frame_path_is_packets (path))
    return set_packet_caps (path, structure, why);
  if (codec == NULL && !is_opaque (structure)) {
    *why = e2ee_refusal_of_caps (caps);
  } else if (e2ee_nal_caps_refusal (caps) != NULL) {
    *why = e2ee_nal_caps_refusal (caps);
  } else if (!is_rtp && path->packing != E2EE_FRAME_PATH_CODEC) {
    *why = "SFrame packets are made of RTP packets, and this is none";
  } else {
    const E2eeRtpPacking *codec_packing = is_rtp ? choose_packing (path, codec, caps) : NULL;

    if (path->ready && path->codec == codec && path->codec_packing == codec_packing)
      return TRUE;
    g_clear_pointer (&path->regroup, e2ee_rtp_regroup_free);
    path->codec = codec;
    path->codec_packing = codec_packing;
    if (is_rtp)
      path->regroup = regroup_new (path, codec_packing);
    path->ready = TRUE;
    return TRUE;
  }
  path->ready = FALSE;
  return FALSE;
}

void
e2ee_frame_path_set_mtu (E2eeFramePath * path, guint mtu)
{
  path->mtu = mtu;
  if (path->regroup)
    e2ee_rtp_regroup_set_mtu (path->regroup, mtu);
}

gboolean
e2ee_frame_path_is_ready (const E2eeFramePath * path)
{
  return path->ready;
}

gboolean
e2ee_frame_path_is_audio (const E2eeFramePath * path)
{
  return path->codec && path->codec->is_audio;
}

gboolean
e2ee_frame_path_is_rtp (const E2eeFramePath * path)
{
  return path->regroup || e2ee_frame_path_is_packets (path);
}

e2ee_codec
e2ee_frame_path_get_layout (const E2eeFramePath * path)
{
  return path->codec && path->packing == E2EE_FRAME_PATH_CODEC ? path->codec->codec :
      E2EE_CODEC_NONE;
}

gboolean
e2ee_frame_path_is_video (const E2eeFramePath * path)
{
  return (path->codec && !path->codec->is_audio) || path->is_picture;
}

gboolean
e2ee_frame_path_is_sound (const E2eeFramePath * path)
{
  return e2ee_frame_path_is_audio (path) || path->is_sound;
}

/* The bytes of @buffer.  Payloaders make packets of two memories, header and payload, which mapping
 * would merge, with an allocation each. */
static gboolean
read_buffer (E2eeFramePath * path, GstBuffer * buffer, GstMapInfo * map, e2ee_bytes * bytes)
{
  memset (map, 0, sizeof *map);
  if (!e2ee_frame_path_is_packets (path) || gst_buffer_n_memory (buffer) == 1) {
    if (!gst_buffer_map (buffer, map, GST_MAP_READ))
      return FALSE;
    *bytes = E2EE_BYTES (map->data, map->size);
    return TRUE;
  }
  bytes->size = gst_buffer_get_size (buffer);
  if (bytes->size > path->scratch_size) {
    path->scratch_size = MAX (bytes->size, 2048);
    path->scratch = g_realloc (path->scratch, path->scratch_size);
  }
  bytes->data = path->scratch;
  return gst_buffer_extract (buffer, 0, path->scratch, bytes->size) == bytes->size;
}

/* One buffer, one frame: the callback, and what it wrote to the output. */
static void
take_buffer (E2eeFramePath * path, GstBuffer * buffer)
{
  E2eeFrame frame = {
    .codec = path->codec ? path->codec->codec : E2EE_CODEC_NONE,
    .layout = path->codec ? path->codec->codec : E2EE_CODEC_NONE,
    .is_packet = e2ee_frame_path_is_packets (path),
    .is_audio = e2ee_frame_path_is_audio (path),
    .is_video = e2ee_frame_path_is_video (path),
    .pts = GST_BUFFER_PTS (buffer),
    .duration = GST_BUFFER_DURATION (buffer),
  };
  GstMapInfo map;

  if (!read_buffer (path, buffer, &map, &frame.data)) {
    path->stats.malformed++;
    path->discont |= !frame.is_packet;
    return;
  }
  if (frame.data.size == 0) {
    path->stats.empty++;
  } else {
    path->stats.frames++;
    path->in = buffer;
    path->func (path, &frame, path->user_data);
    path->in = NULL;
  }
  if (map.memory)
    gst_buffer_unmap (buffer, &map);

  if (path->out && path->out_map.memory) {
    /* Begun, never ended: the frame failed after room had been made for it. */
    gst_buffer_unmap (path->out, &path->out_map);
    gst_clear_buffer (&path->out);
    memset (&path->out_map, 0, sizeof path->out_map);
  }
  if (path->out == NULL) {
    /* In RTP the numbers say it, and a jitter buffer behind must not start over for a forgery. */
    path->discont |= frame.data.size > 0 && !frame.is_packet;
    return;
  }
  if (path->discont)
    GST_BUFFER_FLAG_SET (path->out, GST_BUFFER_FLAG_DISCONT);
  path->discont = FALSE;
  if (path->out_list)
    gst_buffer_list_insert (path->out_list, -1, g_steal_pointer (&path->out));
  else
    g_queue_push_tail (&path->ready_out, g_steal_pointer (&path->out));
}

void
e2ee_frame_path_push (E2eeFramePath * path, GstBuffer * buffer)
{
  if (path->regroup) {
    path->is_list = FALSE;
    e2ee_rtp_regroup_push (path->regroup, buffer);
    return;
  }
  path->stats.packets++;
  take_buffer (path, buffer);
  gst_buffer_unref (buffer);
}

void
e2ee_frame_path_push_list (E2eeFramePath * path, GstBufferList * list)
{
  guint length = gst_buffer_list_length (list);

  if (path->regroup) {
    path->is_list = TRUE;
    e2ee_rtp_regroup_push_list (path->regroup, list);
    return;
  }
  path->out_list = gst_buffer_list_new_sized (length);
  for (guint i = 0; i < length; i++) {
    path->stats.packets++;
    take_buffer (path, gst_buffer_list_get (list, i));
  }
  gst_buffer_list_unref (list);
  if (gst_buffer_list_length (path->out_list) > 0)
    g_queue_push_tail (&path->ready_out, g_steal_pointer (&path->out_list));
  g_clear_pointer (&path->out_list, gst_buffer_list_unref);
}

static GstMiniObject *
pull_frame (E2eeFramePath * path)
{
  GstBuffer *buffer;
  GstBufferList *list;

  if (!e2ee_rtp_regroup_pull (path->regroup, &buffer, &list))
    return NULL;
  return buffer ? GST_MINI_OBJECT_CAST (buffer) : GST_MINI_OBJECT_CAST (list);
}

/* Adds a buffer or a list. (transfer full) */
static void
add_to_list (GstBufferList * list, GstMiniObject * object)
{
  if (GST_IS_BUFFER (object)) {
    gst_buffer_list_add (list, GST_BUFFER_CAST (object));
    return;
  }
  for (guint i = 0; i < gst_buffer_list_length (GST_BUFFER_LIST_CAST (object)); i++)
    gst_buffer_list_add (list, gst_buffer_ref (gst_buffer_list_get (GST_BUFFER_LIST_CAST (object),
                i)));
  gst_mini_object_unref (object);
}

/* A frame's payloads that are protected one by one came as one list, and leave as one. */
GstMiniObject *
e2ee_frame_path_pull (E2eeFramePath * path)
{
  GstMiniObject *object, *next;
  GstBufferList *list;

  if (!path->regroup)
    return g_queue_pop_head (&path->ready_out);
  object = pull_frame (path);
  if (object == NULL || !path->is_list || path->packing == E2EE_FRAME_PATH_CODEC)
    return object;
  next = pull_frame (path);
  if (next == NULL)
    return object;
  list = gst_buffer_list_new ();
  add_to_list (list, object);
  for (; next != NULL; next = pull_frame (path))
    add_to_list (list, next);
  return GST_MINI_OBJECT_CAST (list);
}

void
e2ee_frame_path_flush (E2eeFramePath * path)
{
  g_queue_clear_full (&path->ready_out, (GDestroyNotify) gst_mini_object_unref);
  path->discont = FALSE;
  if (path->regroup)
    e2ee_rtp_regroup_flush (path->regroup);
}

void
e2ee_frame_path_drain (E2eeFramePath * path)
{
  if (path->regroup)
    e2ee_rtp_regroup_drain (path->regroup);
}

void
e2ee_frame_path_reset (E2eeFramePath * path)
{
  e2ee_frame_path_flush (path);
  g_clear_pointer (&path->regroup, e2ee_rtp_regroup_free);
  memset (&path->stats, 0, sizeof path->stats);
  path->codec = NULL;
  path->is_sound = path->is_picture = FALSE;
  path->ready = FALSE;
}

const E2eeRtpRegroupStats *
e2ee_frame_path_get_stats (const E2eeFramePath * path)
{
  return path->regroup ? e2ee_rtp_regroup_get_stats (path->regroup) : &path->stats;
}

guint8 *
e2ee_frame_path_write_begin (E2eeFramePath * path, gsize max_size)
{
  if (path->regroup)
    return e2ee_rtp_regroup_write_begin (path->regroup, max_size);
  path->out = gst_buffer_new_allocate (NULL, max_size, NULL);
  gst_buffer_map (path->out, &path->out_map, GST_MAP_WRITE);
  return path->out_map.data;
}

static void
stamp_packet (GstBuffer * packet, gpointer user_data)
{
  const Stamp *stamp = user_data;

  gst_buffer_set_e2ee_status_meta (packet, stamp->status, stamp->key_id, stamp->counter);
}

void
e2ee_frame_path_write_end (E2eeFramePath * path, gsize size, GstE2eeStatus * status,
    guint64 key_id, guint64 counter)
{
  Stamp stamp = { status, key_id, counter };

  if (path->regroup) {
    e2ee_rtp_regroup_write_end (path->regroup, size, stamp_packet, &stamp);
    return;
  }
  gst_buffer_unmap (path->out, &path->out_map);
  memset (&path->out_map, 0, sizeof path->out_map);
  gst_buffer_set_size (path->out, size);
  gst_buffer_copy_into (path->out, path->in, GST_BUFFER_COPY_METADATA, 0, -1);
  stamp_packet (path->out, &stamp);
}

gboolean
e2ee_frame_path_is_key_frame (E2eeFramePath * path, const E2eeFrame * frame)
{
  const E2eeRtpPacking *packing;
  E2eeRtpPayload payload;

  if (!frame->is_payload || path->codec == NULL)
    return e2ee_codec_is_key_frame (frame->codec, frame->data);

  packing = path->codec->packing;
  if (!packing->parse (frame->data.data, frame->data.size, &payload)
      || payload.start == E2EE_RTP_START_NO)
    return FALSE;
  if (packing->is_entry != NULL)
    return packing->is_entry (frame->data.data, frame->data.size);
  return e2ee_codec_is_key_frame (frame->codec,
      E2EE_BYTES (frame->data.data + payload.descriptor_size,
          frame->data.size - payload.descriptor_size));
}

void
e2ee_frame_path_not_whole (E2eeFramePath * path)
{
  if (path->regroup)
    e2ee_rtp_regroup_not_whole (path->regroup);
}

E2eeHeldFrame *
e2ee_frame_path_hold (E2eeFramePath * path)
{
  E2eeHeldFrame *held = g_new0 (E2eeHeldFrame, 1);

  if (path->regroup)
    held->packets = e2ee_rtp_regroup_hold (path->regroup);
  else
    held->buffer = gst_buffer_ref (path->in);
  return held;
}

void
e2ee_frame_path_replay (E2eeFramePath * path, E2eeHeldFrame * held)
{
  if (path->regroup && held->packets)
    e2ee_rtp_regroup_replay (path->regroup, g_steal_pointer (&held->packets));
  else if (!path->regroup && held->buffer)
    take_buffer (path, held->buffer);
  e2ee_held_frame_free (held);
}

void
e2ee_held_frame_free (E2eeHeldFrame * held)
{
  g_clear_pointer (&held->packets, e2ee_rtp_held_free);
  gst_clear_buffer (&held->buffer);
  g_free (held);
}
