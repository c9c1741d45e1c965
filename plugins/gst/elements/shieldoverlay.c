/* shieldoverlay: says on the picture itself how it is protected.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Lock order: the object lock guards the settings and is held for a copy only, never while
 * something is pushed, posted or notified; the report has a lock of its own, which is never held
 * together with it.  GstShieldOverlayStream belongs to the streaming thread.  The clock's thread
 * touches the report alone.
 *
 * Pads of its own instead of GstBaseTransform: whether the badge is attached or blended is known
 * only after the ALLOCATION query, and decides the caps that go downstream; GstBaseTransform
 * fixes the caps first. */

/**
 * SECTION:element-shieldoverlay
 * @title: shieldoverlay
 * @see_also: e2eedec, e2eepolicy
 *
 * Draws a shield, words and a colour on a dark plate over decoded video: off, switching, on,
 * verified, degraded or unknown.  The plate is there in every state, so that a shield painted
 * into the picture is covered or contradicted.
 *
 * The state is that of the #GstE2eeStatusMeta of each buffer.  A buffer without one is unknown,
 * unless the stream has said something by the sticky event `e2ee-status` since it began, since
 * the last buffer with a status of its own, and no longer ago than #GstShieldOverlay:timeout in
 * running time; events of several senders (behind a compositor) are merged to the weakest.  An
 * event never lifts what a buffer says of itself.
 *
 * Downstream elements that announce #GstVideoOverlayCompositionMeta in the ALLOCATION query get
 * the badge attached; for all others it is blended into the pixels, in every raw video format.
 * Memory that can be neither is refused (not negotiated): no picture goes on without its badge,
 * and no property hides it.
 *
 * Every change is one element message `e2ee-shield` on the bus with `state` (string, a nick of
 * #GstE2eeState), `text` (string, in the user's language) and `running-time` (guint64).  In
 * PLAYING a stream that falls silent for the timeout is reported as unknown too, by the clock.
 *
 * Place it last in front of the sink that a person looks at, never in front of an encoder: pixels
 * that are sent are somebody else's claim to everyone who receives them.
 *
 * ## Example pipeline
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=100 ! shieldoverlay ! videoconvert ! pngenc ! \
 *     multifilesink location=shield.png
 * ]| Nothing vouches for these pictures: the badge says "Status unknown".
 *
 * Since: 0.1
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "elements/elements.h"
#include "elements/blend.h"
#include "elements/overlaycaps.h"
#include "elements/shieldreport.h"
#include "elements/watch.h"

#include <math.h>
#include <gst/video/video.h>
#include <gst/video/gstvideometa.h>

GST_DEBUG_CATEGORY (shield_overlay_debug);
#define GST_CAT_DEFAULT shield_overlay_debug

/**
 * GstShieldOverlayHAlign:
 *
 * Where the badge stands, across.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_SHIELD_OVERLAY_HALIGN_LEFT,
  GST_SHIELD_OVERLAY_HALIGN_CENTER,
  GST_SHIELD_OVERLAY_HALIGN_RIGHT
} GstShieldOverlayHAlign;

/**
 * GstShieldOverlayVAlign:
 *
 * Where the badge stands, up and down.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_SHIELD_OVERLAY_VALIGN_TOP,
  GST_SHIELD_OVERLAY_VALIGN_CENTER,
  GST_SHIELD_OVERLAY_VALIGN_BOTTOM
} GstShieldOverlayVAlign;

#define N_STATES (GST_E2EE_STATE_DEGRADED + 1)

typedef struct
{
  GstShieldOverlayHAlign halign;
  GstShieldOverlayVAlign valign;
  gint xpad;
  gint ypad;
  gdouble relative_height;
  GstClockTime timeout;
} GstShieldOverlaySettings;

typedef struct
{
  GstShieldOverlaySettings settings;    /* copied at the start of a buffer */
  GstSegment segment;
  GstVideoInfo info;
  GstCaps *caps;                /* NULL: not negotiated */
  gboolean attach;
  gint window_width, window_height;     /* what the attached badge is placed in */
  GstVideoRectangle visible;    /* what the cached badges were placed in */
  E2eeBlend *blends[N_STATES][2];       /* by state, and interlaced or not */
  GstVideoOverlayComposition *compositions[N_STATES];
  E2eeWatch *watch;
} GstShieldOverlayStream;

