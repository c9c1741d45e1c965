/* A strip outside of the picture (border.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/border.h"
#include "elements/overlaycaps.h"

#include <string.h>

/* -- Caps -- */

/* The highest picture that fits into @total rows together with its strip; 0 when there is none. */
static gint
highest_picture (gint total, E2eeBorderFunc strip, gpointer user_data)
{
  gint low = 0, high = total;

  if (total == G_MAXINT)
    return G_MAXINT;
  while (low < high) {
    gint middle = low + (high - low + 1) / 2;

    if (middle + (gint64) strip (user_data, middle) <= total)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

static gint
lowest_frame (gint picture, E2eeBorderFunc strip, gpointer user_data)
{
  return MIN (picture + (gint64) strip (user_data, picture), G_MAXINT);
}

static void
find_heights (const GValue * height, gint * low, gint * high)
{
  *low = 1;
  *high = G_MAXINT;
  if (height == NULL)
    return;
  if (G_VALUE_HOLDS_INT (height)) {
    *low = *high = g_value_get_int (height);
  } else if (GST_VALUE_HOLDS_INT_RANGE (height)) {
    *low = gst_value_get_int_range_min (height);
    *high = gst_value_get_int_range_max (height);
  } else if (GST_VALUE_HOLDS_LIST (height) && gst_value_list_get_size (height) > 0) {
    *low = G_MAXINT;
    *high = 1;
    for (guint i = 0; i < gst_value_list_get_size (height); i++) {
      gint first, last;

      find_heights (gst_value_list_get_value (height, i), &first, &last);
      *low = MIN (*low, first);
      *high = MAX (*high, last);
    }
  }
}

/* Appends @structure with heights from @low to @high; any memory becomes whole pictures and fields in
 * ordinary memory. */
static void
append (GstCaps * caps, const GstStructure * structure, const GstCapsFeatures * features, gint low,
    gint high)
{
  GstStructure *s = gst_structure_copy (structure);
  gboolean any = gst_caps_features_is_any (features);
  GstCapsFeatures *f = any ? gst_caps_features_new_empty () : gst_caps_features_copy (features);

  gst_caps_features_remove (f, GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION);
  if (low == high)
    gst_structure_set (s, "height", G_TYPE_INT, low, NULL);
  else
    gst_structure_set (s, "height", GST_TYPE_INT_RANGE, low, high, NULL);
  if (any)
    gst_caps_append_structure_full (caps, gst_structure_copy (s),
        gst_caps_features_new (GST_CAPS_FEATURE_FORMAT_INTERLACED, NULL));
  gst_caps_append_structure_full (caps, s, f);
}

/* Only pixels that can be copied: whatever memory a picture is in otherwise, nobody could put a
 * strip beside it. */
static GstCaps *
change_caps (const GstCaps * caps, gboolean for_sink, E2eeBorderFunc strip, gpointer user_data)
{
  GstCaps *result = gst_caps_new_empty ();

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    const GstStructure *s = gst_caps_get_structure (caps, i);
    const GstCapsFeatures *features = gst_caps_get_features (caps, i);
    gint low, high;

    if (!gst_caps_features_is_any (features) && !e2ee_overlay_caps_is_mappable (features))
      continue;
    find_heights (gst_structure_get_value (s, "height"), &low, &high);
    if (!for_sink) {
      gboolean fixed = low == high;

      low = lowest_frame (low, strip, user_data);
      append (result, s, features, low, fixed ? (gint) MIN (2 * (gint64) low, G_MAXINT)
          : G_MAXINT);
      continue;
    }
    high = highest_picture (high, strip, user_data);
    if (high < 1)
      continue;
    /* Preferably all of it; a lower picture fits too, with a wider strip. */
    if (high != G_MAXINT)
      append (result, s, features, high, high);
    append (result, s, features, MAX (1, MIN (high, low) / 2), high);
  }
  return result;
}

GstCaps *
e2ee_border_caps_for_sink (const GstCaps * downstream, E2eeBorderFunc strip, gpointer user_data)
{
  return change_caps (downstream, TRUE, strip, user_data);
}

GstCaps *
e2ee_border_caps_for_src (const GstCaps * upstream, E2eeBorderFunc strip, gpointer user_data)
{
  return change_caps (upstream, FALSE, strip, user_data);
}

/* -- Frames -- */

struct _E2eeBorder
{
  GstVideoInfo in;
  GstVideoInfo out;
  gint rows;                    /* of the picture, in a frame or field */
  gint strip_rows;
  gboolean at_top;
  gboolean picture_first;
  GstBufferPool *pool;
};

static gboolean
make_pool (E2eeBorder * self, const GstCaps * caps)
{
  GstStructure *config;

  self->pool = gst_video_buffer_pool_new ();
  config = gst_buffer_pool_get_config (self->pool);
  gst_buffer_pool_config_set_params (config, (GstCaps *) caps, GST_VIDEO_INFO_SIZE (&self->out), 2,
      0);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  return gst_buffer_pool_set_config (self->pool, config)
      && gst_buffer_pool_set_active (self->pool, TRUE);
}

E2eeBorder *
e2ee_border_new (const GstCaps * in, const GstCaps * out, gboolean at_top)
{
  E2eeBorder *self = g_new0 (E2eeBorder, 1);
  gboolean tiled;

  if (!gst_video_info_from_caps (&self->in, in) || !gst_video_info_from_caps (&self->out, out)
      || GST_VIDEO_INFO_WIDTH (&self->in) != GST_VIDEO_INFO_WIDTH (&self->out)
      || GST_VIDEO_INFO_FORMAT (&self->in) != GST_VIDEO_INFO_FORMAT (&self->out)
      || GST_VIDEO_INFO_HEIGHT (&self->in) >= GST_VIDEO_INFO_HEIGHT (&self->out)
      || !make_pool (self, out)) {
    e2ee_border_free (self);
    return NULL;
  }
  tiled = GST_VIDEO_FORMAT_INFO_IS_TILED (self->in.finfo);
  self->rows = GST_VIDEO_INFO_FIELD_HEIGHT (&self->in);
  self->strip_rows = GST_VIDEO_INFO_FIELD_HEIGHT (&self->out) - self->rows;
  self->at_top = at_top && !tiled && self->strip_rows % e2ee_blend_get_align_y (&self->in) == 0;
  /* Copying a picture copies whole tiles, and the palette that the strip needs. */
  self->picture_first = tiled || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (self->in.finfo);
  return self;
}

void
e2ee_border_free (E2eeBorder * self)
{
  if (self == NULL)
    return;
  if (self->pool != NULL) {
    gst_buffer_pool_set_active (self->pool, FALSE);
    gst_object_unref (self->pool);
  }
  g_free (self);
}

const GstVideoInfo *
e2ee_border_get_info (const E2eeBorder * self)
{
  return &self->out;
}

void
e2ee_border_get_strip (const E2eeBorder * self, GstVideoRectangle * strip)
{
  *strip = (GstVideoRectangle) { 0, 0, GST_VIDEO_INFO_WIDTH (&self->out), self->strip_rows };
  if (!self->at_top) {
    gint too_far = self->picture_first ? 0 : self->rows % e2ee_blend_get_align_y (&self->out);

    strip->y = self->rows - too_far;
    strip->h += too_far;
  }
}

/* The part of @frame where the picture belongs. */
static void
make_window (const E2eeBorder * self, const GstVideoFrame * frame, GstVideoFrame * window)
{
  const GstVideoFormatInfo *finfo = self->out.finfo;

  *window = *frame;
  window->info.height = self->in.height;
  if (!self->at_top)
    return;
  for (guint p = 0; p < finfo->n_planes; p++) {
    gint h_sub = 0;

    for (guint c = 0; c < finfo->n_components; c++)
      if (finfo->plane[c] == p)
        h_sub = finfo->h_sub[c];
    if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (finfo) && p == 1)
      continue;
    window->data[p] = (guint8 *) frame->data[p]
        + (gssize) (self->strip_rows >> h_sub) * GST_VIDEO_FRAME_PLANE_STRIDE (frame, p);
  }
}

