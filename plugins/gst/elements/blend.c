/* Blending the badge, in the frame's own format.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * The plate is opaque but for its corners, so that almost all of a row is one memcpy; unpacking
 * whole rows of the frame to blend them, as GStreamer's own function does, costs a hundred times
 * as much. */
#include "elements/blend.h"

#include <math.h>
#include <string.h>

#define N_COLOURS 3

/* One row of one plane, from byte @start of the frame's row on. */
typedef struct
{
  gint first, end;              /* bytes that are not wholly transparent */
  gint solid, solid_end;        /* the opaque run among them */
} Span;

typedef struct
{
  gint row;                     /* of the frame's plane */
  gint start;                   /* byte in the frame's row */
  gint n_rows;
  gint size;                    /* bytes in a row of ours */
  guint8 *colour;               /* premultiplied */
  guint8 *alpha;
  Span *spans;
} Plane;

struct _E2eeBlend
{
  guint n_planes;               /* 0: composition */
  Plane planes[GST_VIDEO_MAX_PLANES];
  gint alpha_offset;            /* in pixels of four bytes that have their own; else -1 */
  GstVideoOverlayComposition *composition;

  /* UYVP of odd width: rows of the frame with room for a whole last pair of pixels */
  gboolean rows_overrun;
  GstVideoInfo rows_info;
  GstVideoRectangle place;

  /* RGB8P */
  E2eeBadge *badge;
  guint32 palette[256];
  guint8 *indices;
};

/* The badge as components of the frame's format, 0 to 255, premultiplied; the fourth is alpha. */
typedef struct
{
  gint width, height;
  gfloat *samples;
} Picture;

static gint
max_sub (const GstVideoFormatInfo * finfo, const guint * subs)
{
  gint result = 0;

  for (guint c = 0; c < finfo->n_components; c++)
    result = MAX (result, (gint) subs[c]);
  return result;
}

gint
e2ee_blend_get_align_x (const GstVideoInfo * info)
{
  return 1 << max_sub (info->finfo, info->finfo->w_sub);
}

gint
e2ee_blend_get_align_y (const GstVideoInfo * info)
{
  gint align = 1 << max_sub (info->finfo, info->finfo->h_sub);

  return GST_VIDEO_INFO_IS_INTERLACED (info) ? 2 * align : align;
}

/* Components of one byte each at a regular distance: the format's description says all that is
 * needed. */
static gboolean
is_direct (const GstVideoFormatInfo * finfo)
{
  const guint not_simple = GST_VIDEO_FORMAT_FLAG_COMPLEX | GST_VIDEO_FORMAT_FLAG_TILED
      | GST_VIDEO_FORMAT_FLAG_PALETTE;

  /* The description of VYUY swaps what GStreamer's own unpacking of it does not (measured with
   * 1.22). */
  if ((finfo->flags & not_simple) != 0 || finfo->bits != 8
      || finfo->format == GST_VIDEO_FORMAT_VYUY)
    return FALSE;
  for (guint c = 0; c < finfo->n_components; c++)
    if (finfo->depth[c] != 8 || finfo->shift[c] != 0 || finfo->pixel_stride[c] == 0)
      return FALSE;
  /* An alpha of its own is blended too, where it stands beside the colours. (AV12 has one and
   * lacks the flag.) */
  return finfo->n_components != 4
      || (finfo->n_planes == 1 && finfo->pixel_stride[0] == 4 && finfo->w_sub[1] == 0);
}

/* The matrix and range of the frame, not of the badge: BT.601 coefficients on a BT.709 frame
 * would shift every hue. */
