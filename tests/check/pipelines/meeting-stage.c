/* A meeting with real media (meeting-stage.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#define _GNU_SOURCE             /* memmem */
#include "meeting-stage.h"

#include "../elements/clock.h"

#include <gst/check/gsttestclock.h>
#include <gst/rtp/rtp.h>
#include <stdio.h>
#include <string.h>

/* Mean difference of brightness between what was sent and what VP8 makes of it: 0.1 is usual, another
 * place of the ball 4, noise 40. */
#define MAX_DIFFERENCE 2.0
/* Of the energy, at the sender's pitch: 0.99 is usual, 0.05 noise. */
#define MIN_PURITY 0.7
#define MUST(call) fail_unless_equals_string (e2ee_meeting_result_code (call), "ok")

/* Of room.c's clock. */
#define ROOM_UNIX_TIME 1700000000

/* Opus begins anew behind a gap. */
#define MAX_STARTS 2

static const gchar *kind_names[N_KINDS] = { "video", "audio" };

static const gchar *encoders[N_KINDS] = {
  "vp8enc deadline=1 keyframe-max-dist=100000 threads=1 target-bitrate=400000 ! rtpvp8pay mtu=600",
  "opusenc bitrate=32000 ! rtpopuspay"
};

static const gchar *decoders[N_KINDS] = {
  "rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec name=decoder threads=1",
  "rtpopusdepay ! opusdec ! " FILM_AUDIO_CAPS " ! identity name=decoder"
};

void
stage_say (const gchar * format, ...)
{
  va_list list;
  gchar *text;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  printf ("# %s\n", text);
  fflush (stdout);
  g_free (text);
}

/* ---- the wire ---- */

static void
add_payload (GByteArray * bytes, GstBuffer * packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  fail_unless (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  g_byte_array_append (bytes, gst_rtp_buffer_get_payload (&rtp),
      gst_rtp_buffer_get_payload_len (&rtp));
  gst_rtp_buffer_unmap (&rtp);
}

static GBytes *
payload_of_list (GstBufferList * list)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    add_payload (bytes, gst_buffer_list_get (list, i));
  return g_byte_array_free_to_bytes (bytes);
}

/* What a probe looks at, as a list.  (transfer full) */
static GstBufferList *
list_of_probe (GstPadProbeInfo * info)
{
  GstBufferList *list;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    return gst_buffer_list_ref (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
  list = gst_buffer_list_new ();
  gst_buffer_list_add (list, gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info)));
  return list;
}

static GstPadProbeReturn
on_plain (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Outlet *outlet = user_data;
  GstBufferList *list = list_of_probe (info);

  g_ptr_array_add (outlet->plain, payload_of_list (list));
  gst_buffer_list_unref (list);
  return GST_PAD_PROBE_OK;
}

/* By its bytes: three pieces of a frame that came to e2eeenc, wherever they now stand. */
static gboolean
is_clear (Outlet * outlet, GstBufferList * list)
{
  GBytes *frame = payload_of_list (list);
  gboolean clear = FALSE;
  gsize size, plain_size;
  gconstpointer data = g_bytes_get_data (frame, &size);

  for (guint i = 0; i < outlet->plain->len; i++) {
    const guint8 *plain = g_bytes_get_data (g_ptr_array_index (outlet->plain, i), &plain_size);
    gsize piece = MIN (16, plain_size / 4);

    for (guint k = 1; k <= 3; k++)
      clear |= memmem (data, size, plain + k * plain_size / 4, piece) != NULL;
  }
  g_bytes_unref (frame);
  return clear;
}

static GstPadProbeReturn
on_wire (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Outlet *outlet = user_data;
  Actor *actor = outlet->actor;
  GstBufferList *list = list_of_probe (info);

  if (is_clear (outlet, list)) {
    fail_if (gst_e2ee_meeting_is_on (actor->person->meeting), "%s lets clear %s out though on",
        actor->person->name, kind_names[outlet->kind]);
    fail_if (actor->has_pressed_on, "%s lets clear %s out though he has pressed",
        actor->person->name, kind_names[outlet->kind]);
    outlet->n_clear++;
  } else {
    outlet->n_protected++;
  }
  g_ptr_array_add (outlet->wire, list);
  return GST_PAD_PROBE_OK;
}

/* ---- what is shown and heard ---- */

