/* Draws the slate (slate.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/slate.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <glib/gi18n-lib.h>
#include <pango/pangocairo.h>

/* Of the picture's height; smaller where the words need more room than the picture has. */
#define FONT_SIZE (1.0 / 14)
#define MARGIN (1.0 / 16)
#define SMALLEST_FONT 5         /* below that nobody can read it: a dark picture */

#define BACKGROUND 0x101418
#define WORDS 0xd0d4d8

typedef enum
{
  KIND_NONE,
  KIND_VIDEO,
  KIND_AUDIO
} Kind;

struct _E2eeSlate
{
  GstE2eePolicyFeature feature;
  Kind kind;
  GstVideoInfo video;
  GstAudioInfo audio;
  GstBuffer *picture;           /* drawn when it is needed first */
};

E2eeSlate *
e2ee_slate_new (void)
{
  return g_new0 (E2eeSlate, 1);
}

void
e2ee_slate_free (E2eeSlate * slate)
{
  if (slate == NULL)
    return;
  gst_clear_buffer (&slate->picture);
  g_free (slate);
}

void
e2ee_slate_set_feature (E2eeSlate * slate, GstE2eePolicyFeature feature)
{
  if (slate->feature != feature)
    gst_clear_buffer (&slate->picture);
  slate->feature = feature;
}

gboolean
e2ee_slate_set_caps (E2eeSlate * slate, const GstCaps * caps)
{
  GstCapsFeatures *features;

  gst_clear_buffer (&slate->picture);
  slate->kind = KIND_NONE;
  if (caps == NULL || !gst_caps_is_fixed (caps))
    return FALSE;

  features = gst_caps_get_features (caps, 0);
  if (!gst_caps_features_contains (features, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY))
    return FALSE;
  if (gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw")) {
    if (gst_video_info_from_caps (&slate->video, caps)
        && GST_VIDEO_INFO_FORMAT (&slate->video) != GST_VIDEO_FORMAT_ENCODED)
      slate->kind = KIND_VIDEO;
  } else if (gst_structure_has_name (gst_caps_get_structure (caps, 0), "audio/x-raw")) {
    if (gst_audio_info_from_caps (&slate->audio, caps))
      slate->kind = KIND_AUDIO;
  }
  return slate->kind != KIND_NONE;
}

static const gchar *
words (GstE2eePolicyFeature feature)
{
  switch (feature) {
    case GST_E2EE_POLICY_FEATURE_RECORDING:
      return _("Recording paused: this part of the meeting is private");
    case GST_E2EE_POLICY_FEATURE_STREAMING:
      return _("Stream paused: this part of the meeting is private");
    default:
      return _("Paused: this part of the meeting is private");
  }
}

/* In square pixels, within @width and @height.  FALSE when the words do not fit. */
static gboolean
lay_out (PangoLayout * layout, gdouble width, gdouble height)
{
  PangoFontDescription *font = pango_font_description_from_string ("Sans Bold");
  gdouble size = height * FONT_SIZE;
  gboolean fits = FALSE;

  pango_layout_set_width (layout, (gint) (width * (1 - 2 * MARGIN) * PANGO_SCALE));
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD);
  for (; !fits && size >= SMALLEST_FONT; size *= 0.85) {
    PangoRectangle logical;

    pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
    pango_layout_set_font_description (layout, font);
    pango_layout_get_extents (layout, NULL, &logical);
    fits = logical.height <= height * (1 - 2 * MARGIN) * PANGO_SCALE
        && logical.width <= width * (1 - 2 * MARGIN) * PANGO_SCALE;
  }
  pango_font_description_free (font);
  return fits && pango_layout_get_unknown_glyphs_count (layout) == 0;
}

static void
set_colour (cairo_t * cr, guint32 rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
}