static Picture
convert_picture (const GstVideoInfo * info, const GstVideoFormatInfo * finfo,
    const E2eeBadge * badge)
{
  Picture picture = { badge->width, badge->height, NULL };
  gsize n = (gsize) badge->width * badge->height;
  gint offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];
  gdouble kr = 0.299, kb = 0.114;
  gboolean rgb = GST_VIDEO_FORMAT_INFO_IS_RGB (finfo);

  if (!rgb && !gst_video_color_matrix_get_Kr_Kb (info->colorimetry.matrix, &kr, &kb)
      && info->height > 576) {
    kr = 0.2126;
    kb = 0.0722;
  }
  gst_video_color_range_offsets (info->colorimetry.range, finfo, offset, scale);

  picture.samples = g_new (gfloat, 4 * n);
  for (gsize i = 0; i < n; i++) {
    guint32 pixel = badge->pixels[i];
    gdouble alpha = (pixel >> 24) / 255.0;
    gdouble colour[N_COLOURS];
    gfloat *out = picture.samples + 4 * i;

    for (guint c = 0; c < N_COLOURS; c++)
      colour[c] = (pixel >> (16 - 8 * c) & 0xff) / 255.0;
    if (!rgb) {
      gdouble r = colour[0], g = colour[1], b = colour[2];
      gdouble y = kr * r + (1 - kr - kb) * g + kb * b;

      colour[0] = y;
      colour[1] = (b - y) / (2 * (1 - kb));
      colour[2] = (r - y) / (2 * (1 - kr));
    }
    /* Colours are premultiplied, so only the offset must still be. */
    for (guint c = 0; c < N_COLOURS; c++) {
      gint k = MIN (c, finfo->n_components - 1);

      out[c] = colour[c] * (k == (gint) c ? scale[c] : scale[0])
          + alpha * (k == (gint) c ? offset[c] : offset[0]);
    }
    out[3] = alpha * 255;
  }
  return picture;
}

/* The first of the luma rows, counted from the badge's first, that row @row of a component
 * shares, and their distance. */
static void
shared_rows (gint row, gint h_sub, gboolean interlaced, gint * first, gint * step)
{
  if (interlaced) {
    *first = (row >> 1) * (2 << h_sub) + (row & 1);
    *step = 2;
  } else {
    *first = row << h_sub;
    *step = 1;
  }
}

/* The mean of what one sample of a component covers, as far as it lies inside of the frame. */
static void
average (const Picture * picture, gint component, gint col, gint w_sub, gint first, gint step,
    gint h_sub, gint max_width, gint max_height, guint8 * colour, guint8 * alpha)
{
  gfloat colour_sum = 0, alpha_sum = 0;
  gint n = 0;

  for (gint j = 0; j < 1 << h_sub; j++) {
    gint y = first + j * step;

    for (gint x = col << w_sub; x < (col + 1) << w_sub; x++) {
      if (x >= max_width || y >= max_height)
        continue;
      n++;
      if (x < picture->width && y < picture->height) {
        const gfloat *sample = picture->samples + 4 * ((gsize) y * picture->width + x);

        colour_sum += sample[component];
        alpha_sum += sample[3];
      }
    }
  }
  *colour = n > 0 ? CLAMP (lroundf (colour_sum / n), 0, 255) : 0;
  *alpha = n > 0 ? CLAMP (lroundf (alpha_sum / n), 0, 255) : 0;
}

static void
find_span (const guint8 * alpha, gint size, Span * span)
{
  gint i = 0, end = size;

  while (i < end && alpha[i] == 0)
    i++;
  while (end > i && alpha[end - 1] == 0)
    end--;
  span->first = i;
  span->end = end;

  while (i < end && alpha[i] != 255)
    i++;
  span->solid = i;
  while (i < end && alpha[i] == 255)
    i++;
  span->solid_end = i;
}