static void
show (Inlet * inlet, GstBuffer * buffer)
{
  Stage *stage = inlet->actor->stage;
  GstE2eeState state = gst_buffer_get_e2ee_state (buffer);

  fail_if (state == GST_E2EE_STATE_OFF && gst_e2ee_meeting_is_on (inlet->actor->person->meeting),
      "%s is shown clear %s of %s though on", inlet->actor->person->name, kind_names[inlet->kind],
      inlet->from->person->name);
  inlet->n_shown++;
  inlet->n_shown_while_off += state == GST_E2EE_STATE_OFF;
  inlet->last_state = state;
  inlet->longest_gap = MAX (inlet->longest_gap, stage->at - inlet->last_shown_at);
  inlet->last_shown_at = stage->at;
}

static void
judge_picture (Inlet * inlet, GstPad * pad, GstBuffer * picture)
{
  Stage *stage = inlet->actor->stage;
  Outlet *outlet = &inlet->from->out[VIDEO];
  guint8 grid[FILM_GRID];
  guint sender, number;
  gdouble difference;

  if (stage->may_be_garbled) {
    show (inlet, picture);
    return;
  }
  fail_unless (film_read (pad, picture, &sender, &number, grid), "%s is shown noise",
      inlet->actor->person->name);
  fail_unless_equals_int (sender, inlet->from->number);
  fail_unless (number < outlet->n_made, "picture %u was never sent", number);
  fail_unless (inlet->n_shown == 0 || number > inlet->last_number, "picture %u comes behind %u",
      number, inlet->last_number);
  difference = film_difference (grid, g_ptr_array_index (outlet->grids, number));
  fail_unless (difference < MAX_DIFFERENCE, "picture %u differs by %.1f from the one that was sent",
      number, difference);
  stage->worst_picture = MAX (stage->worst_picture, difference);
  inlet->last_number = number;
  show (inlet, picture);
}

static void
judge_sound (Inlet * inlet, GstBuffer * sound)
{
  Stage *stage = inlet->actor->stage;
  gdouble purity = film_purity (sound, inlet->from->number);

  if (purity < 0)
    return;
  /* The first sounds, and those behind a gap, swell. */
  if (!stage->may_be_garbled && stage->at - inlet->last_shown_at < 2
      && inlet->n_shown >= MAX_STARTS) {
    fail_unless (purity > MIN_PURITY, "%s hears noise: %.2f", inlet->actor->person->name, purity);
    stage->worst_sound = MIN (stage->worst_sound, purity);
  }
  show (inlet, sound);
}

static GstPadProbeReturn
on_decoded (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Inlet *inlet = user_data;

  if (inlet->kind == VIDEO)
    judge_picture (inlet, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    judge_sound (inlet, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

/* ---- pipelines ---- */

static void
watch (GstElement * element, const gchar * pad_name, GstPadProbeCallback callback, gpointer data)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, callback, data,
      NULL);
  gst_object_unref (pad);
}

/* A pad of the test's that is linked to @bin. */
static GstPad *
make_entry (GstElement * bin)
{
  GstPad *entry = gst_pad_new ("entry", GST_PAD_SRC);
  GstPad *sink = gst_element_get_static_pad (bin, "sink");

  fail_unless_equals_int (gst_pad_link (entry, sink), GST_PAD_LINK_OK);
  gst_object_unref (sink);
  return entry;
}

static void
open_entry (GstPad * entry, const gchar * stream_id, GstCaps * caps)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_set_active (entry, TRUE);
  fail_unless (gst_pad_push_event (entry, gst_event_new_stream_start (stream_id)));
  fail_unless (gst_pad_push_event (entry, gst_event_new_caps (caps)));
  fail_unless (gst_pad_push_event (entry, gst_event_new_segment (&segment)));
}

static GstElement *
make_bin (const gchar * format, ...) G_GNUC_PRINTF (1, 2);

static GstElement *
make_bin (const gchar * format, ...)
{
  GError *error = NULL;
  GstElement *bin;
  gchar *description;
  va_list list;

  va_start (list, format);
  description = g_strdup_vprintf (format, list);
  va_end (list);
  bin = gst_parse_bin_from_description (description, TRUE, &error);
  fail_unless (error == NULL, "%s: %s", description, error ? error->message : "");
  g_free (description);
  return bin;
}

