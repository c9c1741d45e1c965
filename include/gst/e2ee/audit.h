/* gst-e2ee: where decrypted media of a pipeline can go
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */
#pragma once

#include <gst/e2ee/e2ee-prelude.h>

G_BEGIN_DECLS

/* Follows the links from the source pads of every e2eedec in @pipeline and in its bins, and lists the
 * sinks that can be reached without passing an e2eepolicy.  (transfer full)
 * (element-type GstStructure): each is "e2ee-audit" with
 *
 *   element    (string) its path in the pipeline
 *   factory    (string) "filesink"
 *   klass      (string) "Sink/File"
 *   decryptor  (string) the path of the e2eedec from which it was reached
 *   kind       (string)
 *              "ungated"  keeps media or passes it on: a fault
 *              "display"  a screen or a loudspeaker, by its klass Sink/Video or Sink/Audio; not what
 *                         makes a camera, a program or a network of it (v4l2sink, pipewiresink,
 *                         jackaudiosink, intervideosink, ndisink, decklink ...)
 *              "discard"  fakesink, without signal-handoffs and dump
 *
 * Media that is encrypted again (e2eeenc) is not followed.  What leaves through an appsink, a probe
 * or a shared memory is not followed either: the appsink is the fault.  Tees, bins and request
 * pads are walked as they are linked now; run it again when that changes, or set e2eedec's or
 * e2eepolicy's `audit`. */
GST_E2EE_API GList *gst_e2ee_policy_audit (GstBin * pipeline);

/* How many of what gst_e2ee_policy_audit() listed are faults.
 * @findings: (element-type GstStructure) */
GST_E2EE_API guint gst_e2ee_policy_count_faults (GList * findings);

G_END_DECLS
