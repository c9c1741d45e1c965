/* Evidence: an append-only log in which every line holds the hash of the one before.
 *
 * One JSON object a line: {"n":N,"time":SECONDS,"epoch":E,"kind":K, ... ,"prev":HEX} and the hash
 * of a line is SHA-256 over its bytes without the line break.  The first line has zeros and kind
 * "begin".  Whoever keeps the last hash can tell later that nothing was changed, cut out or
 * reordered; who does not can still tell everything but a cut at the end.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_LOG_H
#define E2EE_CORE_MEETING_LOG_H

#include <jansson.h>

#include "core/meeting/result.h"
#include "core/mls/memory.h"

#define E2EE_LOG_HASH_SIZE 32

typedef struct
{
  uint64_t n;                   /* of the next line */
  uint8_t prev[E2EE_LOG_HASH_SIZE];
} e2ee_log;

void e2ee_log_init (e2ee_log * log);
/* Makes the next line (without a line break) and moves on.  @fields (may be NULL) is an object
 * whose members are added; it stays the caller's.  ARGUMENT, and @log stays: the first @kind is
 * not "begin" or a later one is, @fields has a member of the log's own, a number is over 2^53 - 1,
 * the line would be over 64 KiB. */
E2EE_MUST_USE e2ee_meeting_result e2ee_log_append (e2ee_log * log, uint64_t unix_time,
    uint64_t epoch, const char *kind, const json_t * fields, e2ee_mls_buffer * line);
/* Lines separated by line breaks, from the first on.  LOG: *wrong is the "n" of the first line that
 * does not follow from those before it, and @log is as before that line.  OK: @log is as after the
 * last line and can go on; an empty text is a log that has not begun (n is 0). */
E2EE_MUST_USE e2ee_meeting_result e2ee_log_verify (e2ee_bytes lines, e2ee_log * log,
    uint64_t * wrong);

#endif