#define GST_TYPE_SHIELD_OVERLAY (gst_shield_overlay_get_type ())
G_DECLARE_FINAL_TYPE (GstShieldOverlay, gst_shield_overlay, GST, SHIELD_OVERLAY, GstElement)

struct _GstShieldOverlay
{
  GstElement element;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* object lock */
  GstShieldOverlaySettings settings;

  E2eeShieldReport report;      /* has its own lock */

  /* streaming thread */
  GstShieldOverlayStream stream;
};

#define DEFAULT_HALIGNMENT GST_SHIELD_OVERLAY_HALIGN_LEFT
#define DEFAULT_VALIGNMENT GST_SHIELD_OVERLAY_VALIGN_BOTTOM
#define DEFAULT_XPAD (-1)
#define DEFAULT_YPAD (-1)
#define DEFAULT_RELATIVE_HEIGHT 0.05
#define DEFAULT_TIMEOUT (2 * GST_SECOND)

/* The bounds are what keeps the badge from being hidden by a setting: always legible, never out
 * of date for long. */
#define MIN_RELATIVE_HEIGHT 0.04
#define MAX_RELATIVE_HEIGHT 0.25
#define MIN_HEIGHT 28
#define MIN_TIMEOUT (100 * GST_MSECOND)
#define MAX_TIMEOUT (10 * GST_SECOND)

enum
{
  PROP_0,
  PROP_HALIGNMENT,
  PROP_VALIGNMENT,
  PROP_XPAD,
  PROP_YPAD,
  PROP_RELATIVE_HEIGHT,
  PROP_TIMEOUT,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* GST_VIDEO_FORMATS_ANY (1.24) adds what cannot be mapped; it can only be attached to. */
#ifdef GST_VIDEO_FORMATS_ANY
#define ANY_FORMATS GST_VIDEO_FORMATS_ANY
#else
#define ANY_FORMATS GST_VIDEO_FORMATS_ALL
#endif
#define TEMPLATE_CAPS GST_VIDEO_CAPS_MAKE (GST_VIDEO_FORMATS_ALL) ";" \
    GST_VIDEO_CAPS_MAKE_WITH_FEATURES ("ANY", ANY_FORMATS)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK,
    GST_PAD_ALWAYS, GST_STATIC_CAPS (TEMPLATE_CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC,
    GST_PAD_ALWAYS, GST_STATIC_CAPS (TEMPLATE_CAPS));

#define GST_TYPE_SHIELD_OVERLAY_HALIGN (gst_shield_overlay_halign_get_type ())
static GType
gst_shield_overlay_halign_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_SHIELD_OVERLAY_HALIGN_LEFT, "Left", "left"},
    {GST_SHIELD_OVERLAY_HALIGN_CENTER, "Centre", "center"},
    {GST_SHIELD_OVERLAY_HALIGN_RIGHT, "Right", "right"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstShieldOverlayHAlign", values));
  return type;
}

#define GST_TYPE_SHIELD_OVERLAY_VALIGN (gst_shield_overlay_valign_get_type ())
static GType
gst_shield_overlay_valign_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_SHIELD_OVERLAY_VALIGN_TOP, "Top", "top"},
    {GST_SHIELD_OVERLAY_VALIGN_CENTER, "Centre", "center"},
    {GST_SHIELD_OVERLAY_VALIGN_BOTTOM, "Bottom", "bottom"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstShieldOverlayVAlign", values));
  return type;
}

G_DEFINE_TYPE_WITH_CODE (GstShieldOverlay, gst_shield_overlay, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (shield_overlay_debug, "shieldoverlay", 0,
        "end-to-end encryption shield"));
GST_ELEMENT_REGISTER_DEFINE (shieldoverlay, "shieldoverlay", GST_RANK_NONE,
    GST_TYPE_SHIELD_OVERLAY);

