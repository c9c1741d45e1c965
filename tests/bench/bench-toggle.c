/* Turning encryption on and off with 2, 10 and 50 participants, media running: how long it takes
 * until the last one is there, and what media lost on the way.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 *   bench-toggle [PARTICIPANTS...]
 *
 * All are GstE2eeMeetings of one process.  A delivery service in memory gives every message to all
 * of them, the sender too, in one order, 5 ms after it was sent.  A few of them send video and
 * sound to a few others through real elements; a depayloader without e2eedec on the same packets
 * is what an eavesdropper has.  Fails when a clear frame leaves after on, or a frame cannot be
 * decrypted. */

#include <stdio.h>
#include <stdlib.h>
#include <glib/gstdio.h>
#include <gst/e2ee/meeting.h>
#include <gst/gst.h>
#include <sodium.h>
#include <string.h>

#include "core/meeting/ticket.h"

#define LATENCY_US 5000
#define PAIRS 3                 /* who send and who get: 0 to 1, 1 to 2 ... */
#define TOGGLES 6               /* on, off, on ... */
#define SETTLE_MS 800           /* of media before each */
#define GIVE_UP_S 60
/* One process does the work of all: what 50 do at once on machines of their own takes seconds. */
#define JOIN_AT_ONCE 5

typedef struct Bench Bench;

typedef struct
{
  Bench *bench;
  GstE2eeMeeting *meeting;
  gint protected;               /* atomic: he has merged "on" and not "off" */
  gint busy;                    /* atomic: he takes a message, which may be one of these */
  gint64 settled_at;            /* in the state that was asked for */
} Person;

/* One stream from one to another. */
typedef struct
{
  Person *sender;
  GstElement *pipeline;
  GstElement *decryptor;
  GHashTable *encoded;          /* digests; gchar * -> whether its sender was protected by then */
  GMutex lock;                  /* guards encoded */
  gint clear_after_on;          /* atomic */
  gint clear;                   /* atomic */
  gint64 last;                  /* of what was decoded; streaming thread */
  gint gap_us;                  /* atomic: the longest */
} Flow;

struct Bench
{
  guint n;
  guint n_joined;               /* the first so many are to be in it */
  Person *people;
  GPtrArray *flows;
  GQueue channel;               /* Message */
  guint timer;
  gchar *folder;
  GstE2eeState wanted;
  guint64 messages;
};

typedef struct
{
  gint64 due;
  GBytes *bytes;
} Message;

/* ---- the delivery service ---- */

/* One message at a time: what else is due, such as the meetings' own clocks, has its turn. */
static gboolean
deliver (gpointer user_data)
{
  Bench *bench = user_data;
  Message *message = g_queue_peek_head (&bench->channel);

  bench->timer = 0;
  if (message && message->due <= g_get_monotonic_time ()) {
    g_queue_pop_head (&bench->channel);
    for (guint i = 0; i < bench->n; i++) {
      g_atomic_int_set (&bench->people[i].busy, TRUE);
      gst_e2ee_meeting_receive (bench->people[i].meeting, message->bytes, NULL);
      g_atomic_int_set (&bench->people[i].busy, FALSE);
    }
    g_bytes_unref (message->bytes);
    g_free (message);
  }
  message = g_queue_peek_head (&bench->channel);
  if (message)
    bench->timer = g_timeout_add (MAX (0, message->due - g_get_monotonic_time () + 999) / 1000,
        deliver, bench);
  return G_SOURCE_REMOVE;
}

static void
on_outgoing (GstE2eeMeeting * meeting, GBytes * bytes, Person * person)
{
  Bench *bench = person->bench;
  Message *message = g_new (Message, 1);

  message->due = g_get_monotonic_time () + LATENCY_US;
  message->bytes = g_bytes_ref (bytes);
  g_queue_push_tail (&bench->channel, message);
  bench->messages++;
  /* Not while one is being delivered: that looks for the next by itself. */
  if (g_queue_get_length (&bench->channel) == 1 && !bench->timer)
    bench->timer = g_timeout_add (LATENCY_US / 1000, deliver, bench);
}

static void
on_state (GstE2eeMeeting * meeting, GstE2eeState state, const gchar * code, Person * person)
{
  g_atomic_int_set (&person->protected, state != GST_E2EE_STATE_OFF);
  if (state == person->bench->wanted && !person->settled_at)
    person->settled_at = g_get_monotonic_time ();
}

