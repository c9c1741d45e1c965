/* The verdict over one call.
 * Every condition that does not hold adds a sentence to "failures"; what cannot be established
 * counts as not held.
 * gst-e2ee, LGPL-2.1-or-later */

#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "recording.h"

static const gchar *const media_names[] = { "video", "audio" };

/* Counters of e2eedec that say what it did, not why it lost a frame. */
static const gchar *const no_causes[] = { "frames", "bytes", "packets", "whole-frames", "dropped",
  "gaps", "duplicate", "empty"
};

static void G_GNUC_PRINTF (2, 3)
fail (json_t * failures, const gchar * format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  json_array_append_new (failures, json_string (text));
  g_free (text);
}

static json_int_t
integer_at (const json_t * object, const gchar * name)
{
  return json_integer_value (json_object_get (object, name));
}

static json_t *
sent_stream (const Witness * who, const gchar * media)
{
  return json_object_get (json_object_get (who->stats, "sent"), media);
}

static json_t *
received_stream (const Witness * who, const gchar * from, const gchar * media)
{
  json_t *stream;
  size_t i;

  json_array_foreach (json_object_get (who->stats, "received"), i, stream) {
    if (g_strcmp0 (json_string_value (json_object_get (stream, "from")), from) == 0
        && g_strcmp0 (json_string_value (json_object_get (stream, "media")), media) == 0)
      return stream;
  }
  return NULL;
}

static json_t *
causes_of (const json_t * stream)
{
  json_t *causes = json_object ();
  json_t *stats = json_object_get (stream, "decryptor");
  const gchar *name;
  json_t *value;
  guint i;

  json_object_foreach (stats, name, value) {
    gboolean is_cause = json_is_integer (value) && json_integer_value (value) > 0;

    for (i = 0; i < G_N_ELEMENTS (no_causes); i++)
      is_cause = is_cause && !g_str_equal (name, no_causes[i]);
    if (is_cause)
      json_object_set (causes, name, value);
  }
  return causes;
}

static json_t *
json_of_likeness (const EvidenceLikeness * likeness)
{
  return json_pack ("{s:i, s:i, s:i, s:f, s:f, s:f}", "compared", (int) likeness->pictures, "flat",
      (int) likeness->flat, "recognised", (int) likeness->recognised, "threshold",
      likeness->threshold, "median-correlation", likeness->median, "best-correlation",
      likeness->best);
}

/* --- the two who speak ------------------------------------------------------------------------ */

static json_t *
judge_medium (const Witness * from, const Witness * to, const gchar * media, json_t * failures)
{
  const json_t *sent = sent_stream (from, media);
  const json_t *received = received_stream (to, from->name, media);
  json_int_t encrypted = integer_at (json_object_get (sent, "encryptor"), "frames");
  json_int_t decrypted = integer_at (json_object_get (received, "decryptor"), "frames");
  guint identical = evidence_count_identical (from->evidence, to->evidence, "opened", media,
      from->name);
  const json_t *opened = json_object_get (received, "opened");
  json_int_t whole = MIN (decrypted, (json_int_t) identical);
  json_t *result = json_pack ("{s:I, s:I, s:I, s:I, s:f, s:I, s:I, s:o}",
      "encoded", integer_at (sent, "frames-encoded"), "encrypted", encrypted,
      "decrypted", decrypted, "identical", (json_int_t) identical,
      "percent", encrypted ? 100.0 * whole / encrypted : 0.0,
      "decoded", integer_at (opened, "decoded"),
      "key-changes", integer_at (json_object_get (sent, "encryptor"), "key-changes"),
      "failed", causes_of (received));
  json_t *first = json_object_get (opened, "first-frame-ms");

  if (encrypted == 0)
    fail (failures, "%s encrypted no %s frame", from->name, media);
  else if (100 * whole <= JUDGE_PERCENT * encrypted)
    fail (failures, "%s got %" JSON_INTEGER_FORMAT " of the %" JSON_INTEGER_FORMAT
        " %s frames that %s encrypted", to->name, whole, encrypted, media, from->name);

  if (first) {
    json_object_set_new (result, "first-decrypted-ms-after-connecting",
        json_real (json_real_value (first)
            - json_real_value (json_object_get (to->stats, "connected-ms"))));
    json_object_set_new (result, "first-decrypted-ms-after-first-packet",
        json_real (json_real_value (first)
            - json_real_value (json_object_get (received, "first-packet-ms"))));
  }
  if (g_str_equal (media, "video")) {
    EvidenceLikeness likeness = evidence_compare_pictures (from->evidence, to->evidence, "opened",
        from->name, EVIDENCE_ALIKE);

    json_object_set_new (result, "pictures", json_of_likeness (&likeness));
    /* Without it, that Eve recognises nothing would say nothing. */
    if (likeness.pictures > 0 && likeness.median < EVIDENCE_ALIKE)
      fail (failures, "%s does not recognise the pictures of %s (%.2f)", to->name, from->name,
          likeness.median);
    if (integer_at (opened, "decoded") == 0)
      fail (failures, "%s decoded no picture of %s", to->name, from->name);
  }
  return result;
}

