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
 * running time.  Behind a compositor, one of whose streams never said anything, it is unknown too.
 * A meeting (#GstShieldOverlay:meeting, or #GstContext %GST_E2EE_MEETING_CONTEXT) adds what it
 * knows of everybody; the weakest of both is shown, with its reason in words.
 *
 * With #GstShieldOverlay:placement border the picture gets a strip of its own, on which no stream
 * can paint.  Otherwise elements downstream that draw #GstVideoOverlayComposition get
 * the badge attached; for all others it is blended into the pixels, in every raw video format.
 * Memory that can be neither is refused (not negotiated): no picture goes on without its badge,
 * and no property hides it.
 *
 * Every change is one element message `e2ee-shield` on the bus with `state` and `previous` (strings,
 * nicks of #GstE2eeState; `none` before the first), `reason` (string, a stable code), `text`
 * (string, in the language of the badge) and `running-time` (guint64).  In PLAYING a stream that
 * falls silent for the timeout is reported as unknown too, by the clock.
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
#include "elements/border.h"
#include "elements/mixer.h"
#include "elements/overlaycaps.h"
#include "elements/shieldbadges.h"
#include "elements/shieldmeeting.h"
#include "elements/shieldreport.h"
#include "elements/shieldsettings.h"
#include "elements/watch.h"

#include <gst/video/video.h>
#include <gst/video/gstvideometa.h>

GST_DEBUG_CATEGORY (shield_overlay_debug);
#define GST_CAT_DEFAULT shield_overlay_debug

typedef struct
{
  E2eeShieldSettings settings;  /* taken at the start of a buffer */
  GstSegment segment;
  GstVideoInfo info;
  GstCaps *caps;                /* NULL: not negotiated */
  gboolean attach;
  E2eeBorder *border;           /* NULL: the badge stands on the picture */
  gint window_width, window_height;     /* what the attached badge is placed in */
  E2eeShieldBadges *badges;
  E2eeWatch *watch;
  GstClockTime streams_seen_at; /* running time of the last look at a compositor's streams */
  gboolean streams_speak;
} GstShieldOverlayStream;

#define GST_TYPE_SHIELD_OVERLAY (gst_shield_overlay_get_type ())
G_DECLARE_FINAL_TYPE (GstShieldOverlay, gst_shield_overlay, GST, SHIELD_OVERLAY, GstElement)

struct _GstShieldOverlay
{
  GstElement element;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* object lock */
  E2eeShieldSettings settings;
  GstE2eeMeeting *context;      /* from the application */

  E2eeShieldMeeting *meeting;   /* from READY to NULL; looked at by the streaming thread */
  E2eeShieldReport report;      /* has its own lock */

  /* streaming thread */
  GstShieldOverlayStream stream;
};

/* How often a compositor's streams are counted. */
#define LOOK_INTERVAL (250 * GST_MSECOND)

#define PROP_STATE E2EE_SHIELD_N_SETTINGS
#define N_PROPS (PROP_STATE + 1)

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

G_DEFINE_TYPE_WITH_CODE (GstShieldOverlay, gst_shield_overlay, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (shield_overlay_debug, "shieldoverlay", 0,
        "end-to-end encryption shield"));
GST_ELEMENT_REGISTER_DEFINE (shieldoverlay, "shieldoverlay", GST_RANK_NONE,
    GST_TYPE_SHIELD_OVERLAY);

/* -- Settings -- */

static gint
strip_of_settings (gpointer settings, gint height)
{
  return e2ee_shield_settings_get_strip_height (settings, height);
}

/* Caps queries come in any thread, also before there is a stream. */
static gboolean
gst_shield_overlay_has_border (GstShieldOverlay * self, E2eeShieldSettings * settings)
{
  gboolean has_border;

  GST_OBJECT_LOCK (self);
  has_border = self->settings.placement == GST_SHIELD_OVERLAY_PLACEMENT_BORDER;
  if (settings != NULL) {
    *settings = self->settings;
    settings->language = settings->meeting = NULL;
  }
  GST_OBJECT_UNLOCK (self);
  return has_border;
}

static void
gst_shield_overlay_take_settings (GstShieldOverlay * self)
{
  GstShieldOverlayStream *stream = &self->stream;
  GstShieldOverlayPlacement placement = stream->settings.placement;
  gboolean show_code = stream->settings.show_code, changed;
  gdouble relative_height = stream->settings.relative_height;
  GstShieldOverlayVAlign valign = stream->settings.valign;

  GST_OBJECT_LOCK (self);
  changed = e2ee_shield_settings_take (&stream->settings, &self->settings);
  GST_OBJECT_UNLOCK (self);
  if (!changed)
    return;
  e2ee_shield_badges_set_settings (stream->badges, &stream->settings);
  if (placement != stream->settings.placement)
    gst_pad_push_event (self->sinkpad, gst_event_new_reconfigure ());
  if (placement != stream->settings.placement || (stream->border != NULL
          && (show_code != stream->settings.show_code || valign != stream->settings.valign
              || relative_height != stream->settings.relative_height)))
    gst_pad_mark_reconfigure (self->srcpad);
}

/* -- Drawing -- */

/* A badge in the corner of what is cropped away would be no badge. */
static GstVideoRectangle
find_visible (const GstVideoInfo * info, GstBuffer * buffer)
{
  GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);
  GstVideoRectangle visible = { 0, 0, GST_VIDEO_INFO_WIDTH (info),
    GST_VIDEO_INFO_FIELD_HEIGHT (info)
  };

  if (crop != NULL && crop->width > 0 && crop->height > 0 && crop->x < (guint) visible.w
      && crop->y < (guint) visible.h) {
    visible.x = crop->x;
    visible.y = crop->y;
    visible.w = MIN (crop->width, (guint) visible.w - crop->x);
    visible.h = MIN (crop->height, (guint) visible.h - crop->y);
  }
  return visible;
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
is_interleaved (const GstVideoInfo * info, GstBuffer * buffer)
{
  switch (GST_VIDEO_INFO_INTERLACE_MODE (info)) {
    case GST_VIDEO_INTERLACE_MODE_INTERLEAVED:
      return TRUE;
    case GST_VIDEO_INTERLACE_MODE_MIXED:
    case GST_VIDEO_INTERLACE_MODE_FIELDS:
      return GST_BUFFER_FLAG_IS_SET (buffer, GST_VIDEO_BUFFER_FLAG_INTERLACED);
    default:
      return FALSE;
  }
}

static gboolean
gst_shield_overlay_blend (GstShieldOverlay * self, const E2eeVerdict * verdict, GstBuffer * buffer)
{
  GstShieldOverlayStream *stream = &self->stream;
  const GstVideoInfo *info = &stream->info;
  GstVideoRectangle visible = find_visible (info, buffer);
  gboolean drawn;
  GstVideoFrame frame;

  if (!fits_caps (info, buffer) || !gst_video_frame_map (&frame, info, buffer,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return FALSE;
  drawn = e2ee_blend_draw (e2ee_shield_badges_get_blend (stream->badges, verdict, info, &visible,
          is_interleaved (info, buffer)), &frame);
  gst_video_frame_unmap (&frame);
  return drawn;
}

/* (transfer full) (nullable): @buffer is taken. */
static GstBuffer *
gst_shield_overlay_add_border (GstShieldOverlay * self, const E2eeVerdict * verdict,
    GstBuffer * buffer)
{
  GstShieldOverlayStream *stream = &self->stream;
  GstBuffer *result = NULL;

  if (fits_caps (&stream->info, buffer)) {
    const GstVideoInfo *info = e2ee_border_get_info (stream->border);
    GstVideoRectangle strip;

    e2ee_border_get_strip (stream->border, &strip);
    result = e2ee_border_draw (stream->border, e2ee_shield_badges_get_strip (stream->badges,
            verdict, info, &strip, is_interleaved (info, buffer)), buffer);
  }
  gst_buffer_unref (buffer);
  return result;
}

/* Others may have attached something before us.  Until 1.28 one composition a buffer is all that
 * consumers look at, so theirs and ours become one, ours on top; theirs itself is immutable and
 * shared. */
static void
gst_shield_overlay_attach (GstShieldOverlay * self, const E2eeVerdict * verdict,
    GstBuffer * buffer)
{
  GstVideoOverlayComposition *badge = e2ee_shield_badges_get_composition (self->stream.badges,
      verdict, self->stream.window_width, self->stream.window_height);
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

/* The picture and its strip; a wider strip where downstream takes no other height. */
static gboolean
gst_shield_overlay_negotiate_border (GstShieldOverlay * self)
{
  GstShieldOverlayStream *stream = &self->stream;
  GstCaps *possible = e2ee_border_caps_for_src (stream->caps, strip_of_settings, &stream->settings);
  GstCaps *caps = gst_pad_peer_query_caps (self->srcpad, possible);
  gboolean ok = FALSE;

  if (!gst_caps_is_empty (caps)) {
    GstStructure *s;

    caps = gst_caps_truncate (gst_caps_make_writable (caps));
    s = gst_caps_get_structure (caps, 0);
    gst_structure_fixate_field_nearest_int (s, "height",
        GST_VIDEO_INFO_HEIGHT (&stream->info)
        + strip_of_settings (&stream->settings, GST_VIDEO_INFO_HEIGHT (&stream->info)));
    caps = gst_caps_fixate (caps);
    stream->border = e2ee_border_new (stream->caps, caps,
        stream->settings.valign == GST_SHIELD_OVERLAY_VALIGN_TOP);
    ok = stream->border != NULL && gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
  }
  GST_DEBUG_OBJECT (self, "%s a border: %" GST_PTR_FORMAT, ok ? "with" : "no room for", caps);
  gst_caps_unref (caps);
  gst_caps_unref (possible);
  return ok;
}

static gboolean
gst_shield_overlay_negotiate (GstShieldOverlay * self)
{
  GstShieldOverlayStream *stream = &self->stream;
  GstCaps *overlay_caps = e2ee_overlay_caps_add_meta (stream->caps);
  gboolean from_upstream = gst_caps_is_equal (overlay_caps, stream->caps);
  gboolean ok = FALSE;

  e2ee_shield_badges_drop (stream->badges);
  g_clear_pointer (&stream->border, e2ee_border_free);
  stream->attach = FALSE;
  stream->window_width = GST_VIDEO_INFO_WIDTH (&stream->info);
  stream->window_height = GST_VIDEO_INFO_HEIGHT (&stream->info);

  if (stream->settings.placement == GST_SHIELD_OVERLAY_PLACEMENT_BORDER) {
    ok = e2ee_overlay_caps_can_blend (stream->caps, &stream->info)
        && gst_shield_overlay_negotiate_border (self);
    goto done;
  }
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

done:
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
  E2eeShieldSettings settings;

  if (gst_caps_is_any (peer)) {
    gst_caps_unref (peer);
    peer = gst_caps_ref (template);
  }
  if (gst_shield_overlay_has_border (self, &settings))
    possible = for_sink ? e2ee_border_caps_for_sink (peer, strip_of_settings, &settings)
        : e2ee_border_caps_for_src (peer, strip_of_settings, &settings);
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
      if (gst_shield_overlay_has_border (self, NULL)) {
        /* Other frames go out than come in: nobody else's buffers can be used. */
        gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
        return TRUE;
      }
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
  e2ee_shield_badges_drop (stream->badges);
  gst_shield_overlay_take_settings (self);
  if (!gst_video_info_from_caps (&stream->info, caps)) {
    GST_WARNING_OBJECT (self, "no raw video: %" GST_PTR_FORMAT, caps);
    return FALSE;
  }
  gst_caps_replace (&stream->caps, caps);
  gst_pad_check_reconfigure (self->srcpad);
  return gst_shield_overlay_negotiate (self);
}

/* -- Streaming -- */

/* What is shown: what the picture says of itself, where it can be known that all of it does, and
 * what the meeting says of everybody. */
static E2eeVerdict
gst_shield_overlay_judge (GstShieldOverlay * self, GstBuffer * buffer, GstClockTime running_time,
    gboolean * own)
{
  GstShieldOverlayStream *stream = &self->stream;
  E2eeVerdict verdict = e2ee_watch_buffer (stream->watch, buffer, running_time,
      stream->settings.timeout, own);

  if (!*own && verdict.state != GST_E2EE_STATE_UNKNOWN) {
    if (!GST_CLOCK_TIME_IS_VALID (stream->streams_seen_at) || running_time < stream->streams_seen_at
        || running_time - stream->streams_seen_at >= LOOK_INTERVAL) {
      stream->streams_speak = e2ee_mixer_all_streams_speak (self->sinkpad);
      stream->streams_seen_at = running_time;
    }
    if (!stream->streams_speak)
      verdict = (E2eeVerdict) { GST_E2EE_STATE_UNKNOWN, E2EE_REASON_SILENT_STREAM, NULL, NULL };
  }
  if (self->meeting != NULL) {
    gboolean code_changed;
    const E2eeShieldMeetingView *view = e2ee_shield_meeting_look (self->meeting, &code_changed);

    if (code_changed)
      e2ee_shield_badges_set_code (stream->badges, view->code);
    verdict = e2ee_shield_meeting_judge (view, verdict);
  }
  return verdict;
}

static GstFlowReturn
gst_shield_overlay_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (parent);
  GstShieldOverlayStream *stream = &self->stream;
  GstClockTime running_time = GST_CLOCK_TIME_NONE, stream_time;
  E2eeVerdict verdict;
  gboolean own;

  if (stream->segment.format == GST_FORMAT_TIME) {
    running_time = gst_segment_to_running_time (&stream->segment, GST_FORMAT_TIME,
        GST_BUFFER_PTS (buffer));
    stream_time = gst_segment_to_stream_time (&stream->segment, GST_FORMAT_TIME,
        GST_BUFFER_PTS (buffer));
    if (GST_CLOCK_TIME_IS_VALID (stream_time))
      gst_object_sync_values (GST_OBJECT (self), stream_time);
  }
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

  verdict = gst_shield_overlay_judge (self, buffer, running_time, &own);
  if (own || verdict.state != GST_E2EE_STATE_UNKNOWN)
    e2ee_shield_report_heard (&self->report, stream->settings.timeout);
  e2ee_shield_report_tell (&self->report, &verdict,
      e2ee_shield_badges_get_wording (stream->badges), running_time);

  if (stream->border != NULL) {
    buffer = gst_shield_overlay_add_border (self, &verdict, buffer);
    if (buffer == NULL)
      goto not_drawn;
  } else {
    buffer = gst_buffer_make_writable (buffer);
    if (stream->attach)
      gst_shield_overlay_attach (self, &verdict, buffer);
    else if (!gst_shield_overlay_blend (self, &verdict, buffer))
      goto not_drawn;
  }
  return gst_pad_push (self->srcpad, buffer);

not_negotiated:
  gst_buffer_unref (buffer);
  return GST_FLOW_NOT_NEGOTIATED;

not_drawn:
  GST_ELEMENT_ERROR (self, STREAM, FAILED, ("The shield could not be drawn."),
      ("the frame does not fit its caps, or its memory cannot be written"));
  gst_clear_buffer (&buffer);
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
        stream->streams_seen_at = GST_CLOCK_TIME_NONE;
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

  e2ee_shield_badges_drop (stream->badges);
  g_clear_pointer (&stream->border, e2ee_border_free);
  stream->streams_seen_at = GST_CLOCK_TIME_NONE;
  gst_caps_replace (&stream->caps, NULL);
  gst_segment_init (&stream->segment, GST_FORMAT_UNDEFINED);
  e2ee_watch_reset (stream->watch);
  e2ee_shield_report_reset (&self->report);
}

/* -- The meeting -- */

/* The neighbours are asked first, then the application; whoever has the meeting answers with
 * gst_element_set_context(). */
static void
gst_shield_overlay_ask_for_context (GstShieldOverlay * self)
{
  GstQuery *query = gst_query_new_context (GST_E2EE_MEETING_CONTEXT);
  GstContext *context = NULL;

  if (gst_pad_peer_query (self->srcpad, query) || gst_pad_peer_query (self->sinkpad, query))
    gst_query_parse_context (query, &context);
  if (context != NULL)
    gst_element_set_context (GST_ELEMENT (self), context);
  else
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_need_context (GST_OBJECT (self), GST_E2EE_MEETING_CONTEXT));
  gst_query_unref (query);
}

static gboolean
gst_shield_overlay_open_meeting (GstShieldOverlay * self)
{
  GstE2eeMeeting *meeting = NULL;
  gboolean asks;
  gchar *name;

  GST_OBJECT_LOCK (self);
  name = g_strdup (self->settings.meeting);
  asks = name == NULL && self->context == NULL;
  GST_OBJECT_UNLOCK (self);

  if (asks)
    gst_shield_overlay_ask_for_context (self);
  if (name != NULL) {
    meeting = gst_e2ee_meeting_find (name);
    if (meeting == NULL) {
      GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
          ("There is no meeting of the name %s in this process.", name), (NULL));
      g_free (name);
      return FALSE;
    }
  } else {
    GST_OBJECT_LOCK (self);
    if (self->context != NULL)
      meeting = g_object_ref (self->context);
    GST_OBJECT_UNLOCK (self);
  }
  g_free (name);
  if (meeting != NULL)
    self->meeting = e2ee_shield_meeting_new (meeting);
  g_clear_object (&meeting);
  return TRUE;
}

static void
gst_shield_overlay_set_context (GstElement * element, GstContext * context)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (element);
  GstE2eeMeeting *old = gst_context_get_e2ee_meeting (context);

  if (old != NULL) {
    GstE2eeMeeting *meeting = old;

    GST_OBJECT_LOCK (self);
    old = self->context;
    self->context = meeting;
    GST_OBJECT_UNLOCK (self);
  }
  g_clear_object (&old);
  GST_ELEMENT_CLASS (gst_shield_overlay_parent_class)->set_context (element, context);
}

static void
gst_shield_overlay_close_meeting (GstShieldOverlay * self)
{
  g_clear_pointer (&self->meeting, e2ee_shield_meeting_free);
  e2ee_shield_badges_set_code (self->stream.badges, NULL);
}

static GstStateChangeReturn
gst_shield_overlay_change_state (GstElement * element, GstStateChange transition)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !gst_shield_overlay_open_meeting (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    GST_OBJECT_LOCK (self);
    e2ee_shield_settings_take (&self->stream.settings, &self->settings);
    GST_OBJECT_UNLOCK (self);
    e2ee_shield_badges_prepare (self->stream.badges, &self->stream.settings);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    e2ee_shield_report_set_playing (&self->report, TRUE);
  else if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    e2ee_shield_report_set_playing (&self->report, FALSE);

  ret = GST_ELEMENT_CLASS (gst_shield_overlay_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_shield_overlay_reset (self);
  else if (transition == GST_STATE_CHANGE_READY_TO_NULL || (ret == GST_STATE_CHANGE_FAILURE
          && transition == GST_STATE_CHANGE_NULL_TO_READY))
    gst_shield_overlay_close_meeting (self);
  return ret;
}

/* -- Object -- */

static void
gst_shield_overlay_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = e2ee_shield_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_shield_overlay_get_property (GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (object);
  gboolean known;

  if (id == PROP_STATE) {
    g_value_set_enum (value, e2ee_shield_report_get_state (&self->report));
    return;
  }
  GST_OBJECT_LOCK (self);
  known = e2ee_shield_settings_get (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_shield_overlay_finalize (GObject * object)
{
  GstShieldOverlay *self = GST_SHIELD_OVERLAY (object);

  gst_shield_overlay_reset (self);
  gst_shield_overlay_close_meeting (self);
  g_clear_object (&self->context);
  e2ee_watch_free (self->stream.watch);
  e2ee_shield_badges_free (self->stream.badges);
  e2ee_shield_settings_clear (&self->stream.settings);
  e2ee_shield_settings_clear (&self->settings);
  e2ee_shield_report_clear (&self->report);
  G_OBJECT_CLASS (gst_shield_overlay_parent_class)->finalize (object);
}

static void
gst_shield_overlay_class_init (GstShieldOverlayClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_shield_overlay_set_property;
  object_class->get_property = gst_shield_overlay_get_property;
  object_class->finalize = gst_shield_overlay_finalize;
  element_class->set_context = GST_DEBUG_FUNCPTR (gst_shield_overlay_set_context);
  element_class->change_state = GST_DEBUG_FUNCPTR (gst_shield_overlay_change_state);

  e2ee_shield_settings_create_properties (properties);
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
  gst_type_mark_as_plugin_api (GST_TYPE_SHIELD_OVERLAY_PLACEMENT, 0);
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

  e2ee_shield_settings_init (&self->settings);
  e2ee_shield_settings_init (&self->stream.settings);
  self->stream.badges = e2ee_shield_badges_new ();
  self->stream.watch = e2ee_watch_new ();
  e2ee_shield_report_init (&self->report, GST_ELEMENT (self), properties[PROP_STATE]);
  gst_shield_overlay_reset (self);
}