static gboolean
nudge (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* FALSE: it took too long. */
static gboolean
run_until (Bench * bench, gboolean (*done) (Bench * bench))
{
  gint64 end = g_get_monotonic_time () + GIVE_UP_S * G_TIME_SPAN_SECOND;

  while (!done (bench)) {
    if (g_get_monotonic_time () > end)
      return FALSE;
    g_main_context_iteration (NULL, TRUE);
  }
  return TRUE;
}

static void
run_for (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- people ---- */

static void
must (e2ee_meeting_result result, const gchar * what)
{
  if (result != E2EE_MEETING_OK) {
    fprintf (stderr, "bench-toggle: %s: %s\n", what, e2ee_meeting_result_text (result));
    exit (EXIT_FAILURE);
  }
}

static gchar *
dup_text (e2ee_mls_buffer * buffer)
{
  e2ee_bytes view = e2ee_mls_buffer_view (*buffer);
  gchar *text = g_strndup ((const gchar *) view.data, view.size);

  e2ee_mls_buffer_clear (buffer);
  return text;
}

static gchar *
issue_account (const e2ee_device * authority, const e2ee_device * device, guint number)
{
  guint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gchar *subject = g_strdup_printf ("p%u", number);
  e2ee_mls_buffer token = E2EE_MLS_NO_BUFFER;

  must (e2ee_account_issue (authority, subject, subject, number == 0 ? E2EE_TIER_PAID
          : E2EE_TIER_FREE, e2ee_device_public_key (device), now, now + 3600, &token), "account");
  g_free (subject);
  return dup_text (&token);
}

static gchar *
authority_set (const e2ee_device * authority)
{
  e2ee_mls_buffer jwk = E2EE_MLS_NO_BUFFER;
  gchar *text, *x, *end, *set;

  must (e2ee_device_to_jwk (authority, &jwk), "authority");
  text = dup_text (&jwk);
  x = strstr (text, "\"x\"");
  x = strchr (x + 3, '"') + 1;
  end = strchr (x, '"');
  set = g_strdup_printf ("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%.*s\"}]}",
      (int) (end - x), x);
  g_free (text);
  return set;
}

static void
make_ticket (const e2ee_device * host, const gchar * account, gchar ** ticket, gchar ** link)
{
  guint64 now = g_get_real_time () / G_USEC_PER_SEC;
  e2ee_mls_buffer text = E2EE_MLS_NO_BUFFER;
  e2ee_ticket plan;
  e2ee_link where;

  memset (&plan, 0, sizeof (plan));
  memset (&where, 0, sizeof (where));
  g_strlcpy (plan.meeting_id, "bench", sizeof (plan.meeting_id));
  g_strlcpy (plan.hosts[0].subject, "p0", sizeof (plan.hosts[0].subject));
  e2ee_public_key_thumbprint (e2ee_device_public_key (host), &plan.hosts[0].device);
  plan.n_hosts = 1;
  plan.e2ee = E2EE_FLOOR_ALLOW;
  plan.not_before = now;
  plan.not_after = now + 3600;
  must (e2ee_ticket_issue (&plan, host, E2EE_BYTES (account, strlen (account)), now, &text),
      "ticket");
  *ticket = dup_text (&text);

  g_strlcpy (where.meeting_id, "bench", sizeof (where.meeting_id));
  crypto_hash_sha256 (where.ticket_hash, (const guint8 *) *ticket, strlen (*ticket));
  if (e2ee_mls_secret_init (&where.join_secret, E2EE_JOIN_SECRET_SIZE) != E2EE_MLS_OK)
    abort ();
  randombytes_buf (where.join_secret.data, where.join_secret.size);
  must (e2ee_link_format ("https://bench.example/", &where, &text), "link");
  *link = dup_text (&text);
  e2ee_link_clear (&where);
}

static gboolean
make_people (Bench * bench)
{
  e2ee_device *authority, *device;
  gchar *authorities, *ticket = NULL, *link = NULL;
  guint i;

  must (e2ee_device_generate (e2ee_env_default (), &authority), "authority");
  authorities = authority_set (authority);
  for (i = 0; i < bench->n; i++) {
    Person *person = &bench->people[i];
    gchar *name = g_strdup_printf ("bench-%u-%u", bench->n, i);
    gchar *path = g_build_filename (bench->folder, name, NULL);
    e2ee_mls_buffer jwk = E2EE_MLS_NO_BUFFER;
    GError *error = NULL;
    gchar *account, *text;

    must (e2ee_device_generate (e2ee_env_default (), &device), "device");
    must (e2ee_device_to_jwk (device, &jwk), "device");
    text = dup_text (&jwk);
    if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error))
      g_error ("%s", error->message);
    account = issue_account (authority, device, i);
    if (i == 0)
      make_ticket (device, account, &ticket, &link);
    person->bench = bench;
    person->meeting = gst_e2ee_meeting_new (name, ticket, link, account, path, authorities, NULL,
        &error);
    if (!person->meeting)
      g_error ("%s", error->message);
    g_signal_connect (person->meeting, "outgoing-message", G_CALLBACK (on_outgoing), person);
    g_signal_connect (person->meeting, "state-changed", G_CALLBACK (on_state), person);
    g_unlink (path);
    g_free (account);
    g_free (text);
    g_free (path);
    g_free (name);
    e2ee_device_unref (device);
  }
  g_free (authorities);
  g_free (ticket);
  g_free (link);
  e2ee_device_unref (authority);
  return TRUE;
}

