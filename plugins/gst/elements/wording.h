/* What the shield says in words: states, reasons and names, in one language.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/status.h>

G_BEGIN_DECLS

/* Why a state is what it is. */
typedef enum
{
  E2EE_REASON_NONE,
  E2EE_REASON_KEY_MISSING,      /* of somebody: his frames cannot be decrypted */
  E2EE_REASON_NOT_ENCRYPTED,    /* somebody's media among others' that is */
  E2EE_REASON_WAITING,          /* for somebody who has not taken the new keys yet */
  E2EE_REASON_STALE,            /* nothing authenticated came for the timeout */
  E2EE_REASON_NO_STATUS,        /* nothing was ever said of this picture */
  E2EE_REASON_SILENT_STREAM,    /* one of the streams in a mixed picture says nothing */
  /* of the meeting */
  E2EE_REASON_NO_MEETING,
  E2EE_REASON_BEHIND,
  E2EE_REASON_FORK,
  E2EE_REASON_SILENT,
  E2EE_REASON_NOT_JOINED,
  E2EE_REASON_REMOVED,
  E2EE_REASON_MEETING,          /* any other */
  E2EE_N_REASONS
} E2eeReason;

/* What the shield shows. */
typedef struct
{
  GstE2eeState state;
  E2eeReason reason;
  const gchar *name;            /* nullable; of whom the reason speaks, as others wrote it */
  const gchar *speaker;         /* nullable; whose picture this is */
} E2eeVerdict;

/* The stable word for programs: "key-missing"; "" for none.  Static. */
const gchar *e2ee_reason_get_code (E2eeReason reason);
/* For what gst_e2ee_meeting_get_reason() says; @code may be NULL. */
E2eeReason e2ee_reason_from_meeting (const gchar * code);

typedef struct _E2eeWording E2eeWording;

/* @language as for e2ee_catalogue_new(); what it does not know is English. */
E2eeWording *e2ee_wording_new (const gchar * language);
void e2ee_wording_free (E2eeWording * wording);
/* Whether the language is written from right to left. */
gboolean e2ee_wording_is_rtl (const E2eeWording * wording);

const gchar *e2ee_wording_get_state (const E2eeWording * wording, GstE2eeState state);
/* Why, with the name made safe to show (sanitised, bidi-isolated, clipped); NULL for none. */
gchar *e2ee_wording_dup_reason (const E2eeWording * wording, const E2eeVerdict * verdict);
/* "Speaker: NAME", safe to show; NULL when nobody is known. */
gchar *e2ee_wording_dup_speaker (const E2eeWording * wording, const E2eeVerdict * verdict);
/* All of it in one sentence, for those who do not see the picture. */
gchar *e2ee_wording_dup_text (const E2eeWording * wording, const E2eeVerdict * verdict);

G_END_DECLS
