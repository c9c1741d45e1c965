/* Who in this process has sent an SSRC under a static key of SRTP.
 *
 * In SRTP a nonce is made of SSRC and packet index, and the index starts over when a sender does.
 * Two elements, or one before and after a restart, that send one SSRC under one key would repeat
 * nonces, so only the first may.  Another process cannot be seen.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include "core/frame/rollover.h"

G_BEGIN_DECLS

/* Where the streams of one element live until it is shut down, for keys to share: made with an
 * owner of its own. */
e2ee_rollover *e2ee_srtp_claims_rollover_new (void);

G_END_DECLS