static gboolean
all_are_in (Bench * bench)
{
  guint64 epoch = gst_e2ee_meeting_get_epoch (bench->people[0].meeting);
  guint i;

  for (i = 0; i < bench->n_joined; i++) {
    GstE2eeMeeting *meeting = bench->people[i].meeting;
    GList *members;
    guint n;

    if (gst_e2ee_meeting_get_phase (meeting) != GST_E2EE_MEETING_PHASE_MEMBER
        || gst_e2ee_meeting_get_epoch (meeting) != epoch)
      return FALSE;
    if (i > 0)
      continue;
    members = gst_e2ee_meeting_list_members (meeting);
    n = g_list_length (members);
    g_list_free_full (members, (GDestroyNotify) gst_e2ee_member_unref);
    if (n != bench->n_joined)
      return FALSE;
  }
  return TRUE;
}

static gboolean
all_are_settled (Bench * bench)
{
  guint i;

  for (i = 0; i < bench->n; i++) {
    if (!bench->people[i].settled_at)
      return FALSE;
  }
  return TRUE;
}

/* ---- media ---- */

static gchar *
digest_of (GstBuffer * buffer)
{
  GstMapInfo map;
  gchar *digest = NULL;

  if (gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  return digest;
}

static GstPadProbeReturn
on_encoded (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Flow *flow = user_data;
  gint is_protected = g_atomic_int_get (&flow->sender->protected);

  g_mutex_lock (&flow->lock);
  g_hash_table_insert (flow->encoded, digest_of (GST_PAD_PROBE_INFO_BUFFER (info)),
      GINT_TO_POINTER (is_protected));
  g_mutex_unlock (&flow->lock);
  return GST_PAD_PROBE_OK;
}

/* The eavesdropper's side.  A clear frame is one too many when its sender was on when it was
 * encoded and still is: then there was no moment in between at which it might have been off. */
static GstPadProbeReturn
on_tapped (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Flow *flow = user_data;
  gchar *digest = digest_of (GST_PAD_PROBE_INFO_BUFFER (info));
  gpointer is_protected;

  g_mutex_lock (&flow->lock);
  if (g_hash_table_lookup_extended (flow->encoded, digest, NULL, &is_protected)) {
    g_atomic_int_inc (&flow->clear);
    if (is_protected && g_atomic_int_get (&flow->sender->protected)
        && !g_atomic_int_get (&flow->sender->busy))
      g_atomic_int_inc (&flow->clear_after_on);
  }
  g_mutex_unlock (&flow->lock);
  g_free (digest);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_decoded (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Flow *flow = user_data;
  gint64 now = g_get_monotonic_time ();

  if (flow->last)
    g_atomic_int_set (&flow->gap_us, MAX (g_atomic_int_get (&flow->gap_us), now - flow->last));
  flow->last = now;
  return GST_PAD_PROBE_OK;
}

static void
probe (Flow * flow, const gchar * element, GstPadProbeCallback callback)
{
  GstElement *found = gst_bin_get_by_name (GST_BIN (flow->pipeline), element);
  GstPad *pad = gst_element_get_static_pad (found, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, flow, NULL);
  gst_object_unref (pad);
  gst_object_unref (found);
}

#define VIDEO "videotestsrc is-live=true pattern=ball ! " \
    "video/x-raw,width=160,height=90,framerate=25/1 ! " \
    "vp8enc name=encoder deadline=1 cpu-used=8 keyframe-max-dist=60 ! rtpvp8pay ! " \
    "e2eeenc meeting=%s ! tee name=t " \
    "t. ! queue ! e2eedec name=decryptor meeting=%s ! rtpvp8depay request-keyframe=true ! " \
    "vp8dec name=decoder ! fakesink async=false sync=false " \
    "t. ! queue ! rtpvp8depay name=tap ! fakesink async=false sync=false"
#define AUDIO "audiotestsrc is-live=true wave=ticks ! audioconvert ! " \
    "opusenc name=encoder ! rtpopuspay ! e2eeenc meeting=%s ! tee name=t " \
    "t. ! queue ! e2eedec name=decryptor meeting=%s ! rtpopusdepay ! " \
    "opusdec name=decoder ! fakesink async=false sync=false " \
    "t. ! queue ! rtpopusdepay name=tap ! fakesink async=false sync=false"

static void
add_flow (Bench * bench, const gchar * format, guint from, guint to)
{
  Flow *flow = g_new0 (Flow, 1);
  gchar *line = g_strdup_printf (format,
      gst_e2ee_meeting_get_name (bench->people[from].meeting),
      gst_e2ee_meeting_get_name (bench->people[to].meeting));
  GError *error = NULL;

  flow->sender = &bench->people[from];
  flow->encoded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&flow->lock);
  flow->pipeline = gst_parse_launch (line, &error);
  if (!flow->pipeline || error)
    g_error ("%s", error->message);
  flow->decryptor = gst_bin_get_by_name (GST_BIN (flow->pipeline), "decryptor");
  probe (flow, "encoder", on_encoded);
  probe (flow, "tap", on_tapped);
  probe (flow, "decoder", on_decoded);
  gst_element_set_state (flow->pipeline, GST_STATE_PLAYING);
  g_ptr_array_add (bench->flows, flow);
  g_free (line);
}

static void
flow_free (gpointer data)
{
  Flow *flow = data;

  gst_element_set_state (flow->pipeline, GST_STATE_NULL);
  gst_object_unref (flow->decryptor);
  gst_object_unref (flow->pipeline);
  g_hash_table_unref (flow->encoded);
  g_mutex_clear (&flow->lock);
  g_free (flow);
}

static gboolean
all_flow (Bench * bench)
{
  guint i;

  for (i = 0; i < bench->flows->len; i++) {
    Flow *flow = g_ptr_array_index (bench->flows, i);

    if (!g_atomic_int_get (&flow->clear) || !g_atomic_int_get (&flow->gap_us))
      return FALSE;
  }
  return TRUE;
}

/* Causes of e2eedec that mean that a frame came and could not be opened. */
static guint64
decrypt_failures (Flow * flow)
{
  static const gchar *const causes[] = { "tag", "unknown-key", "unknown-epoch", "replayed",
    "header", "short"
  };
  GstStructure *stats = NULL;
  guint64 sum = 0, value;
  guint i;

  g_object_get (flow->decryptor, "stats", &stats, NULL);
  for (i = 0; i < G_N_ELEMENTS (causes); i++) {
    if (gst_structure_get_uint64 (stats, causes[i], &value))
      sum += value;
  }
  gst_structure_free (stats);
  return sum;
}

/* ---- the measurement ---- */

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return x < y ? -1 : x > y;
}