static json_t *
judge_direction (const Witness * from, const Witness * to, json_t * failures)
{
  json_t *direction = json_pack ("{s:s, s:s}", "from", from->name, "to", to->name);
  guint i, n = 0;

  for (i = 0; i < G_N_ELEMENTS (media_names); i++) {
    if (sent_stream (from, media_names[i])) {
      json_object_set_new (direction, media_names[i], judge_medium (from, to, media_names[i],
              failures));
      n++;
    }
  }
  if (n == 0)
    fail (failures, "%s sent nothing", from->name);
  return direction;
}

/* --- the one who listens ---------------------------------------------------------------------- */

static json_t *
judge_tapped_medium (const Witness * from, const Witness * eve, const gchar * media,
    json_t * failures)
{
  const json_t *stream = received_stream (eve, from->name, media);
  json_int_t encrypted =
      integer_at (json_object_get (sent_stream (from, media), "encryptor"), "frames");
  json_int_t received = integer_at (json_object_get (stream, "raw"), "frames");
  json_int_t decrypted = integer_at (json_object_get (stream, "decryptor"), "frames");
  guint raw = evidence_count_identical (from->evidence, eve->evidence, "raw", media, from->name);
  guint opened = evidence_count_identical (from->evidence, eve->evidence, "opened", media,
      from->name);
  json_t *result = json_pack ("{s:I, s:I, s:I, s:I, s:I, s:o}", "received-frames", received,
      "decrypted", decrypted, "recognised-frames", (json_int_t) raw + opened,
      "decoded-from-raw", integer_at (json_object_get (stream, "raw"), "decoded"),
      "decoded-from-decrypted", integer_at (json_object_get (stream, "opened"), "decoded"),
      "failed", causes_of (stream));

  /* Who was sent nothing proves nothing. */
  if (100 * received <= JUDGE_PERCENT * encrypted)
    fail (failures, "%s was sent %" JSON_INTEGER_FORMAT " of the %" JSON_INTEGER_FORMAT
        " %s frames of %s only, so that this run shows nothing", eve->name, received, encrypted,
        media, from->name);
  if (decrypted > 0)
    fail (failures, "%s decrypted %" JSON_INTEGER_FORMAT " %s frames of %s", eve->name, decrypted,
        media, from->name);
  if (raw + opened > 0)
    fail (failures, "%s has %u %s frames as %s encoded them", eve->name, raw + opened, media,
        from->name);
  return result;
}

static json_t *
judge_tapped_pictures (const Witness * from, const Witness * eve, const gchar * place,
    gdouble threshold, json_t * failures)
{
  EvidenceLikeness likeness = evidence_compare_pictures (from->evidence, eve->evidence, place,
      from->name, threshold);

  if (likeness.recognised > 0)
    fail (failures, "%s recognises %u pictures of %s (%s, %.2f)", eve->name, likeness.recognised,
        from->name, place, likeness.best);
  return json_of_likeness (&likeness);
}