static void
plane_init (Plane * plane, guint index, const GstVideoInfo * info, gboolean interlaced,
    const Picture * picture, gint x, gint y)
{
  const GstVideoFormatInfo *finfo = info->finfo;
  gint max_width = GST_VIDEO_INFO_WIDTH (info) - x;
  gint max_height = GST_VIDEO_INFO_FIELD_HEIGHT (info) - y;
  gint h_sub = 0;

  for (guint c = 0; c < finfo->n_components; c++) {
    if (finfo->plane[c] != index)
      continue;
    h_sub = finfo->h_sub[c];
    plane->start = (x >> finfo->w_sub[c]) * finfo->pixel_stride[c];
    plane->size = MAX (plane->size, finfo->pixel_stride[c]
        * GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, c, picture->width));
  }

  plane->row = y >> h_sub;
  if (interlaced)
    plane->n_rows = 2 * ((picture->height + (2 << h_sub) - 1) / (2 << h_sub));
  else
    plane->n_rows = (picture->height + (1 << h_sub) - 1) >> h_sub;
  plane->n_rows = MIN (plane->n_rows, ((max_height + (1 << h_sub) - 1) >> h_sub));
  plane->colour = g_malloc0 ((gsize) plane->n_rows * plane->size);
  plane->alpha = g_malloc0 ((gsize) plane->n_rows * plane->size);
  plane->spans = g_new0 (Span, plane->n_rows);

  for (gint row = 0; row < plane->n_rows; row++) {
    guint8 *colour = plane->colour + (gsize) row * plane->size;
    guint8 *alpha = plane->alpha + (gsize) row * plane->size;
    gint first, step;

    shared_rows (row, h_sub, interlaced, &first, &step);
    for (guint c = 0; c < finfo->n_components; c++) {
      gint stride = finfo->pixel_stride[c], w_sub = finfo->w_sub[c];
      gint n_cols = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, c, picture->width);

      if (finfo->plane[c] != index)
        continue;
      for (gint col = 0; col < n_cols; col++) {
        gint at = col * stride + finfo->poffset[c];

        average (picture, c, col, w_sub, first, step, h_sub, max_width, max_height,
            &colour[at], &alpha[at]);
        /* The unused byte of xRGB and its kin goes along, so that the opaque run stays one. */
        if (stride == 4 && finfo->n_planes == 1 && finfo->n_components == 3 && w_sub == 0 && c == 0)
          for (gint pad = col * 4; pad < col * 4 + 4; pad++)
            if (pad != at)
              colour[pad] = alpha[pad] = alpha[at];
      }
    }
    find_span (alpha, plane->size, &plane->spans[row]);
  }
}

static GstVideoOverlayComposition *
composition_from_pixels (guint32 * pixels, GstVideoFormat format, gint width, gint height, gint x,
    gint y, GstVideoOverlayFormatFlags flags)
{
  gsize size = (gsize) width * height * 4;
  GstBuffer *buffer = gst_buffer_new_wrapped (pixels, size);
  GstVideoOverlayRectangle *rectangle;
  GstVideoOverlayComposition *composition;

  gst_buffer_add_video_meta (buffer, GST_VIDEO_FRAME_FLAG_NONE, format, width, height);
  rectangle = gst_video_overlay_rectangle_new_raw (buffer, x, y, width, height, flags);
  composition = gst_video_overlay_composition_new (rectangle);
  gst_video_overlay_rectangle_unref (rectangle);
  gst_buffer_unref (buffer);
  return composition;
}