static void
add_outlet (Actor * actor, Kind kind)
{
  Outlet *outlet = &actor->out[kind];
  GstElement *bin = make_bin ("%s ! e2eeenc name=%s-to-all meeting=%s ! "
      STAGE_SINK, encoders[kind], kind_names[kind], actor->name);
  gchar *enc_name = g_strconcat (kind_names[kind], "-to-all", NULL);

  outlet->actor = actor;
  outlet->kind = kind;
  outlet->plain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  outlet->wire = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  outlet->grids = g_ptr_array_new_with_free_func (g_free);
  outlet->enc = gst_bin_get_by_name (GST_BIN (bin), enc_name);
  watch (outlet->enc, "sink", on_plain, outlet);
  watch (outlet->enc, "src", on_wire, outlet);
  gst_bin_add (GST_BIN (actor->pipeline), bin);
  outlet->entry = make_entry (bin);
  g_free (enc_name);
}

/* What a receiver asks for goes back to the sender, as RTCP does. */
static gboolean
on_upstream (GstPad * pad, GstObject * parent, GstEvent * event)
{
  Inlet *inlet = gst_pad_get_element_private (pad);
  GstPad *src = gst_element_get_static_pad (inlet->from->out[inlet->kind].enc, "src");

  gst_pad_send_event (src, event);
  gst_object_unref (src);
  return TRUE;
}

static void
add_inlet (Actor * actor, Actor * from, Kind kind, const gchar * tail)
{
  Inlet *inlet = &actor->in[from->number][kind];
  gchar *name = g_strdup_printf ("%s-from-%s", kind_names[kind], from->person->name);
  gchar *subject = g_ascii_strdown (from->person->name, -1);
  GstElement *decoder;

  inlet->actor = actor;
  inlet->from = from;
  inlet->kind = kind;
  inlet->bin = make_bin ("e2eedec name=%s sender=%s meeting=%s ! %s ! %s", name, subject,
      actor->name, decoders[kind], tail);
  inlet->dec = gst_bin_get_by_name (GST_BIN (inlet->bin), name);
  g_free (subject);
  g_free (name);
  decoder = gst_bin_get_by_name (GST_BIN (inlet->bin), "decoder");
  watch (decoder, "src", on_decoded, inlet);
  gst_object_unref (decoder);
  gst_bin_add (GST_BIN (actor->pipeline), inlet->bin);
  inlet->entry = make_entry (inlet->bin);
  gst_pad_set_element_private (inlet->entry, inlet);
  gst_pad_set_event_function (inlet->entry, on_upstream);
}

static void
open_entries (Actor * actor)
{
  Stage *stage = actor->stage;
  GstCaps *raw[N_KINDS] = { gst_caps_from_string (FILM_VIDEO_CAPS),
    gst_caps_from_string (FILM_AUDIO_CAPS)
  };
  GstCaps *rtp[N_KINDS] = {
    gst_caps_from_string ("application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,"
        "payload=96"),
    gst_caps_from_string ("application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,"
        "payload=96,encoding-params=(string)2,sprop-stereo=(string)0")
  };

  for (guint kind = 0; kind < N_KINDS; kind++) {
    open_entry (actor->out[kind].entry, kind_names[kind], raw[kind]);
    for (guint i = 0; i < stage->n; i++)
      if (i != actor->number)
        open_entry (actor->in[i][kind].entry, kind_names[kind], rtp[kind]);
    gst_caps_unref (raw[kind]);
    gst_caps_unref (rtp[kind]);
  }
}