static json_t *
judge_eve (const Witness * from, const Witness * to, const Witness * eve, json_t * failures)
{
  const EvidenceLikeness rightful = evidence_compare_pictures (from->evidence, to->evidence,
      "opened", from->name, EVIDENCE_ALIKE);
  const gdouble threshold = evidence_threshold (&rightful);
  json_t *result = json_pack ("{s:s}", "from", from->name);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (media_names); i++) {
    if (sent_stream (from, media_names[i]))
      json_object_set_new (result, media_names[i], judge_tapped_medium (from, eve, media_names[i],
              failures));
  }
  if (sent_stream (from, "video")) {
    json_object_set_new (result, "pictures-from-raw", judge_tapped_pictures (from, eve, "raw",
            threshold, failures));
    json_object_set_new (result, "pictures-from-decrypted", judge_tapped_pictures (from, eve,
            "opened", threshold, failures));
  }
  return result;
}

/* --- recorder and shield ---------------------------------------------------------------------- */

static json_t *
judge_recorder (const Witness * bob, const gchar * path, json_t * failures)
{
  json_t *gates = json_object_get (json_object_get (bob->stats, "recording"), "gates");
  guint64 frames, size;
  gboolean whole = recording_count (path, &frames, &size);
  const gchar *media;
  json_t *gate;

  if (!whole)
    fail (failures, "the recording cannot be read to its end");
  if (frames > 0)
    fail (failures, "the recording holds %" G_GUINT64_FORMAT " frames", frames);
  if (json_object_size (gates) == 0)
    fail (failures, "the recording had no gate");
  json_object_foreach (gates, media, gate) {
    if (integer_at (gate, "passed") > 0)
      fail (failures, "the gate of the recording let %" JSON_INTEGER_FORMAT " %s buffers through",
          integer_at (gate, "passed"), media);
    /* An empty recording of a stream that never reached its gate would say nothing. */
    if (integer_at (gate, "dropped-on") + integer_at (gate, "dropped-verified") == 0
        && received_stream (bob, "alice", media))
      fail (failures, "no encrypted %s reached the gate of the recording", media);
  }
  return json_pack ("{s:I, s:I, s:O?}", "frames", (json_int_t) frames, "bytes", (json_int_t) size,
      "gates", gates);
}

static json_t *
judge_shield (const Witness * bob, const Witness * alice, const gchar * snapshot,
    json_t * failures)
{
  const json_t *shield = json_object_get (bob->stats, "shield");
  const gchar *state = json_string_value (json_object_get (shield, "state"));
  const gchar *status = json_string_value (json_object_get (received_stream (bob, alice->name,
              "video"), "status-of-last-picture"));
  struct stat info;
  gboolean is_there = stat (snapshot, &info) == 0 && info.st_size > 0;

  if (g_strcmp0 (state, "on") != 0 && g_strcmp0 (state, "verified") != 0)
    fail (failures, "the shield of %s says %s", bob->name, state ? state : "nothing");
  if (g_strcmp0 (status, state) != 0)
    fail (failures, "the shield of %s says %s of a picture that is %s", bob->name,
        state ? state : "nothing", status ? status : "not there");
  if (!is_there)
    fail (failures, "there is no snapshot of %s", bob->name);
  return json_pack ("{s:s?, s:s?, s:b}", "state", state, "status-of-last-picture", status,
      "snapshot", is_there);
}

/* --- the whole -------------------------------------------------------------------------------- */

