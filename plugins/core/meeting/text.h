/* Text that remotes wrote and that people see.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_TEXT_H
#define E2EE_CORE_MEETING_TEXT_H

#include "core/bytes.h"

/* A name or label made safe to show in front of others: valid UTF-8 only (a broken sequence
 * becomes U+FFFD); no control, bidi, zero-width, variation, tag or private-use characters; no
 * character that looks like a lock, key, shield, tick, cross, warning or status light (the
 * meeting's own signs); at most three marks on a letter; spaces and line breaks collapsed to one
 * space and trimmed; cut at a character to fit @size including the final zero.  "?" when
 * nothing is left.  Returns 1 when it was kept as it came. */
int e2ee_text_sanitize (e2ee_bytes text, char *out, size_t size);

/* Chat: valid UTF-8 with line breaks and tabs, bidi controls made harmless (removed), emoji kept.
 * The same return; @out may be as large as text.size + 1 (never grows but for U+FFFD: 3 * size + 1
 * suffices). */
int e2ee_text_sanitize_chat (e2ee_bytes text, char *out, size_t size);

#endif