/* -- The badges -- */

static void
gst_shield_overlay_drop_badges (GstShieldOverlay * self)
{
  for (guint s = 0; s < N_STATES; s++) {
    g_clear_pointer (&self->stream.blends[s][0], e2ee_blend_free);
    g_clear_pointer (&self->stream.blends[s][1], e2ee_blend_free);
    g_clear_pointer (&self->stream.compositions[s], gst_video_overlay_composition_unref);
  }
}

static void
gst_shield_overlay_take_settings (GstShieldOverlay * self)
{
  GstShieldOverlaySettings *mine = &self->stream.settings;
  gboolean same;

  GST_OBJECT_LOCK (self);
  same = mine->halign == self->settings.halign && mine->valign == self->settings.valign
      && mine->xpad == self->settings.xpad && mine->ypad == self->settings.ypad
      && mine->relative_height == self->settings.relative_height;
  *mine = self->settings;
  GST_OBJECT_UNLOCK (self);
  if (!same)
    gst_shield_overlay_drop_badges (self);
}

/* A place for @size within @room behind @start, on a multiple of @align where one is inside. */
static gint
place (gint alignment, gint start, gint room, gint pad, gint size, gint align)
{
  gint at = start;

  if (alignment == 0)
    at += pad;
  else if (alignment == 1)
    at += (room - size) / 2;
  else
    at += room - size - pad;

  at = CLAMP (at, start, start + room - size);
  at -= at % align;
  if (at < start && at + align + size <= start + room)
    at += align;
  return at;
}

/* Draws the badge of @state for @visible, a part of a picture whose pixels are @stretch_x and
 * @stretch_y of a square one, and says where it stands. */
static E2eeBadge *
gst_shield_overlay_create_badge (GstShieldOverlay * self, GstE2eeState state,
    const GstVideoRectangle * visible, gdouble stretch_x, gdouble stretch_y, gint align_x,
    gint align_y, gint * x, gint * y)
{
  const GstShieldOverlaySettings *settings = &self->stream.settings;
  gint height = MAX (MIN_HEIGHT, lround (settings->relative_height * visible->h / stretch_y));
  gint margin = height / 3;
  gint xpad = settings->xpad >= 0 ? settings->xpad : lround (margin * stretch_x);
  gint ypad = settings->ypad >= 0 ? settings->ypad : lround (margin * stretch_y);
  gint auto_pad = MIN (lround (margin * stretch_x), visible->w / 16);
  E2eeBadge *badge;

  badge = e2ee_badge_new (state, height, stretch_x, stretch_y, MAX (1, visible->w - 2 * auto_pad),
      visible->h);
  *x = place (settings->halign, visible->x, visible->w, xpad, badge->width, align_x);
  *y = place (settings->valign, visible->y, visible->h, ypad, badge->height, align_y);
  GST_DEBUG_OBJECT (self, "%s: %dx%d at %d, %d", gst_e2ee_state_get_nick (state), badge->width,
      badge->height, *x, *y);
  return badge;
}

static E2eeBlend *
gst_shield_overlay_get_blend (GstShieldOverlay * self, GstE2eeState state, gboolean interlaced)
{
  GstShieldOverlayStream *stream = &self->stream;
  const GstVideoInfo *info = &stream->info;
  E2eeBlend **blend = &stream->blends[state][interlaced ? 1 : 0];

  if (*blend == NULL) {
    gboolean one_field = GST_VIDEO_INFO_INTERLACE_MODE (info) == GST_VIDEO_INTERLACE_MODE_ALTERNATE;
    gdouble stretch_x = CLAMP ((gdouble) GST_VIDEO_INFO_PAR_D (info)
        / MAX (1, GST_VIDEO_INFO_PAR_N (info)), 0.25, 4);
    E2eeBadge *badge;
    gint x, y;

    badge = gst_shield_overlay_create_badge (self, state, &stream->visible, stretch_x,
        one_field ? 0.5 : 1, e2ee_blend_get_align_x (info), e2ee_blend_get_align_y (info), &x, &y);
    *blend = e2ee_blend_new (info, interlaced, badge, x, y);
    e2ee_badge_free (badge);
  }
  return *blend;
}