/* Native-endian xRGB, rows without padding. */
static void
draw (guint32 * pixels, const GstVideoInfo * info, const gchar * text)
{
  /* A font map of our own: the default one would live as long as the streaming thread. */
  PangoFontMap *map = pango_cairo_font_map_new ();
  PangoContext *context = pango_font_map_create_context (map);
  PangoLayout *layout = pango_layout_new (context);
  cairo_surface_t *surface = cairo_image_surface_create_for_data ((guchar *) pixels,
      CAIRO_FORMAT_RGB24, info->width, info->height, info->width * 4);
  cairo_t *cr = cairo_create (surface);
  gdouble aspect = (gdouble) MAX (info->par_n, 1) / MAX (info->par_d, 1);

  set_colour (cr, BACKGROUND);
  cairo_paint (cr);
  cairo_scale (cr, 1 / aspect, 1);
  pango_layout_set_text (layout, text, -1);
  if (lay_out (layout, info->width * aspect, info->height)) {
    PangoRectangle logical;

    pango_layout_get_pixel_extents (layout, NULL, &logical);
    set_colour (cr, WORDS);
    cairo_move_to (cr, info->width * aspect * MARGIN, (info->height - logical.height) / 2.0);
    pango_cairo_show_layout (cr, layout);
  }

  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  g_object_unref (layout);
  g_object_unref (context);
  g_object_unref (map);
}

/* NULL when the picture cannot be converted. */
static GstBuffer *
draw_picture (const GstVideoInfo * info, const gchar * text)
{
  GstVideoInfo drawn_info;
  GstVideoConverter *converter = NULL;
  GstBuffer *drawn, *result = NULL;
  GstVideoFrame from, to;
  GstMapInfo map;

  gst_video_info_set_interlaced_format (&drawn_info,
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
      GST_VIDEO_FORMAT_BGRx,
#else
      GST_VIDEO_FORMAT_xRGB,
#endif
      GST_VIDEO_INFO_INTERLACE_MODE (info), info->width, info->height);
  drawn_info.par_n = info->par_n;
  drawn_info.par_d = info->par_d;
  drawn_info.fps_n = info->fps_n;
  drawn_info.fps_d = info->fps_d;
  drawn = gst_buffer_new_allocate (NULL, (gsize) info->width * info->height * 4, NULL);
  gst_buffer_map (drawn, &map, GST_MAP_WRITE);
  draw ((guint32 *) map.data, info, text);
  gst_buffer_unmap (drawn, &map);

  converter = gst_video_converter_new (&drawn_info, info, NULL);
  if (converter == NULL)
    goto out;
  result = gst_buffer_new_allocate (NULL, info->size, NULL);
  gst_buffer_memset (result, 0, 0, -1);
  if (!gst_video_frame_map (&from, &drawn_info, drawn, GST_MAP_READ))
    goto fail;
  if (!gst_video_frame_map (&to, info, result, GST_MAP_WRITE)) {
    gst_video_frame_unmap (&from);
    goto fail;
  }
  gst_video_converter_frame (converter, &from, &to);
  gst_video_frame_unmap (&to);
  gst_video_frame_unmap (&from);
  goto out;

fail:
  gst_clear_buffer (&result);
out:
  if (converter != NULL)
    gst_video_converter_free (converter);
  gst_buffer_unref (drawn);
  return result;
}

static GstBuffer *
silence (const GstAudioInfo * info, GstBuffer * buffer)
{
  GstBuffer *result = gst_buffer_new_allocate (NULL, gst_buffer_get_size (buffer), NULL);
  GstAudioMeta *meta = gst_buffer_get_audio_meta (buffer);
  GstMapInfo map;

  gst_buffer_map (result, &map, GST_MAP_WRITE);
  gst_audio_format_info_fill_silence (info->finfo, map.data, map.size);
  gst_buffer_unmap (result, &map);
  /* Where each channel of planar audio lies. */
  if (meta != NULL)
    gst_buffer_add_audio_meta (result, &meta->info, meta->samples, meta->offsets);
  return result;
}

GstBuffer *
e2ee_slate_make (E2eeSlate * slate, GstBuffer * buffer)
{
  GstBuffer *result = NULL;

  if (slate->kind == KIND_VIDEO) {
    if (slate->picture == NULL)
      slate->picture = draw_picture (&slate->video, words (slate->feature));
    if (slate->picture != NULL)
      result = gst_buffer_copy (slate->picture);
  } else if (slate->kind == KIND_AUDIO) {
    result = silence (&slate->audio, buffer);
  }
  if (result != NULL)
    gst_buffer_copy_into (result, buffer, GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  return result;
}