/* What says where things are in memory or in the picture is no longer true; all else is. */
static gboolean
copy_meta (GstBuffer * from, GstMeta ** meta, gpointer to)
{
  const GstMetaInfo *info = (*meta)->info;
  GstMetaTransformCopy copy = { FALSE, 0, -1 };

  if (info->transform_func == NULL || info->api == GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE
      || gst_meta_api_type_has_tag (info->api, g_quark_from_static_string ("memory"))
      || gst_meta_api_type_has_tag (info->api,
          g_quark_from_static_string (GST_META_TAG_VIDEO_SIZE_STR))
      || gst_meta_api_type_has_tag (info->api,
          g_quark_from_static_string (GST_META_TAG_VIDEO_ORIENTATION_STR)))
    return TRUE;
  info->transform_func (to, *meta, from, _gst_meta_transform_copy, &copy);
  return TRUE;
}

static gboolean
draw_attached (GstBuffer * buffer, GstVideoFrame * window)
{
  gpointer iter = NULL;
  gboolean drawn = TRUE;
  GstMeta *meta;

  while (drawn && (meta = gst_buffer_iterate_meta_filtered (buffer, &iter,
              GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE)))
    drawn = gst_video_overlay_composition_blend (((GstVideoOverlayCompositionMeta *) meta)->overlay,
        window);
  return drawn;
}