json_t *
judge_call (const Witness * alice, const Witness * bob, const Witness * eve,
    const gchar * recording, const gchar * snapshot)
{
  const Witness *const all[] = { alice, bob, eve };
  json_t *failures = json_array ();
  json_t *directions = json_array ();
  json_t *taps = json_array ();
  json_t *recorder, *shield;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (all); i++) {
    const gchar *failure = json_string_value (json_object_get (all[i]->stats, "failure"));

    if (failure)
      fail (failures, "%s: %s", all[i]->name, failure);
  }
  json_array_append_new (directions, judge_direction (alice, bob, failures));
  json_array_append_new (directions, judge_direction (bob, alice, failures));
  json_array_append_new (taps, judge_eve (alice, bob, eve, failures));
  json_array_append_new (taps, judge_eve (bob, alice, eve, failures));
  recorder = judge_recorder (bob, recording, failures);
  shield = judge_shield (bob, alice, snapshot, failures);

  return json_pack ("{s:b, s:o, s:o, s:o, s:o, s:o}", "ok", json_array_size (failures) == 0,
      "failures", failures, "directions", directions, "eve", taps, "recorder", recorder,
      "shield", shield);
}

static void
print_causes (const json_t * medium)
{
  json_t *causes = json_object_get (medium, "failed");
  const gchar *name;
  json_t *value;

  json_object_foreach (causes, name, value)
    printf (", %s %" JSON_INTEGER_FORMAT, name, json_integer_value (value));
  printf ("\n");
}

static void
print_direction (const json_t * direction)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (media_names); i++) {
    const json_t *medium = json_object_get (direction, media_names[i]);

    if (!medium)
      continue;
    printf ("  %s to %s, %s: %" JSON_INTEGER_FORMAT " frames encrypted, %" JSON_INTEGER_FORMAT
        " decrypted (%.1f %%), first after %.0f ms",
        json_string_value (json_object_get (direction, "from")),
        json_string_value (json_object_get (direction, "to")), media_names[i],
        integer_at (medium, "encrypted"), integer_at (medium, "decrypted"),
        json_real_value (json_object_get (medium, "percent")),
        json_real_value (json_object_get (medium, "first-decrypted-ms-after-connecting")));
    print_causes (medium);
  }
}

static void
print_tap (const json_t * tap)
{
  const json_t *pictures = json_object_get (tap, "pictures-from-raw");
  guint i;

  for (i = 0; i < G_N_ELEMENTS (media_names); i++) {
    const json_t *medium = json_object_get (tap, media_names[i]);

    if (!medium)
      continue;
    printf ("  eve from %s, %s: %" JSON_INTEGER_FORMAT " frames received, %" JSON_INTEGER_FORMAT
        " decrypted, %" JSON_INTEGER_FORMAT " recognised",
        json_string_value (json_object_get (tap, "from")), media_names[i],
        integer_at (medium, "received-frames"), integer_at (medium, "decrypted"),
        integer_at (medium, "recognised-frames"));
    print_causes (medium);
  }
  if (pictures)
    printf ("  eve from %s: her decoder made %" JSON_INTEGER_FORMAT " pictures of it as it came, %"
        JSON_INTEGER_FORMAT " recognised, best likeness %.2f\n",
        json_string_value (json_object_get (tap, "from")),
        integer_at (json_object_get (tap, "video"), "decoded-from-raw"),
        integer_at (pictures, "recognised"),
        json_real_value (json_object_get (pictures, "best-correlation")));
}

void
judge_print (const json_t * summary)
{
  const gchar *state = json_string_value (json_object_get (json_object_get (summary, "shield"),
          "state"));
  json_t *item;
  size_t i;

  json_array_foreach (json_object_get (summary, "directions"), i, item)
    print_direction (item);
  json_array_foreach (json_object_get (summary, "eve"), i, item)
    print_tap (item);
  printf ("  recording: %" JSON_INTEGER_FORMAT " frames\n",
      integer_at (json_object_get (summary, "recorder"), "frames"));
  printf ("  shield: %s\n", state ? state : "not shown");
  json_array_foreach (json_object_get (summary, "failures"), i, item)
    printf ("  FAILED: %s\n", json_string_value (item));
}