static GstVideoOverlayComposition *
gst_shield_overlay_get_composition (GstShieldOverlay * self, GstE2eeState state)
{
  GstShieldOverlayStream *stream = &self->stream;

  if (stream->compositions[state] == NULL) {
    GstVideoRectangle window = { 0, 0, stream->window_width, stream->window_height };
    E2eeBadge *badge;
    gint x, y;

    badge = gst_shield_overlay_create_badge (self, state, &window, 1, 1, 1, 1, &x, &y);
    stream->compositions[state] = e2ee_blend_create_composition (badge, x, y);
    e2ee_badge_free (badge);
  }
  return stream->compositions[state];
}

/* -- Drawing -- */

static void
gst_shield_overlay_see_crop (GstShieldOverlay * self, GstBuffer * buffer)
{
  GstShieldOverlayStream *stream = &self->stream;
  GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);
  GstVideoRectangle visible = { 0, 0, GST_VIDEO_INFO_WIDTH (&stream->info),
    GST_VIDEO_INFO_FIELD_HEIGHT (&stream->info)
  };

  /* A badge in the corner of what is cropped away would be no badge. */
  if (crop != NULL && crop->width > 0 && crop->height > 0 && crop->x < (guint) visible.w
      && crop->y < (guint) visible.h) {
    visible.x = crop->x;
    visible.y = crop->y;
    visible.w = MIN (crop->width, (guint) visible.w - crop->x);
    visible.h = MIN (crop->height, (guint) visible.h - crop->y);
  }
  if (memcmp (&visible, &stream->visible, sizeof (visible)) != 0) {
    gst_shield_overlay_drop_badges (self);
    stream->visible = visible;
  }
}

/* A video meta may contradict the caps; what was prepared for the caps must not be written then. */
static gboolean
fits_caps (const GstVideoInfo * info, GstBuffer * buffer)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);

  return meta == NULL || (meta->format == GST_VIDEO_INFO_FORMAT (info)
      && meta->width >= (guint) GST_VIDEO_INFO_WIDTH (info)
      && meta->height >= (guint) GST_VIDEO_INFO_FIELD_HEIGHT (info));
}

