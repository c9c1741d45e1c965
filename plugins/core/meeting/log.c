/* The hash-chained log (log.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/log.h"

#include <string.h>

#include <sodium.h>

#include "core/meeting/claims.h"

#define MAX_LINE_SIZE 65536
#define MAX_KIND 64
#define FIRST_KIND "begin"
#define HEX_SIZE (2 * E2EE_LOG_HASH_SIZE)

static const char *const reserved[] = { "n", "time", "epoch", "kind", "prev" };

void
e2ee_log_init (e2ee_log * log)
{
  memset (log, 0, sizeof (*log));
}

/* Moves on over a line that is right. */
static void
advance (e2ee_log * log, e2ee_bytes line)
{
  crypto_hash_sha256 (log->prev, line.data, line.size);
  log->n++;
}

static int
is_kind (e2ee_bytes kind, uint64_t n)
{
  const int is_first = kind.size == strlen (FIRST_KIND)
      && memcmp (kind.data, FIRST_KIND, kind.size) == 0;

  return kind.size > 0 && kind.size <= MAX_KIND && is_first == (n == 0);
}

static int
has_reserved (const json_t * fields)
{
  for (size_t i = 0; i < sizeof (reserved) / sizeof (reserved[0]); i++)
    if (json_object_get (fields, reserved[i]) != NULL)
      return 1;
  return 0;
}

static e2ee_meeting_result
dump_line (const json_t * object, e2ee_mls_buffer * line)
{
  const size_t size = json_dumpb (object, NULL, 0, JSON_COMPACT);

  if (size == 0 || size > MAX_LINE_SIZE)
    return E2EE_MEETING_ERR_ARGUMENT;
  line->data = e2ee_mls_alloc (size, 1);
  if (line->data == NULL)
    return E2EE_MEETING_ERR_NO_MEMORY;
  line->size = size;
  if (json_dumpb (object, (char *) line->data, size, JSON_COMPACT) == size)
    return E2EE_MEETING_OK;
  e2ee_mls_buffer_clear (line);
  return E2EE_MEETING_ERR_ARGUMENT;
}

e2ee_meeting_result
e2ee_log_append (e2ee_log * log, uint64_t unix_time, uint64_t epoch, const char *kind,
    const json_t * fields, e2ee_mls_buffer * line)
{
  char prev[HEX_SIZE + 1];
  json_t *object;
  e2ee_meeting_result r;

  *line = E2EE_MLS_NO_BUFFER;
  if (unix_time > E2EE_MAX_NUMBER || epoch > E2EE_MAX_NUMBER || log->n > E2EE_MAX_NUMBER
      || !is_kind (E2EE_BYTES (kind, strlen (kind)), log->n)
      || (fields != NULL && (!json_is_object (fields) || has_reserved (fields))))
    return E2EE_MEETING_ERR_ARGUMENT;
  object = json_pack ("{s:I, s:I, s:I, s:s}", "n", (json_int_t) log->n, "time",
      (json_int_t) unix_time, "epoch", (json_int_t) epoch, "kind", kind);
  if (object == NULL)
    return E2EE_MEETING_ERR_ARGUMENT;
  sodium_bin2hex (prev, sizeof (prev), log->prev, sizeof (log->prev));
  if ((fields != NULL && json_object_update (object, (json_t *) fields) != 0)
      || json_object_set_new (object, "prev", json_string (prev)) != 0)
    r = E2EE_MEETING_ERR_NO_MEMORY;
  else
    r = dump_line (object, line);
  json_decref (object);
  if (r == E2EE_MEETING_OK)
    advance (log, e2ee_mls_buffer_view (*line));
  return r;
}

/* What the hash of the line before cannot tell: that this line follows it. */
static int
follows (const json_t * object, const e2ee_log * log)
{
  const json_t *prev = json_object_get (object, "prev");
  char expected[HEX_SIZE + 1];
  uint64_t n, unused;
  e2ee_bytes kind;

  sodium_bin2hex (expected, sizeof (expected), log->prev, sizeof (log->prev));
  return e2ee_claim_number (object, "n", &n) == E2EE_MEETING_OK && n == log->n
      && e2ee_claim_number (object, "time", &unused) == E2EE_MEETING_OK
      && e2ee_claim_number (object, "epoch", &unused) == E2EE_MEETING_OK
      && e2ee_claim_text (object, "kind", MAX_KIND, &kind) == E2EE_MEETING_OK
      && is_kind (kind, log->n)
      && json_is_string (prev) && strcmp (json_string_value (prev), expected) == 0;
}

static e2ee_meeting_result
check_next (e2ee_bytes line, const e2ee_log * log)
{
  json_t *object;
  e2ee_meeting_result r;

  if (line.size > MAX_LINE_SIZE)
    return E2EE_MEETING_ERR_LOG;
  r = e2ee_json_read (line, E2EE_MEETING_ERR_LOG, &object);
  if (r == E2EE_MEETING_OK && !follows (object, log))
    r = E2EE_MEETING_ERR_LOG;
  json_decref (object);
  return r;
}

e2ee_meeting_result
e2ee_log_verify (e2ee_bytes lines, e2ee_log * log, uint64_t * wrong)
{
  size_t at = 0;

  e2ee_log_init (log);
  *wrong = 0;
  while (at < lines.size) {
    const uint8_t *end = memchr (lines.data + at, '\n', lines.size - at);
    const size_t size = end != NULL ? (size_t) (end - lines.data) - at : lines.size - at;
    const e2ee_bytes line = E2EE_BYTES (lines.data + at, size);
    const e2ee_meeting_result r = check_next (line, log);

    if (r != E2EE_MEETING_OK) {
      *wrong = log->n;
      return r;
    }
    advance (log, line);
    at += size + (end != NULL);
  }
  return E2EE_MEETING_OK;
}
