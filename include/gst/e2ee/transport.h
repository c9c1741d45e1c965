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

/* SFrame packets (draft-ietf-avtcore-rtp-sframe): whether a medium has them must be said by both
 * sides, with a=sframe.  e2eeenc and e2eedec ask for themselves where they are linked to a webrtcbin,
 * and let nothing through without.
 *
 * @pad: a sink or source pad of a webrtcbin; its medium is meant
 * @sframe: whether both descriptions must have a=sframe, or both must not
 * @reason (out) (optional) (transfer none): NULL when it is so, "transport-connecting" while there
 *   are not two descriptions with it, "transport-closed" when one of them refuses it,
 *   "transport-sframe" when it is not so.
 *
 * Waits for webrtcbin's own locks, like gst_e2ee_transport_check().  Returns TRUE when it is so. */
GST_E2EE_API gboolean gst_e2ee_transport_check_sframe (GstPad * pad, gboolean sframe,
    const gchar ** reason);

/* Makes of an @answer of webrtcbin's to @offer (both SDP) the one to send: webrtcbin says a=sframe
 * where the payloader does, and not because it was asked.
 *
 * @sframe: whether this side sends and receives SFrame packets
 *
 * A medium in whose offer a=sframe is just when @sframe is set gets it, also one that is only
 * received; any other is refused with port 0.  To be called before the answer becomes the local
 * description.  Returns NULL when the two do not have the same media, or one is no SDP.
 * (transfer full) */
GST_E2EE_API gchar *gst_e2ee_transport_answer_sframe (const gchar * offer, const gchar * answer,
    gboolean sframe);

G_END_DECLS
