/* Pictures and sound that tell by themselves whose they are and which (meeting-film.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-film.h"

#include "common/picture.h"

#include <gst/video/video.h>
#include <math.h>
#include <string.h>

/* Both repeat without a seam: the ball moves on, and every pitch is a whole number of Hz. */
#define N_PICTURES 50
#define N_SOUNDS 50

/* Fields of 16x16 in two rows at the top, wide enough to outlive any quantizer: number, sender and a
 * checksum. */
#define FIELD 16
#define FIELDS_IN_ROW (FILM_WIDTH / FIELD)
#define NUMBER_BITS 12
#define SENDER_BITS 4
#define N_BITS 20
#define DARK 64
#define LIGHT 176

#define RATE 48000
#define SILENCE 1e-5

static GPtrArray *pictures;
static GPtrArray *sounds[16];   /* by sender */

void
film_forget (void)
{
  g_clear_pointer (&pictures, g_ptr_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (sounds); i++)
    g_clear_pointer (&sounds[i], g_ptr_array_unref);
}

static GPtrArray *
take (const gchar * description)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  GstElement *sink;
  GstSample *sample;

  fail_unless (error == NULL, "%s", error ? error->message : "");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (g_signal_emit_by_name (sink, "pull-sample", &sample), sample) {
    g_ptr_array_add (all, gst_buffer_copy_deep (gst_sample_get_buffer (sample)));
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  return all;
}

static guint
checksum (guint bits)
{
  return ((bits >> 12) ^ (bits >> 8) ^ (bits >> 4) ^ bits ^ 0x5) & 0xf;
}

static void
burn (GstVideoFrame * frame, guint bits)
{
  guint8 *luma = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

  for (guint i = 0; i < N_BITS; i++) {
    guint8 *field = luma + (i / FIELDS_IN_ROW) * FIELD * stride + (i % FIELDS_IN_ROW) * FIELD;

    for (guint row = 0; row < FIELD; row++)
      memset (field + row * stride, bits >> i & 1 ? 235 : 16, FIELD);
  }
}

/* The grid of a picture that has no pad. */
static void
make_grid (GstBuffer * picture, guint8 * grid)
{
  GstPad *pad = gst_pad_new ("grid", GST_PAD_SRC);
  GstCaps *caps = gst_caps_from_string (FILM_VIDEO_CAPS);

  gst_pad_set_active (pad, TRUE);
  gst_pad_push_event (pad, gst_event_new_stream_start ("grid"));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  fail_unless (picture_thumbnail (pad, picture, grid));
  gst_pad_set_active (pad, FALSE);
  gst_caps_unref (caps);
  gst_object_unref (pad);
}

GstBuffer *
film_picture (guint sender, guint number, guint8 grid[FILM_GRID])
{
  GstBuffer *picture;
  GstVideoInfo info;
  GstVideoFrame frame;
  guint bits = number | sender << NUMBER_BITS;

  if (pictures == NULL)
    pictures = take ("videotestsrc num-buffers=" G_STRINGIFY (N_PICTURES) " pattern=ball ! "
        FILM_VIDEO_CAPS " ! appsink name=sink sync=false");
  fail_unless_equals_int (pictures->len, N_PICTURES);
  picture = gst_buffer_copy_deep (g_ptr_array_index (pictures, number % N_PICTURES));
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, FILM_WIDTH, FILM_HEIGHT);
  fail_unless (gst_video_frame_map (&frame, &info, picture, GST_MAP_READWRITE));
  burn (&frame, bits | checksum (bits) << (NUMBER_BITS + SENDER_BITS));
  gst_video_frame_unmap (&frame);
  GST_BUFFER_PTS (picture) = number * FILM_PICTURE_MS * GST_MSECOND;
  GST_BUFFER_DURATION (picture) = FILM_PICTURE_MS * GST_MSECOND;
  make_grid (picture, grid);
  return picture;
}

gboolean
film_read (GstPad * pad, GstBuffer * picture, guint * sender, guint * number,
    guint8 grid[FILM_GRID])
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;
  GstVideoFrame frame;
  guint bits = 0;
  gboolean readable = TRUE;

  fail_unless (gst_video_info_from_caps (&info, caps));
  gst_caps_unref (caps);
  fail_unless (gst_video_frame_map (&frame, &info, picture, GST_MAP_READ));
  for (guint i = 0; i < N_BITS; i++) {
    gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
    const guint8 *field = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
        + (i / FIELDS_IN_ROW) * FIELD * stride + (i % FIELDS_IN_ROW) * FIELD;
    guint sum = 0;

    for (guint row = 4; row < FIELD - 4; row++)
      for (guint column = 4; column < FIELD - 4; column++)
        sum += field[row * stride + column];
    sum /= (FIELD - 8) * (FIELD - 8);
    readable &= sum < DARK || sum > LIGHT;
    bits |= (sum > LIGHT) << i;
  }
  gst_video_frame_unmap (&frame);
  *number = bits & ((1 << NUMBER_BITS) - 1);
  *sender = bits >> NUMBER_BITS & ((1 << SENDER_BITS) - 1);
  fail_unless (picture_thumbnail (pad, picture, grid));
  return readable
      && bits >> (NUMBER_BITS + SENDER_BITS) == checksum (bits & 0xffff);
}

gdouble
film_difference (const guint8 * one, const guint8 * other)
{
  guint sum = 0;

  for (guint i = 0; i < FILM_GRID; i++)
    sum += ABS ((gint) one[i] - (gint) other[i]);
  return (gdouble) sum / FILM_GRID;
}

static guint
pitch (guint sender)
{
  return 500 + 300 * sender;
}

GstBuffer *
film_sound (guint sender, guint number)
{
  GstBuffer *sound;

  if (sounds[sender] == NULL) {
    gchar *description = g_strdup_printf ("audiotestsrc num-buffers=%u samplesperbuffer=%u "
        "freq=%u ! " FILM_AUDIO_CAPS " ! appsink name=sink sync=false", N_SOUNDS,
        RATE / 1000 * FILM_SOUND_MS, pitch (sender));

    sounds[sender] = take (description);
    g_free (description);
  }
  sound = gst_buffer_copy (g_ptr_array_index (sounds[sender], number % N_SOUNDS));
  GST_BUFFER_PTS (sound) = number * FILM_SOUND_MS * GST_MSECOND;
  GST_BUFFER_DURATION (sound) = FILM_SOUND_MS * GST_MSECOND;
  GST_BUFFER_OFFSET (sound) = GST_BUFFER_OFFSET_END (sound) = GST_BUFFER_OFFSET_NONE;
  return sound;
}

/* The energy at the pitch is a projection on its sine and cosine. */
gdouble
film_purity (GstBuffer * buffer, guint sender)
{
  gdouble step = 2 * G_PI * pitch (sender) / RATE, sine = 0, cosine = 0, energy = 0;
  const gint16 *samples;
  GstMapInfo map;
  gsize n;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  samples = (const gint16 *) map.data;
  n = map.size / sizeof *samples;
  for (gsize i = 0; i < n; i++) {
    gdouble sample = samples[i] / 32768.0;

    sine += sample * sin (step * i);
    cosine += sample * cos (step * i);
    energy += sample * sample;
  }
  gst_buffer_unmap (buffer, &map);
  if (n == 0 || energy / n < SILENCE)
    return -1;
  return 2 * (sine * sine + cosine * cosine) / (n * energy);
}