static void
start (Actor * actor)
{
  fail_unless (gst_element_set_state (actor->pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_SUCCESS, "%s does not start", actor->person->name);
  open_entries (actor);
}

static void
make_pipeline (Actor * actor, const StagePlan * plan)
{
  Stage *stage = actor->stage;
  gboolean is_last = actor->number == stage->n - 1;

  for (guint kind = 0; kind < N_KINDS; kind++)
    add_outlet (actor, kind);
  for (guint i = 0; i < stage->n; i++) {
    if (i == actor->number)
      continue;
    add_inlet (actor, &stage->actors[i], VIDEO, is_last && plan->video_tail ? plan->video_tail
        : "shieldoverlay ! " STAGE_SINK);
    add_inlet (actor, &stage->actors[i], AUDIO, is_last && plan->audio_tail ? plan->audio_tail
        : STAGE_SINK);
  }
}

static gchar *
take_text (e2ee_mls_buffer * buffer)
{
  gchar *text = g_strndup ((const gchar *) buffer->data, buffer->size);

  e2ee_mls_buffer_clear (buffer);
  return text;
}

/* Another ticket and its link in place of the room's. */
static void
schedule (Room * room, gboolean on)
{
  Person *host = &room->people[0];
  e2ee_authorities authorities;
  e2ee_mls_buffer buffer;
  e2ee_ticket ticket;
  e2ee_link link = { 0, };

  MUST (e2ee_authorities_parse (E2EE_BYTES (room->authorities, strlen (room->authorities)),
          &authorities));
  MUST (e2ee_ticket_verify (E2EE_BYTES (room->ticket, strlen (room->ticket)), &authorities,
          &ticket));
  ticket.initially_on = on;
  MUST (e2ee_ticket_issue (&ticket, host->device, E2EE_BYTES (host->token, strlen (host->token)),
          ticket.issued_at, &buffer));
  g_free (room->ticket);
  room->ticket = take_text (&buffer);
  MUST (e2ee_ticket_verify (E2EE_BYTES (room->ticket, strlen (room->ticket)), &authorities,
          &ticket));
  MUST (e2ee_link_parse (E2EE_BYTES (room->link, strlen (room->link)), &link));
  memcpy (link.ticket_hash, ticket.hash, sizeof link.ticket_hash);
  MUST (e2ee_link_format ("https://meet.example/join", &link, &buffer));
  g_free (room->link);
  room->link = take_text (&buffer);
  e2ee_link_clear (&link);
}

static void
open_meeting (Actor * actor)
{
  GError *error = NULL;

  room_close (actor->person);
  fail_unless (room_open (actor->person, actor->name, &error) != NULL, "%s",
      error ? error->message : "");
}

Stage *
stage_new (const StagePlan * plan)
{
  Stage *stage = g_new0 (Stage, 1);

  stage->room = room_new (plan->names, plan->policy);
  if (plan->is_on_from_the_start)
    schedule (stage->room, TRUE);
  stage->n = stage->room->n_people;
  stage->worst_sound = 1;
  for (guint i = 0; i < stage->n; i++) {
    Actor *actor = &stage->actors[i];

    actor->stage = stage;
    actor->number = i;
    actor->person = &stage->room->people[i];
    actor->name = g_strconcat ("stage-", actor->person->name, NULL);
    actor->posted = g_string_new (NULL);
    open_meeting (actor);
    actor->pipeline = gst_pipeline_new (actor->person->name);
    actor->clock = gst_test_clock_new ();
    gst_pipeline_use_clock (GST_PIPELINE (actor->pipeline), actor->clock);
  }
  stage->server = server_new (stage->room);
  for (guint i = 0; i < stage->n; i++)
    make_pipeline (&stage->actors[i], plan);
  for (guint i = 0; i < stage->n; i++)
    start (&stage->actors[i]);
  return stage;
}

void
stage_free (Stage * stage)
{
  stage_say ("pictures differ by %.1f of 255 at most, sounds are %.2f pure at least",
      stage->worst_picture, stage->worst_sound);
  for (guint i = 0; i < stage->n; i++)
    gst_element_set_state (stage->actors[i].pipeline, GST_STATE_NULL);
  for (guint i = 0; i < stage->n; i++) {
    Actor *actor = &stage->actors[i];

    for (guint kind = 0; kind < N_KINDS; kind++) {
      gst_object_unref (actor->out[kind].entry);
      gst_object_unref (actor->out[kind].enc);
      g_ptr_array_unref (actor->out[kind].plain);
      g_ptr_array_unref (actor->out[kind].wire);
      g_ptr_array_unref (actor->out[kind].grids);
      for (guint k = 0; k < stage->n; k++) {
        gst_clear_object (&actor->in[k][kind].entry);
        gst_clear_object (&actor->in[k][kind].dec);
      }
    }
    gst_object_unref (actor->pipeline);
    gst_object_unref (actor->clock);
    g_string_free (actor->posted, TRUE);
    g_free (actor->name);
  }
  server_free (stage->server);
  room_free (stage->room);
  film_forget ();
  g_free (stage);
}

GstE2eeMeeting *
stage_meeting (Stage * stage, guint who)
{
  return stage->room->people[who].meeting;
}

/* ---- a step ---- */

/* What an element said, as a line. */
static void
note (Actor * actor, GstMessage * message)
{
  const GstStructure *s = gst_message_get_structure (message);
  GstObject *bin;
  gboolean open;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:{
      GError *error;
      gchar *debug;

      gst_message_parse_error (message, &error, &debug);
      fail ("%s: %s (%s)", actor->person->name, error->message, debug);
      break;
    }
    case GST_MESSAGE_ELEMENT:
      if (gst_structure_has_name (s, "e2ee-shield")) {
        bin = gst_object_get_parent (GST_MESSAGE_SRC (message));
        for (guint i = 0; i < actor->stage->n; i++)
          if (GST_OBJECT (actor->in[i][VIDEO].bin) == bin)
            g_string_append_printf (actor->posted, "shield %s %s\n",
                actor->stage->actors[i].person->name, gst_structure_get_string (s, "state"));
        gst_object_unref (bin);
      } else if (gst_structure_has_name (s, "e2ee-policy")) {
        fail_unless (gst_structure_get_boolean (s, "open", &open));
        g_string_append_printf (actor->posted, "gate %s %s %s\n", gst_structure_get_string (s,
                "feature"), open ? "open" : "closed", gst_structure_get_string (s, "reason"));
      } else if (gst_structure_has_name (s, "e2ee-status")) {
        const gchar *reason = gst_structure_get_string (s, "reason");

        g_string_append_printf (actor->posted, "%s %s%s%s\n", GST_MESSAGE_SRC_NAME (message),
            gst_structure_get_string (s, "state"), reason ? " " : "", reason ? reason : "");
      }
      break;
    default:
      break;
  }
}

