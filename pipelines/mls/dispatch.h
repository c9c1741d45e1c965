/* From the text of a request to the text of its answer.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_MLS_PROGRAM_DISPATCH_H
#define E2EE_MLS_PROGRAM_DISPATCH_H

#include <stddef.h>

/* Once, before anything else; 0 when the cryptography does not pass its self-test. */
int dispatch_init (void);

/* The answer, one line without its end, for dispatch_free(); NULL when there is no memory. */
char *dispatch_line (const char *line, size_t size);
/* The answer to a request that was not even read. */
char *dispatch_refusal (const char *error, const char *text);
void dispatch_free (char *answer);

/* Forgets all members. */
void dispatch_end (void);

#endif