static gboolean
gst_shield_overlay_blend (GstShieldOverlay * self, GstE2eeState state, GstBuffer * buffer)
{
  const GstVideoInfo *info = &self->stream.info;
  gboolean interleaved, drawn;
  GstVideoFrame frame;

  gst_shield_overlay_see_crop (self, buffer);
  if (!fits_caps (info, buffer) || !gst_video_frame_map (&frame, info, buffer,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return FALSE;

  interleaved = GST_VIDEO_FRAME_IS_INTERLACED (&frame)
      && GST_VIDEO_INFO_INTERLACE_MODE (info) != GST_VIDEO_INTERLACE_MODE_ALTERNATE;
  drawn = e2ee_blend_draw (gst_shield_overlay_get_blend (self, state, interleaved), &frame);
  gst_video_frame_unmap (&frame);
  return drawn;
}

/* Others may have attached something before us.  Until 1.28 one composition a buffer is all that
 * consumers look at, so theirs and ours become one, ours on top; theirs itself is immutable and
 * shared. */
static void
gst_shield_overlay_attach (GstShieldOverlay * self, GstE2eeState state, GstBuffer * buffer)
{
  GstVideoOverlayComposition *badge = gst_shield_overlay_get_composition (self, state);
  GstVideoOverlayComposition *all = NULL;
  GstMeta *meta;

  for (;;) {
    GstVideoOverlayComposition *theirs;
    gpointer iter = NULL;

    meta = gst_buffer_iterate_meta_filtered (buffer, &iter,
        GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE);
    if (meta == NULL)
      break;
    theirs = ((GstVideoOverlayCompositionMeta *) meta)->overlay;
    if (all == NULL)
      all = gst_video_overlay_composition_new (NULL);
    for (guint i = 0; i < gst_video_overlay_composition_n_rectangles (theirs); i++)
      gst_video_overlay_composition_add_rectangle (all,
          gst_video_overlay_composition_get_rectangle (theirs, i));
    gst_buffer_remove_meta (buffer, meta);
  }

  if (all == NULL) {
    gst_buffer_add_video_overlay_composition_meta (buffer, badge);
    return;
  }
  gst_video_overlay_composition_add_rectangle (all,
      gst_video_overlay_composition_get_rectangle (badge, 0));
  gst_buffer_add_video_overlay_composition_meta (buffer, all);
  gst_video_overlay_composition_unref (all);
}

/* -- Negotiation -- */

/* Whether downstream says itself that it draws what is attached.  Caps alone do not: elements
 * that take ANY caps take the feature too and draw nothing. */
static gboolean
gst_shield_overlay_is_drawn_downstream (GstShieldOverlay * self, GstCaps * overlay_caps)
{
  GstShieldOverlayStream *stream = &self->stream;
  GstQuery *query = gst_query_new_allocation (overlay_caps, FALSE);
  gboolean drawn = FALSE;
  guint index;

  if (gst_pad_peer_query (self->srcpad, query) && gst_query_find_allocation_meta (query,
          GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, &index)) {
    const GstStructure *params;
    guint width = 0, height = 0;

    drawn = TRUE;
    gst_query_parse_nth_allocation_meta (query, index, &params);
    if (params != NULL && gst_structure_get (params, "width", G_TYPE_UINT, &width, "height",
            G_TYPE_UINT, &height, NULL) && width > 0 && height > 0 && width <= G_MAXINT16
        && height <= G_MAXINT16) {
      stream->window_width = width;
      stream->window_height = height;
    }
  }
  gst_query_unref (query);
  return drawn;
}

static gboolean
gst_shield_overlay_negotiate (GstShieldOverlay * self)
{
  GstShieldOverlayStream *stream = &self->stream;
  GstCaps *overlay_caps = e2ee_overlay_caps_add_meta (stream->caps);
  gboolean from_upstream = gst_caps_is_equal (overlay_caps, stream->caps);
  gboolean ok = FALSE;

  gst_shield_overlay_drop_badges (self);
  stream->attach = FALSE;
  stream->window_width = GST_VIDEO_INFO_WIDTH (&stream->info);
  stream->window_height = GST_VIDEO_INFO_HEIGHT (&stream->info);

  if (from_upstream || gst_pad_peer_query_accept_caps (self->srcpad, overlay_caps)) {
    /* Downstream answers an ALLOCATION query only for caps that it has. */
    ok = gst_pad_push_event (self->srcpad, gst_event_new_caps (overlay_caps));
    stream->attach = ok && gst_shield_overlay_is_drawn_downstream (self, overlay_caps);
  }

  if (!stream->attach) {
    if (!e2ee_overlay_caps_can_blend (stream->caps, &stream->info)) {
      GST_WARNING_OBJECT (self, "the badge can neither be attached nor blended: %" GST_PTR_FORMAT,
          stream->caps);
      ok = FALSE;
    } else if (!from_upstream || !ok) {
      ok = gst_pad_push_event (self->srcpad, gst_event_new_caps (stream->caps));
    }
  }
  gst_caps_unref (overlay_caps);

  GST_DEBUG_OBJECT (self, "%s %" GST_PTR_FORMAT, !ok ? "refused" : stream->attach ? "attach to"
      : "blend into", stream->caps);
  if (!ok)
    gst_pad_mark_reconfigure (self->srcpad);
  return ok;
}

/* What may come in for what can go out, or the reverse. */
static GstCaps *
gst_shield_overlay_query_caps (GstShieldOverlay * self, GstPad * pad, GstCaps * filter)
{
  gboolean for_sink = pad == self->sinkpad;
  GstCaps *template = gst_pad_get_pad_template_caps (pad);
  GstCaps *peer = gst_pad_peer_query_caps (for_sink ? self->srcpad : self->sinkpad, NULL);
  GstCaps *possible, *result;

  if (gst_caps_is_any (peer))
    possible = gst_caps_ref (template);
  else
    possible = for_sink ? e2ee_overlay_caps_for_sink (peer) : e2ee_overlay_caps_for_src (peer);
  result = gst_caps_intersect_full (possible, template, GST_CAPS_INTERSECT_FIRST);

  if (filter != NULL) {
    GstCaps *filtered = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);

    gst_caps_unref (result);
    result = filtered;
  }
  gst_caps_unref (possible);
  gst_caps_unref (peer);
  gst_caps_unref (template);
  return result;
}

static gboolean
gst_shield_overlay_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (parent);
  gboolean ret;
  guint index;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:{
      GstCaps *filter, *caps;

      gst_query_parse_caps (query, &filter);
      caps = gst_shield_overlay_query_caps (self, pad, filter);
      gst_query_set_caps_result (query, caps);
      gst_caps_unref (caps);
      return TRUE;
    }
    case GST_QUERY_ALLOCATION:
      ret = gst_pad_query_default (pad, parent, query);
      /* Decoders shall crop themselves: the place of the badge would change with every crop. */
      while (gst_query_find_allocation_meta (query, GST_VIDEO_CROP_META_API_TYPE, &index))
        gst_query_remove_nth_allocation_meta (query, index);
      return ret;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static gboolean
gst_shield_overlay_set_caps (GstShieldOverlay * self, GstCaps * caps)
{
  GstShieldOverlayStream *stream = &self->stream;

  gst_caps_replace (&stream->caps, NULL);
  gst_shield_overlay_drop_badges (self);
  if (!gst_video_info_from_caps (&stream->info, caps)) {
    GST_WARNING_OBJECT (self, "no raw video: %" GST_PTR_FORMAT, caps);
    return FALSE;
  }
  gst_caps_replace (&stream->caps, caps);
  memset (&stream->visible, 0, sizeof (stream->visible));
  gst_pad_check_reconfigure (self->srcpad);
  return gst_shield_overlay_negotiate (self);
}

/* -- Streaming -- */

static GstFlowReturn
gst_shield_overlay_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (parent);
  GstShieldOverlayStream *stream = &self->stream;
  GstClockTime running_time = GST_CLOCK_TIME_NONE;
  GstE2eeState state;
  gboolean own;

  gst_shield_overlay_take_settings (self);
  if (stream->caps == NULL)
    goto not_negotiated;
  if (gst_pad_check_reconfigure (self->srcpad) && !gst_shield_overlay_negotiate (self)) {
    if (GST_PAD_IS_FLUSHING (self->srcpad)) {
      gst_buffer_unref (buffer);
      return GST_FLOW_FLUSHING;
    }
    goto not_negotiated;
  }

  if (stream->segment.format == GST_FORMAT_TIME)
    running_time = gst_segment_to_running_time (&stream->segment, GST_FORMAT_TIME,
        GST_BUFFER_PTS (buffer));
  state = e2ee_watch_buffer (stream->watch, buffer, running_time, stream->settings.timeout, &own);
  if (own || state != GST_E2EE_STATE_UNKNOWN)
    e2ee_shield_report_heard (&self->report, stream->settings.timeout);

  buffer = gst_buffer_make_writable (buffer);
  if (stream->attach)
    gst_shield_overlay_attach (self, state, buffer);
  else if (!gst_shield_overlay_blend (self, state, buffer))
    goto not_drawn;

  e2ee_shield_report_tell (&self->report, state, running_time);
  return gst_pad_push (self->srcpad, buffer);

not_negotiated:
  gst_buffer_unref (buffer);
  return GST_FLOW_NOT_NEGOTIATED;

not_drawn:
  GST_ELEMENT_ERROR (self, STREAM, FAILED, ("The shield could not be drawn."),
      ("the frame does not fit its caps, or its memory cannot be written"));
  gst_buffer_unref (buffer);
  return GST_FLOW_ERROR;
}