static void
drain_bus (Actor * actor)
{
  GstBus *bus = gst_element_get_bus (actor->pipeline);
  GstMessage *message;

  while ((message = gst_bus_pop (bus))) {
    note (actor, message);
    gst_message_unref (message);
  }
  gst_object_unref (bus);
}

static void
make_media (Outlet * outlet)
{
  guint8 grid[FILM_GRID];
  guint times = outlet->kind == VIDEO ? 1 : STAGE_STEP_MS / FILM_SOUND_MS;

  for (guint i = 0; i < times; i++) {
    GstBuffer *buffer;

    if (outlet->kind == VIDEO) {
      buffer = film_picture (outlet->actor->number, outlet->n_made, grid);
      g_ptr_array_add (outlet->grids, g_memdup2 (grid, sizeof grid));
    } else {
      buffer = film_sound (outlet->actor->number, outlet->n_made);
    }
    outlet->n_made++;
    fail_unless_equals_int (gst_pad_push (outlet->entry, buffer), GST_FLOW_OK);
  }
}

/* What travels is bytes: metas stay behind. */
static GstBufferList *
copy_bytes (GstBufferList * list)
{
  list = gst_buffer_list_copy_deep (list);
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *packet = gst_buffer_list_get_writable (list, i);
    GstE2eeStatusMeta *meta = gst_buffer_get_e2ee_status_meta (packet);

    if (meta)
      gst_buffer_remove_meta (packet, &meta->meta);
  }
  return list;
}

static void
shift_numbers (GstBufferList * list, guint16 by)
{
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

    fail_unless (gst_rtp_buffer_map (gst_buffer_list_get_writable (list, i), GST_MAP_READWRITE,
            &rtp));
    gst_rtp_buffer_set_seq (&rtp, gst_rtp_buffer_get_seq (&rtp) + by);
    gst_rtp_buffer_unmap (&rtp);
  }
}

/* The head of @frame as that of @list, but so much earlier. */
static void
take_head (GstBufferList * frame, GstBufferList * list, guint32 earlier)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint32 ssrc, timestamp;
  guint16 seq;

  fail_unless (gst_rtp_buffer_map (gst_buffer_list_get (list, 0), GST_MAP_READ, &rtp));
  ssrc = gst_rtp_buffer_get_ssrc (&rtp);
  timestamp = gst_rtp_buffer_get_timestamp (&rtp) - earlier;
  seq = gst_rtp_buffer_get_seq (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  for (guint i = 0; i < gst_buffer_list_length (frame); i++) {
    fail_unless (gst_rtp_buffer_map (gst_buffer_list_get_writable (frame, i), GST_MAP_READWRITE,
            &rtp));
    gst_rtp_buffer_set_ssrc (&rtp, ssrc);
    gst_rtp_buffer_set_timestamp (&rtp, timestamp);
    gst_rtp_buffer_set_seq (&rtp, seq + i);
    gst_rtp_buffer_unmap (&rtp);
  }
}