GstVideoOverlayComposition *
e2ee_blend_create_composition (const E2eeBadge * badge, gint x, gint y)
{
  gsize size = (gsize) badge->width * badge->height * 4;

  return composition_from_pixels (g_memdup2 (badge->pixels, size),
      GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, badge->width, badge->height, x, y,
      GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
}

/* AYUV in the frame's own matrix and range: GStreamer's conversion knows BT.601 alone. */
static GstVideoOverlayComposition *
create_yuv_composition (const GstVideoInfo * info, const E2eeBadge * badge, gint x, gint y)
{
  const GstVideoFormatInfo *finfo =
      gst_video_format_get_info (GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_YUV);
  Picture picture = convert_picture (info, finfo, badge);
  gsize n = (gsize) badge->width * badge->height;
  guint32 *pixels = g_new0 (guint32, n);

  for (gsize i = 0; i < n; i++) {
    const gfloat *sample = picture.samples + 4 * i;
    guint8 *out = (guint8 *) &pixels[i];

    if (sample[3] <= 0)
      continue;
    for (guint c = 0; c < N_COLOURS; c++)
      out[finfo->poffset[c]] = CLAMP (lroundf (sample[c] * 255 / sample[3]), 0, 255);
    out[finfo->poffset[3]] = lroundf (sample[3]);
  }
  g_free (picture.samples);
  return composition_from_pixels (pixels, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_YUV, badge->width,
      badge->height, x, y, GST_VIDEO_OVERLAY_FORMAT_FLAG_NONE);
}

E2eeBlend *
e2ee_blend_new (const GstVideoInfo * info, gboolean interlaced, const E2eeBadge * badge, gint x,
    gint y)
{
  E2eeBlend *blend = g_new0 (E2eeBlend, 1);
  const GstVideoFormatInfo *finfo = info->finfo;
  Picture picture;

  blend->alpha_offset = -1;
  blend->place = (GstVideoRectangle) { x, y, badge->width, badge->height };
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (finfo)) {
    blend->badge = e2ee_badge_copy (badge);
    return blend;
  }
  if (!is_direct (finfo)) {
    gint width = GST_ROUND_UP_2 (GST_VIDEO_INFO_WIDTH (info));

    blend->rows_overrun = finfo->format == GST_VIDEO_FORMAT_UYVP
        && width / 2 * 5 > GST_VIDEO_INFO_PLANE_STRIDE (info, 0);
    if (blend->rows_overrun)
      gst_video_info_set_format (&blend->rows_info, finfo->format, width + 2, badge->height);
    if (GST_VIDEO_FORMAT_INFO_IS_RGB (finfo))
      blend->composition = e2ee_blend_create_composition (badge, x, y);
    else
      blend->composition = create_yuv_composition (info, badge, x, blend->rows_overrun ? 0 : y);
    return blend;
  }

  picture = convert_picture (info, finfo, badge);
  blend->n_planes = finfo->n_planes;
  if (finfo->n_components == 4
      && !(GST_VIDEO_INFO_FLAGS (info) & GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA))
    blend->alpha_offset = finfo->poffset[3];
  for (guint p = 0; p < finfo->n_planes; p++)
    plane_init (&blend->planes[p], p, info, interlaced, &picture, x, y);
  g_free (picture.samples);
  return blend;
}

void
e2ee_blend_free (E2eeBlend * blend)
{
  if (blend == NULL)
    return;
  for (guint p = 0; p < blend->n_planes; p++) {
    g_free (blend->planes[p].colour);
    g_free (blend->planes[p].alpha);
    g_free (blend->planes[p].spans);
  }
  if (blend->composition != NULL)
    gst_video_overlay_composition_unref (blend->composition);
  e2ee_badge_free (blend->badge);
  g_free (blend->indices);
  g_free (blend);
}

gboolean
e2ee_blend_is_direct (const E2eeBlend * blend)
{
  return blend->n_planes > 0;
}

/* x / 255, rounded, for x up to 255 * 255. */
static inline guint
div255 (guint x)
{
  x += 128;
  return (x + (x >> 8)) >> 8;
}

static void
blend_bytes (guint8 * frame, const guint8 * colour, const guint8 * alpha, gint n)
{
  for (gint i = 0; i < n; i++)
    frame[i] = colour[i] + div255 (frame[i] * (255 - alpha[i]));
}

/* Over a pixel that is transparent itself, and whose colours are not premultiplied. */
static void
blend_pixels (guint8 * frame, const guint8 * colour, const guint8 * alpha, gint n,
    gint alpha_offset)
{
  for (gint i = 0; i < n; i += 4) {
    guint below = div255 (frame[i + alpha_offset] * (255 - alpha[i]));
    guint sum = alpha[i] + below;

    if (alpha[i] == 0 || sum == 0)
      continue;
    for (gint c = i; c < i + 4; c++)
      if (c != i + alpha_offset)
        frame[c] = MIN (255, (colour[c] * 255 + frame[c] * below + sum / 2) / sum);
    frame[i + alpha_offset] = sum;
  }
}

static void
draw_plane (const E2eeBlend * blend, const Plane * plane, guint8 * data, gint stride)
{
  for (gint row = 0; row < plane->n_rows; row++) {
    const Span *span = &plane->spans[row];
    const guint8 *colour = plane->colour + (gsize) row * plane->size;
    const guint8 *alpha = plane->alpha + (gsize) row * plane->size;
    guint8 *frame = data + (gssize) (plane->row + row) * stride + plane->start;
    gint left = span->solid - span->first, right = span->end - span->solid_end;

    memcpy (frame + span->solid, colour + span->solid, span->solid_end - span->solid);
    if (blend->alpha_offset >= 0) {
      blend_pixels (frame + span->first, colour + span->first, alpha + span->first, left,
          blend->alpha_offset);
      blend_pixels (frame + span->solid_end, colour + span->solid_end, alpha + span->solid_end,
          right, blend->alpha_offset);
    } else {
      blend_bytes (frame + span->first, colour + span->first, alpha + span->first, left);
      blend_bytes (frame + span->solid_end, colour + span->solid_end, alpha + span->solid_end,
          right);
    }
  }
}

