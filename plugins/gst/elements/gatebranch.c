/* What a closed gate does to the branch behind it (gatebranch.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "elements/gatebranch.h"
#include "elements/slate.h"

struct _E2eeGateBranch
{
  GstElement *element;
  GstPad *sinkpad;
  GstPad *srcpad;

  E2eeSlate *slate;
  gboolean has_slate;
  gboolean begun;               /* something has passed that the branch may still hold */
  gboolean ended;               /* the branch was told that the stream has ended */
  gboolean warned;
  GstClockTime last_gap;        /* timestamp of the last gap event */
};

E2eeGateBranch *
e2ee_gate_branch_new (GstElement * element, GstPad * sinkpad, GstPad * srcpad)
{
  E2eeGateBranch *branch = g_new0 (E2eeGateBranch, 1);

  branch->element = element;
  branch->sinkpad = sinkpad;
  branch->srcpad = srcpad;
  branch->slate = e2ee_slate_new ();
  branch->last_gap = GST_CLOCK_TIME_NONE;
  return branch;
}

void
e2ee_gate_branch_free (E2eeGateBranch * branch)
{
  if (branch == NULL)
    return;
  e2ee_slate_free (branch->slate);
  g_free (branch);
}

void
e2ee_gate_branch_reset (E2eeGateBranch * branch)
{
  e2ee_gate_branch_set_caps (branch, NULL);
  e2ee_gate_branch_forget (branch);
  branch->begun = branch->ended = FALSE;
}

void
e2ee_gate_branch_set_caps (E2eeGateBranch * branch, const GstCaps * caps)
{
  branch->has_slate = e2ee_slate_set_caps (branch->slate, caps);
  branch->warned = FALSE;
}

void
e2ee_gate_branch_forget (E2eeGateBranch * branch)
{
  branch->last_gap = GST_CLOCK_TIME_NONE;
}

gboolean
e2ee_gate_branch_close (E2eeGateBranch * branch, gboolean eos, gboolean flush)
{
  GstEvent *segment;

  if (!branch->begun)
    return FALSE;
  branch->begun = FALSE;

  if (eos) {
    branch->ended = TRUE;
    gst_pad_push_event (branch->srcpad, gst_event_new_eos ());
    return FALSE;
  }
  if (!flush)
    return FALSE;
  gst_pad_push_event (branch->srcpad, gst_event_new_flush_start ());
  gst_pad_push_event (branch->srcpad, gst_event_new_flush_stop (FALSE));
  /* A flush takes the segment with it. */
  segment = gst_pad_get_sticky_event (branch->sinkpad, GST_EVENT_SEGMENT, 0);
  if (segment != NULL)
    gst_pad_push_event (branch->srcpad, segment);
  return TRUE;
}

static gboolean
repeat_event (GstPad * pad, GstEvent ** event, gpointer user_data)
{
  E2eeGateBranch *branch = user_data;
  GstEvent *repeated;

  if (GST_EVENT_TYPE (*event) == GST_EVENT_EOS)
    return TRUE;
  /* Pads pass on only what is another event than the one they hold. */
  repeated = gst_event_copy (*event);
  if (GST_EVENT_TYPE (repeated) == GST_EVENT_STREAM_START)
    gst_event_set_seqnum (repeated, gst_util_seqnum_next ());
  gst_pad_push_event (branch->srcpad, repeated);
  return TRUE;
}

void
e2ee_gate_branch_open (E2eeGateBranch * branch)
{
  if (branch->ended) {
    branch->ended = FALSE;
    gst_pad_sticky_events_foreach (branch->sinkpad, repeat_event, branch);
  }
  branch->begun = TRUE;
}

gboolean
e2ee_gate_branch_has_ended (E2eeGateBranch * branch)
{
  return branch->ended;
}

gboolean
e2ee_gate_branch_push_gap (E2eeGateBranch * branch, GstBuffer * buffer)
{
  GstEvent *gap;

  if (!GST_BUFFER_PTS_IS_VALID (buffer) || GST_BUFFER_PTS (buffer) == branch->last_gap)
    return FALSE;
  branch->last_gap = GST_BUFFER_PTS (buffer);
  gap = gst_event_new_gap (GST_BUFFER_PTS (buffer), GST_BUFFER_DURATION (buffer));
  gst_event_set_gap_flags (gap, GST_GAP_FLAG_MISSING_DATA);
  gst_pad_push_event (branch->srcpad, gap);
  return TRUE;
}

GstBuffer *
e2ee_gate_branch_make_blank (E2eeGateBranch * branch, GstBuffer * buffer,
    GstE2eePolicyFeature feature)
{
  GstBuffer *blank = NULL;

  if (branch->has_slate) {
    e2ee_slate_set_feature (branch->slate, feature);
    blank = e2ee_slate_make (branch->slate, buffer);
  }
  if (blank == NULL && !branch->warned) {
    branch->warned = TRUE;
    GST_ELEMENT_WARNING (branch->element, STREAM, NOT_IMPLEMENTED,
        ("Nothing can stand in for this media while the gate is closed: it leaves gaps."),
        ("when-blocked=blank needs raw video or audio in system memory"));
  }
  return blank;
}
