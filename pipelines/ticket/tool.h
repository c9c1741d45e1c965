/* e2ee-ticket: what its verbs share.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "core/meeting/statement.h"
#include "core/meeting/ticket.h"

G_BEGIN_DECLS

#define TOOL_NAME "e2ee-ticket"

/* Bad options are G_OPTION_ERROR, which ends with status 2; everything else ends with 1. */
typedef gboolean (*ToolVerb) (int argc, char **argv, GError ** error);

gboolean tool_authority (int argc, char **argv, GError ** error);
gboolean tool_device (int argc, char **argv, GError ** error);
gboolean tool_thumbprint (int argc, char **argv, GError ** error);
gboolean tool_account (int argc, char **argv, GError ** error);
gboolean tool_ticket (int argc, char **argv, GError ** error);
gboolean tool_show (int argc, char **argv, GError ** error);
gboolean tool_verify_log (int argc, char **argv, GError ** error);

/* Parses @entries and then takes exactly @n_files names, which stay argv's. */
gboolean tool_parse (int argc, char **argv, const gchar * usage, const gchar * summary,
    const GOptionEntry * entries, guint n_files, const gchar ** files, GError ** error);

gboolean tool_refuse (GError ** error, const gchar * format, ...) G_GNUC_PRINTF (2, 3);
gboolean tool_fail (GError ** error, const gchar * format, ...) G_GNUC_PRINTF (2, 3);
/* TRUE for OK; else an error of @what and the result's sentence and code. */
gboolean tool_check (e2ee_meeting_result result, const gchar * what, GError ** error);

/* What a file holds, in locked memory. */
typedef struct
{
  e2ee_bytes text;              /* without white space at its end */
  /* NULL: nobody but the owner may read it.  Else who may, and why that is wrong for a secret. */
  GError *open_to_others;
} ToolFile;

gboolean tool_file_read (const gchar * path, ToolFile * file, GError ** error);
void tool_file_clear (ToolFile * file);

/* A private key; refuses a file that group or others may read. */
gboolean tool_read_private (const gchar * path, e2ee_device ** device, GError ** error);
/* A public key, or the public half of a private one. */
gboolean tool_read_public (const gchar * path, e2ee_public_key * key, GError ** error);
gboolean tool_read_authorities (const gchar * path, e2ee_authorities * authorities,
    GError ** error);

typedef struct
{
  const gchar *path;
  guint mode;
  e2ee_bytes text;              /* a line break follows in the file */
} ToolOutput;

gboolean tool_write (const ToolOutput * outputs, guint n_outputs, gboolean force,
    GError ** error);

/* Seconds since 1970. */
guint64 tool_now (void);

G_END_DECLS