/* GStreamer packs UYVP in pairs of pixels and writes past the row, or the frame, where its stride
 * has no room for the second of the last pair.  So it gets roomier rows. */
static gboolean
draw_on_roomy_rows (const E2eeBlend * blend, GstVideoFrame * frame)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&blend->rows_info), NULL);
  gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  guint8 *data = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gboolean drawn = FALSE;
  GstVideoFrame rows;

  if (!gst_video_frame_map (&rows, &blend->rows_info, buffer, GST_MAP_READWRITE))
    goto out;
  {
    gint room = GST_VIDEO_FRAME_PLANE_STRIDE (&rows, 0);
    guint8 *copy = GST_VIDEO_FRAME_PLANE_DATA (&rows, 0);
    gint size = MIN (stride, room);

    data += (gssize) blend->place.y * stride;
    for (gint row = 0; row < blend->place.h; row++)
      memcpy (copy + row * room, data + row * stride, size);
    drawn = gst_video_overlay_composition_blend (blend->composition, &rows);
    for (gint row = 0; row < blend->place.h; row++)
      memcpy (data + row * stride, copy + row * room, size);
  }
  gst_video_frame_unmap (&rows);

out:
  gst_buffer_unref (buffer);
  return drawn;
}

static guint8
nearest_index (const guint32 * palette, guint32 colour)
{
  guint nearest = 0, least = G_MAXUINT;

  for (guint i = 0; i < 256; i++) {
    guint distance = 0;

    for (guint shift = 0; shift < 24; shift += 8) {
      gint d = (gint) (palette[i] >> shift & 0xff) - (gint) (colour >> shift & 0xff);

      distance += d * d;
    }
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

/* The frame's own palette stays, since every other pixel depends on it; GStreamer would put
 * another in its place. */
static gboolean
draw_with_palette (E2eeBlend * blend, GstVideoFrame * frame)
{
  const E2eeBadge *badge = blend->badge;
  gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  guint8 *data = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gsize n = (gsize) badge->width * badge->height;

  if (blend->indices == NULL
      || memcmp (blend->palette, GST_VIDEO_FRAME_PLANE_DATA (frame, 1), sizeof (blend->palette))) {
    memcpy (blend->palette, GST_VIDEO_FRAME_PLANE_DATA (frame, 1), sizeof (blend->palette));
    if (blend->indices == NULL)
      blend->indices = g_malloc (n);
    for (gsize i = 0; i < n; i++)
      blend->indices[i] = nearest_index (blend->palette, badge->pixels[i]);
  }

  for (gint row = 0; row < badge->height; row++) {
    guint8 *frame_row = data + (gssize) (blend->place.y + row) * stride + blend->place.x;
    gsize start = (gsize) row * badge->width;

    for (gint col = 0; col < badge->width; col++)
      if (badge->pixels[start + col] >> 24 >= 128)
        frame_row[col] = blend->indices[start + col];
  }
  return TRUE;
}

gboolean
e2ee_blend_draw (E2eeBlend * blend, GstVideoFrame * frame)
{
  if (blend->badge != NULL)
    return draw_with_palette (blend, frame);
  if (blend->rows_overrun)
    return draw_on_roomy_rows (blend, frame);
  if (blend->composition != NULL)
    return gst_video_overlay_composition_blend (blend->composition, frame);

  for (guint p = 0; p < blend->n_planes; p++)
    draw_plane (blend, &blend->planes[p], GST_VIDEO_FRAME_PLANE_DATA (frame, p),
        GST_VIDEO_FRAME_PLANE_STRIDE (frame, p));
  return TRUE;
}