/* Milliseconds until the last was there; -1: somebody never was. */
static gdouble
toggle (Bench * bench, gboolean on)
{
  gint64 begin, last = 0;
  GError *error = NULL;
  guint i;

  bench->wanted = on ? GST_E2EE_STATE_ON : GST_E2EE_STATE_OFF;
  for (i = 0; i < bench->n; i++)
    bench->people[i].settled_at = 0;
  begin = g_get_monotonic_time ();
  if (!gst_e2ee_meeting_request_e2ee (bench->people[0].meeting, on, NULL, &error))
    g_error ("%s", error->message);
  if (!run_until (bench, all_are_settled))
    return -1;
  for (i = 0; i < bench->n; i++)
    last = MAX (last, bench->people[i].settled_at);
  return (last - begin) / 1000.0;
}

static gboolean
measure (guint n)
{
  Bench bench = {.n = n };
  gdouble times[TOGGLES], join_ms = 0;
  gint64 begin;
  gint clear_after_on = 0, gap[2] = { 0, 0 };
  guint64 failures = 0;
  gboolean good = FALSE;
  guint i, pairs = MIN (PAIRS, n);
  guint tick = g_timeout_add (5, nudge, NULL);

  bench.people = g_new0 (Person, n);
  bench.flows = g_ptr_array_new_with_free_func (flow_free);
  bench.folder = g_dir_make_tmp ("e2ee-bench-XXXXXX", NULL);
  g_queue_init (&bench.channel);
  make_people (&bench);

  begin = g_get_monotonic_time ();
  while (bench.n_joined < n) {
    for (i = 0; i < JOIN_AT_ONCE && bench.n_joined < n; i++) {
      if (!gst_e2ee_meeting_join (bench.people[bench.n_joined++].meeting, NULL))
        goto out;
    }
    if (!run_until (&bench, all_are_in)) {
      fprintf (stderr, "bench-toggle: not all of %u got in\n", n);
      goto out;
    }
  }
  join_ms = (g_get_monotonic_time () - begin) / 1000.0;
  for (i = 0; i < pairs; i++) {
    add_flow (&bench, VIDEO, i, (i + 1) % n);
    add_flow (&bench, AUDIO, i, (i + 1) % n);
  }
  if (!run_until (&bench, all_flow)) {
    fprintf (stderr, "bench-toggle: no media between %u\n", n);
    goto out;
  }
  run_for (SETTLE_MS);
  for (i = 0; i < bench.flows->len; i++)
    g_atomic_int_set (&((Flow *) g_ptr_array_index (bench.flows, i))->gap_us, 1);
  for (i = 0; i < TOGGLES; i++) {
    times[i] = toggle (&bench, i % 2 == 0);
    if (times[i] < 0) {
      fprintf (stderr, "bench-toggle: somebody of %u did not follow\n", n);
      goto out;
    }
    run_for (SETTLE_MS);
  }

  for (i = 0; i < bench.flows->len; i++) {
    Flow *flow = g_ptr_array_index (bench.flows, i);

    clear_after_on += g_atomic_int_get (&flow->clear_after_on);
    failures += decrypt_failures (flow);
    gap[i % 2] = MAX (gap[i % 2], g_atomic_int_get (&flow->gap_us));
  }
  qsort (times, TOGGLES, sizeof (times[0]), compare_doubles);
  printf ("%12u %10.0f %14.0f %11.0f %16d %16" G_GUINT64_FORMAT " %12.0f %12.0f %10"
      G_GUINT64_FORMAT "\n", n, join_ms, times[TOGGLES / 2], times[TOGGLES - 1], clear_after_on,
      failures, gap[0] / 1000.0, gap[1] / 1000.0, bench.messages);
  fflush (stdout);
  good = clear_after_on == 0 && failures == 0;

out:
  g_ptr_array_unref (bench.flows);
  for (i = 0; i < n; i++)
    g_signal_handlers_disconnect_by_data (bench.people[i].meeting, &bench.people[i]);
  for (i = 0; i < n; i++)
    g_clear_object (&bench.people[i].meeting);
  if (bench.timer)
    g_source_remove (bench.timer);
  g_source_remove (tick);
  g_rmdir (bench.folder);
  g_free (bench.folder);
  g_free (bench.people);
  return good;
}

int
main (int argc, char **argv)
{
  static const guint usual[] = { 2, 10, 50 };
  gboolean good = TRUE;
  gint i;

  gst_init (&argc, &argv);
  printf ("%12s %10s %14s %11s %16s %16s %12s %12s %10s\n", "participants", "joined ms",
      "toggle ms p50", "toggle max", "clear after on", "decrypt failures", "video gap ms",
      "audio gap ms", "messages");
  for (i = 1; i < argc; i++)
    good = measure (MAX (2, atoi (argv[i]))) && good;
  for (i = 0; argc < 2 && i < (gint) G_N_ELEMENTS (usual); i++)
    good = measure (usual[i]) && good;
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