static gboolean
gst_shield_overlay_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (parent);
  GstShieldOverlayStream *stream = &self->stream;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:{
      GstCaps *caps;
      gboolean ret;

      gst_event_parse_caps (event, &caps);
      ret = gst_shield_overlay_set_caps (self, caps);
      gst_event_unref (event);
      return ret;
    }
    case GST_EVENT_STREAM_START:
      e2ee_watch_stream_start (stream->watch);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &stream->segment);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_segment_init (&stream->segment, GST_FORMAT_UNDEFINED);
      e2ee_watch_reset (stream->watch);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:{
      GstE2eeStatus *status = gst_event_parse_e2ee_status (event);

      if (status != NULL) {
        e2ee_watch_event (stream->watch, status);
        gst_e2ee_status_unref (status);
      }
      break;
    }
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static void
gst_shield_overlay_reset (GstShieldOverlay * self)
{
  GstShieldOverlayStream *stream = &self->stream;

  gst_shield_overlay_drop_badges (self);
  gst_caps_replace (&stream->caps, NULL);
  gst_segment_init (&stream->segment, GST_FORMAT_UNDEFINED);
  e2ee_watch_reset (stream->watch);
  e2ee_shield_report_reset (&self->report);
}

static GstStateChangeReturn
gst_shield_overlay_change_state (GstElement * element, GstStateChange transition)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    e2ee_shield_report_set_playing (&self->report, TRUE);
  else if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    e2ee_shield_report_set_playing (&self->report, FALSE);

  ret = GST_ELEMENT_CLASS (gst_shield_overlay_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_shield_overlay_reset (self);
  return ret;
}

