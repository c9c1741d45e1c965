/* Whether the webrtcbins that an element's pad leads to, or comes from, have agreed with their peers
 * on SFrame packets, or on none (gst/e2ee/transport.h).
 *
 * Looking waits for webrtcbin's locks, and so is done in a thread of its own, when a description
 * has changed and once a second; the streaming thread reads what was found.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _E2eeAgreement E2eeAgreement;

typedef enum
{
  E2EE_AGREEMENT_MADE,          /* by one at least, and nobody refuses; or there is no webrtcbin */
  E2EE_AGREEMENT_PENDING,
  E2EE_AGREEMENT_REFUSED        /* by one at least */
} E2eeAgreementState;

/* @sframe: whether there are to be SFrame packets behind @pad, which outlives this. */
E2eeAgreement *e2ee_agreement_new (GstPad * pad, gboolean sframe);
void e2ee_agreement_free (E2eeAgreement * agreement);

/* Streaming thread. */
E2eeAgreementState e2ee_agreement_look (E2eeAgreement * agreement, guint64 now_ms);

G_END_DECLS
