/* gst-e2ee: whether a webrtcbin's transport is what both sides have agreed on
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */
#pragma once

#include <gst/e2ee/e2ee-prelude.h>

G_BEGIN_DECLS

/* TLS stays on at all times, under the end-to-end encryption: checks that @webrtcbin's transport is
 * what its descriptions say.
 *
 * For every medium that both descriptions have:
 *   - DTLS is connected                                 "transport-connecting", "transport-closed",
 *                                                       "transport-failed"
 *   - the peer's certificate is the one of a=fingerprint in the remote description, by SHA-256,
 *     SHA-384 or SHA-512 (RFC 8122); webrtcbin before 1.28.5 does not look     "transport-fingerprint"
 *   - a=sframe is in both descriptions or in neither    "transport-sframe"
 *
 * Both descriptions come through the signalling server: whoever controls it can replace them with
 * others that agree.  This finds a wrong hop, not a server that lies consistently; what such a
 * server can read is only what is not end-to-end encrypted.
 *
 * @reason (out) (optional) (transfer none): the first of the words above that is true, or NULL.
 *
 * Waits for webrtcbin's own locks: not to be called in a streaming thread or a signal handler of
 * @webrtcbin.  Returns TRUE when all of it holds. */
GST_E2EE_API gboolean gst_e2ee_transport_check (GstElement * webrtcbin, const gchar ** reason);

G_END_DECLS