/* -- Object -- */

static void
gst_shield_overlay_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_HALIGNMENT:
      self->settings.halign = g_value_get_enum (value);
      break;
    case PROP_VALIGNMENT:
      self->settings.valign = g_value_get_enum (value);
      break;
    case PROP_XPAD:
      self->settings.xpad = g_value_get_int (value);
      break;
    case PROP_YPAD:
      self->settings.ypad = g_value_get_int (value);
      break;
    case PROP_RELATIVE_HEIGHT:
      self->settings.relative_height = g_value_get_double (value);
      break;
    case PROP_TIMEOUT:
      self->settings.timeout = g_value_get_uint64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_shield_overlay_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (object);

  if (id == PROP_STATE) {
    g_value_set_enum (value, e2ee_shield_report_get_state (&self->report));
    return;
  }

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_HALIGNMENT:
      g_value_set_enum (value, self->settings.halign);
      break;
    case PROP_VALIGNMENT:
      g_value_set_enum (value, self->settings.valign);
      break;
    case PROP_XPAD:
      g_value_set_int (value, self->settings.xpad);
      break;
    case PROP_YPAD:
      g_value_set_int (value, self->settings.ypad);
      break;
    case PROP_RELATIVE_HEIGHT:
      g_value_set_double (value, self->settings.relative_height);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint64 (value, self->settings.timeout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_shield_overlay_finalize (GObject * object)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (object);

  gst_shield_overlay_reset (self);
  e2ee_watch_free (self->stream.watch);
  e2ee_shield_report_clear (&self->report);
  G_OBJECT_CLASS (gst_shield_overlay_parent_class)->finalize (object);
}

