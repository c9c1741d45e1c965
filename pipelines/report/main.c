/* e2ee-report: judges a call by what its participants left in a folder.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include <stdlib.h>
#include <gio/gio.h>
#include <gst/gst.h>

#include "judge.h"
#include "recording.h"

static gboolean
read_witness (Witness * witness, const gchar * folder, const gchar * name, GError ** error)
{
  gchar *stats = g_strdup_printf ("%s/%s.json", folder, name);
  gchar *evidence = g_strdup_printf ("%s/%s.jsonl", folder, name);
  json_error_t json_error;

  witness->name = g_strdup (name);
  witness->stats = json_load_file (stats, JSON_REJECT_DUPLICATES, &json_error);
  if (!witness->stats)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", stats, json_error.text);
  else
    witness->evidence = evidence_file_read (evidence, error);
  g_free (stats);
  g_free (evidence);
  return witness->evidence != NULL;
}

static void
clear_witness (Witness * witness)
{
  g_free (witness->name);
  json_decref (witness->stats);
  evidence_file_free (witness->evidence);
}

/* For other programs that compare what was recorded with what was sent. */
static int
list_frames (const gchar * path)
{
  guint64 frames;

  if (recording_list (path, stdout, &frames))
    return EXIT_SUCCESS;
  g_printerr ("e2ee-report: %s cannot be read to its end\n", path);
  return EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  Witness alice = { 0, }, bob = { 0, }, eve = { 0, };
  gchar *recording = NULL, *snapshot = NULL, *path = NULL;
  json_t *summary = NULL;
  GError *error = NULL;
  int status = EXIT_FAILURE;

  gst_init (NULL, NULL);
  if (argc == 3 && g_str_equal (argv[1], "--frames"))
    return list_frames (argv[2]);
  if (argc != 2 || argv[1][0] == '-') {
    g_printerr ("Usage: e2ee-report FOLDER\n       e2ee-report --frames FILE.mkv\n"
        "Reads alice, bob and eve.json and .jsonl, recording.mkv and bob.png in FOLDER; writes\n"
        "summary.json there.  Exit status: 0 when both were heard by each other and by nobody\n"
        "else, 1 when not, or when it cannot be established.\n"
        "--frames prints the digest and time of every frame of a recording.\n");
    return 2;
  }

  if (!read_witness (&alice, argv[1], "alice", &error)
      || !read_witness (&bob, argv[1], "bob", &error)
      || !read_witness (&eve, argv[1], "eve", &error))
    goto out;
  recording = g_build_filename (argv[1], "recording.mkv", NULL);
  snapshot = g_build_filename (argv[1], "bob.png", NULL);
  path = g_build_filename (argv[1], "summary.json", NULL);
  summary = judge_call (&alice, &bob, &eve, recording, snapshot);
  judge_print (summary);
  if (json_dump_file (summary, path, JSON_INDENT (2) | JSON_REAL_PRECISION (6)) != 0)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be written", path);
  else if (json_is_true (json_object_get (summary, "ok")))
    status = EXIT_SUCCESS;

out:
  if (error)
    g_printerr ("e2ee-report: %s\n", error->message);
  g_clear_error (&error);
  json_decref (summary);
  clear_witness (&alice);
  clear_witness (&bob);
  clear_witness (&eve);
  g_free (recording);
  g_free (snapshot);
  g_free (path);
  gst_deinit ();
  return status;
}