void
stage_squeeze_in (Inlet * inlet, GstBufferList * frame, GstBufferList * list)
{
  guint n = gst_buffer_list_length (frame);

  take_head (frame, list, 100);
  shift_numbers (frame, inlet->shift);
  inlet->shift += n;
  fail_unless_equals_int (gst_pad_push_list (inlet->entry, frame), GST_FLOW_OK);
}

GstBufferList *
stage_in_place_of (Inlet * inlet, GstBufferList * frame, GstBufferList * list)
{
  take_head (frame, list, 0);
  inlet->shift_after += gst_buffer_list_length (frame) - gst_buffer_list_length (list);
  gst_buffer_list_unref (list);
  return frame;
}

static void
carry (Stage * stage, Outlet * outlet)
{
  for (guint f = 0; f < outlet->wire->len; f++) {
    for (guint i = 0; i < stage->n; i++) {
      Inlet *inlet = &stage->actors[i].in[outlet->actor->number][outlet->kind];
      GstBufferList *list;

      if (inlet->entry == NULL)
        continue;
      list = copy_bytes (g_ptr_array_index (outlet->wire, f));
      if (stage->tamper)
        list = stage->tamper (stage, outlet, inlet, list);
      if (list == NULL)
        continue;
      shift_numbers (list, inlet->shift);
      inlet->shift += inlet->shift_after;
      inlet->shift_after = 0;
      fail_unless_equals_int (gst_pad_push_list (inlet->entry, list), GST_FLOW_OK);
    }
  }
  g_ptr_array_set_size (outlet->plain, 0);
  g_ptr_array_set_size (outlet->wire, 0);
}

static void
step (Stage * stage)
{
  stage->at++;
  clock_advance (STAGE_STEP_MS);
  server_run (stage->server, STAGE_STEP_MS);
  for (guint i = 0; i < stage->n; i++) {
    Actor *actor = &stage->actors[i];

    gst_test_clock_advance_time (GST_TEST_CLOCK (actor->clock), STAGE_STEP_MS * GST_MSECOND);
    for (guint kind = 0; kind < N_KINDS && !stage->is_quiet; kind++)
      make_media (&actor->out[kind]);
  }
  for (guint i = 0; i < stage->n; i++)
    for (guint kind = 0; kind < N_KINDS; kind++)
      carry (stage, &stage->actors[i].out[kind]);
  for (guint i = 0; i < stage->n; i++)
    drain_bus (&stage->actors[i]);
}

void
stage_step (Stage * stage, guint steps)
{
  for (guint i = 0; i < steps; i++)
    step (stage);
}

/* ---- what people do ---- */

void
stage_join (Stage * stage, guint who)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_join (stage_meeting (stage, who), &error), "%s",
      error ? error->message : "");
  for (guint i = 0; i < 5 * STAGE_SECOND
      && gst_e2ee_meeting_get_phase (stage_meeting (stage, who)) != GST_E2EE_MEETING_PHASE_MEMBER;
      i++)
    stage_step (stage, 1);
  fail_unless_equals_int (gst_e2ee_meeting_get_phase (stage_meeting (stage, who)),
      GST_E2EE_MEETING_PHASE_MEMBER);
}

void
stage_join_all (Stage * stage)
{
  for (guint i = 0; i < stage->n; i++)
    stage_join (stage, i);
  stage_step (stage, STAGE_SECOND);
}