static void
gst_shield_overlay_class_init (GstShieldOverlayClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_shield_overlay_set_property;
  object_class->get_property = gst_shield_overlay_get_property;
  object_class->finalize = gst_shield_overlay_finalize;
  element_class->change_state = GST_DEBUG_FUNCPTR (gst_shield_overlay_change_state);

  /**
   * GstShieldOverlay:halignment:
   *
   * Where the badge stands, across.
   *
   * Since: 0.1
   */
  properties[PROP_HALIGNMENT] = g_param_spec_enum ("halignment", "Horizontal alignment",
      "Where the badge stands, across", GST_TYPE_SHIELD_OVERLAY_HALIGN, DEFAULT_HALIGNMENT, flags);
  /**
   * GstShieldOverlay:valignment:
   *
   * Where the badge stands, up and down.
   *
   * Since: 0.1
   */
  properties[PROP_VALIGNMENT] = g_param_spec_enum ("valignment", "Vertical alignment",
      "Where the badge stands, up and down", GST_TYPE_SHIELD_OVERLAY_VALIGN, DEFAULT_VALIGNMENT,
      flags);
  /**
   * GstShieldOverlay:xpad:
   *
   * Distance to the left or right edge in pixels; -1 for a third of the badge's height.  The
   * badge always stays wholly inside of the picture.
   *
   * Since: 0.1
   */
  properties[PROP_XPAD] = g_param_spec_int ("xpad", "Horizontal padding",
      "Distance to the left or right edge in pixels, -1 for a third of the badge's height",
      -1, G_MAXINT16, DEFAULT_XPAD, flags);
  /**
   * GstShieldOverlay:ypad:
   *
   * Distance to the top or bottom edge in pixels; -1 for a third of the badge's height.  The
   * badge always stays wholly inside of the picture.
   *
   * Since: 0.1
   */
  properties[PROP_YPAD] = g_param_spec_int ("ypad", "Vertical padding",
      "Distance to the top or bottom edge in pixels, -1 for a third of the badge's height",
      -1, G_MAXINT16, DEFAULT_YPAD, flags);
  /**
   * GstShieldOverlay:relative-height:
   *
   * Height of the badge as a fraction of the picture's, never less than 28 pixels where the
   * picture has room for them.
   *
   * Since: 0.1
   */
  properties[PROP_RELATIVE_HEIGHT] = g_param_spec_double ("relative-height", "Relative height",
      "Height of the badge as a fraction of the picture's (never less than 28 pixels)",
      MIN_RELATIVE_HEIGHT, MAX_RELATIVE_HEIGHT, DEFAULT_RELATIVE_HEIGHT, flags);
  /**
   * GstShieldOverlay:timeout:
   *
   * How long a status stays true that is not said again, in nanoseconds: of running time for the
   * `e2ee-status` event, of the clock for a stream that falls silent.
   *
   * Since: 0.1
   */
  properties[PROP_TIMEOUT] = g_param_spec_uint64 ("timeout", "Timeout",
      "Time after which a status that is not said again is unknown, in nanoseconds",
      MIN_TIMEOUT, MAX_TIMEOUT, DEFAULT_TIMEOUT, flags);
  /**
   * GstShieldOverlay:state:
   *
   * What the badge says; unknown while there is no stream, and after a stream has been silent for
   * the timeout.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", "State", "What the badge says",
      GST_TYPE_E2EE_STATE, GST_E2EE_STATE_UNKNOWN, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "End-to-end encryption shield",
      "Filter/Editor/Video", "Draws on decoded video whether it is end-to-end encrypted",
      "gst-e2ee contributors");

  gst_type_mark_as_plugin_api (GST_TYPE_SHIELD_OVERLAY_HALIGN, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_SHIELD_OVERLAY_VALIGN, 0);
}

static void
gst_shield_overlay_init (GstShieldOverlay * self)
{
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, GST_DEBUG_FUNCPTR (gst_shield_overlay_chain));
  gst_pad_set_event_function (self->sinkpad, GST_DEBUG_FUNCPTR (gst_shield_overlay_sink_event));
  gst_pad_set_query_function (self->sinkpad, GST_DEBUG_FUNCPTR (gst_shield_overlay_query));
  GST_PAD_SET_PROXY_ALLOCATION (self->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);

  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_query_function (self->srcpad, GST_DEBUG_FUNCPTR (gst_shield_overlay_query));
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);

  self->settings.halign = DEFAULT_HALIGNMENT;
  self->settings.valign = DEFAULT_VALIGNMENT;
  self->settings.xpad = DEFAULT_XPAD;
  self->settings.ypad = DEFAULT_YPAD;
  self->settings.relative_height = DEFAULT_RELATIVE_HEIGHT;
  self->settings.timeout = DEFAULT_TIMEOUT;
  self->stream.settings = self->settings;
  self->stream.watch = e2ee_watch_new ();
  e2ee_shield_report_init (&self->report, GST_ELEMENT (self), properties[PROP_STATE]);
  gst_shield_overlay_reset (self);
}