/* All bytes of a row that hold something.  gst_video_frame_copy() leaves out the last pixel of packed
 * formats of odd width (measured with 1.22). */
static gint
row_size (const GstVideoFrame * frame, guint plane)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  gint stride = ABS (GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane)), size = 0;

  for (guint c = 0; c < finfo->n_components; c++) {
    if (finfo->plane[c] != plane)
      continue;
    if (finfo->pixel_stride[c] == 0 || (finfo->flags & GST_VIDEO_FORMAT_FLAG_COMPLEX))
      return stride;
    size = MAX (size, finfo->pixel_stride[c]
        * GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, c, frame->info.width));
  }
  return MIN (size, stride);
}

static gboolean
copy_picture (const E2eeBorder * self, GstVideoFrame * window, const GstVideoFrame * picture)
{
  const GstVideoFormatInfo *finfo = self->in.finfo;

  if (self->picture_first)
    return gst_video_frame_copy (window, picture);
  for (guint p = 0; p < finfo->n_planes; p++) {
    gint size = MIN (row_size (window, p), row_size (picture, p)), rows = self->rows;

    for (guint c = 0; c < finfo->n_components; c++)
      if (finfo->plane[c] == p)
        rows = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (finfo, c, self->rows);
    for (gint row = 0; row < rows; row++)
      memcpy ((guint8 *) window->data[p] + (gssize) row * GST_VIDEO_FRAME_PLANE_STRIDE (window, p),
          (guint8 *) picture->data[p] + (gssize) row * GST_VIDEO_FRAME_PLANE_STRIDE (picture, p),
          size);
  }
  return TRUE;
}

static gboolean
draw_picture (E2eeBorder * self, GstBuffer * buffer, GstVideoFrame * frame)
{
  GstVideoFrame picture, window;
  gboolean drawn;

  if (!gst_video_frame_map (&picture, &self->in, buffer,
          GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return FALSE;
  make_window (self, frame, &window);
  drawn = GST_VIDEO_FRAME_FORMAT (&picture) == GST_VIDEO_FRAME_FORMAT (frame)
      && GST_VIDEO_FRAME_WIDTH (&picture) >= GST_VIDEO_FRAME_WIDTH (&window)
      && GST_VIDEO_FRAME_HEIGHT (&picture) >= GST_VIDEO_FRAME_HEIGHT (&window)
      && copy_picture (self, &window, &picture) && draw_attached (buffer, &window);
  gst_video_frame_unmap (&picture);
  return drawn;
}

GstBuffer *
e2ee_border_draw (E2eeBorder * self, E2eeBlend * strip, GstBuffer * buffer)
{
  GstBuffer *result = NULL;
  GstVideoFrame frame;
  gboolean drawn;

  if (gst_buffer_pool_acquire_buffer (self->pool, &result, NULL) != GST_FLOW_OK)
    return NULL;
  gst_buffer_copy_into (result, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  gst_buffer_foreach_meta (buffer, copy_meta, result);
  if (!gst_video_frame_map (&frame, &self->out, result,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) {
    gst_buffer_unref (result);
    return NULL;
  }
  if (self->picture_first)
    drawn = draw_picture (self, buffer, &frame) && e2ee_blend_draw (strip, &frame);
  else
    drawn = e2ee_blend_draw (strip, &frame) && draw_picture (self, buffer, &frame);
  gst_video_frame_unmap (&frame);
  if (!drawn)
    gst_clear_buffer (&result);
  return result;
}