void
stage_reopen (Stage * stage, guint who, guint of, e2ee_tier tier, gboolean new_device)
{
  Actor *actor = &stage->actors[who];
  Person *person = actor->person;
  gchar *subject = g_ascii_strdown (stage->room->people[of].name, -1);
  guint64 now = ROOM_UNIX_TIME + stage->room->now_ms / 1000;
  e2ee_mls_buffer buffer;

  gst_element_set_state (actor->pipeline, GST_STATE_NULL);
  room_close (person);
  if (new_device) {
    e2ee_device_unref (person->device);
    MUST (e2ee_device_generate (e2ee_env_default (), &person->device));
    MUST (e2ee_device_to_jwk (person->device, &buffer));
    fail_unless (g_file_set_contents_full (person->key_file, (const gchar *) buffer.data,
            buffer.size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    e2ee_mls_buffer_clear (&buffer);
  }
  MUST (e2ee_account_issue (stage->room->authority, subject, stage->room->people[of].name, tier,
          e2ee_device_public_key (person->device), now, now + 100000, &buffer));
  g_free (person->token);
  person->token = take_text (&buffer);
  g_free (subject);
  open_meeting (actor);
  server_listen (stage->server, who);
  start (actor);
}

guint
stage_count (Stage * stage, guint by)
{
  GList *members = gst_e2ee_meeting_list_members (stage_meeting (stage, by));
  guint n = g_list_length (members);

  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  return n;
}

guint
stage_leaf (Stage * stage, guint by, guint who)
{
  GList *members = gst_e2ee_meeting_list_members (stage_meeting (stage, by));
  guint leaf = G_MAXUINT;

  for (GList * walk = members; walk; walk = walk->next)
    if (g_str_equal (gst_e2ee_member_get_name (walk->data), stage->room->people[who].name))
      leaf = gst_e2ee_member_get_leaf (walk->data);
  g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
  fail_unless (leaf != G_MAXUINT, "%s is not in it", stage->room->people[who].name);
  return leaf;
}

void
stage_press (Stage * stage, guint who, gboolean on)
{
  GError *error = NULL;

  fail_unless (gst_e2ee_meeting_request_e2ee (stage_meeting (stage, who), on, NULL, &error), "%s",
      error ? error->message : "");
  stage->actors[who].has_pressed_on = on;
}

void
stage_turn (Stage * stage, gboolean on, guint steps)
{
  guint i;

  stage_press (stage, 0, on);
  stage_step (stage, MIN (steps, STAGE_SECOND));
  for (i = 0; i < stage->n; i++)
    if (gst_e2ee_meeting_get_phase (stage_meeting (stage, i)) == GST_E2EE_MEETING_PHASE_MEMBER)
      fail_unless_equals_int (gst_e2ee_meeting_is_on (stage_meeting (stage, i)), on);
  stage_step (stage, steps - MIN (steps, STAGE_SECOND));
}

/* ---- what came of it ---- */

void
stage_watch_gaps (Stage * stage)
{
  for (guint i = 0; i < stage->n; i++)
    for (guint k = 0; k < stage->n; k++)
      for (guint kind = 0; kind < N_KINDS; kind++)
        stage->actors[i].in[k][kind].longest_gap = 0;
}

guint
stage_longest_gap_ms (Stage * stage, Kind kind)
{
  guint longest = 0;

  for (guint i = 0; i < stage->n; i++)
    for (guint k = 0; k < stage->n; k++)
      if (i != k)
        longest = MAX (longest, stage->actors[i].in[k][kind].longest_gap);
  /* Every step has one: a gap of one step is none. */
  return longest > 0 ? (longest - 1) * STAGE_STEP_MS : 0;
}

gboolean
stage_is_shown (Stage * stage, guint who, guint from, Kind kind)
{
  Inlet *inlet = &stage->actors[who].in[from][kind];

  return inlet->n_shown > 0 && stage->at - inlet->last_shown_at < STAGE_SECOND;
}

void
stage_check_all_shown (Stage * stage)
{
  for (guint i = 0; i < stage->n; i++)
    for (guint k = 0; k < stage->n; k++)
      for (guint kind = 0; kind < N_KINDS; kind++)
        fail_unless (i == k || stage_is_shown (stage, i, k, kind), "%s gets no %s of %s",
            stage->room->people[i].name, kind_names[kind], stage->room->people[k].name);
}

guint64
stage_stat (GstElement * element, const gchar * name)
{
  GstStructure *stats = NULL;
  guint64 value = 0;

  g_object_get (element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no counter %s", name);
  gst_structure_free (stats);
  return value;
}

gboolean
stage_posted (Stage * stage, guint who, const gchar * line)
{
  gchar *whole = g_strconcat ("\n", line, "\n", NULL);
  gchar *all = g_strconcat ("\n", stage->actors[who].posted->str, NULL);
  gboolean found = strstr (all, whole) != NULL;

  g_free (all);
  g_free (whole);
  return found;
}

void
stage_forget (Stage * stage)
{
  for (guint i = 0; i < stage->n; i++)
    g_string_truncate (stage->actors[i].posted, 0);
}
