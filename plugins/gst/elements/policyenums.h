/* The enumerations of e2eepolicy's properties.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/e2ee/policy.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstE2eePolicyFeature:
 *
 * What the branch behind the gate does.  The names are those of a meeting's feature table
 * (#GstE2eeFeature), and `media`, which is in no table: the meeting itself, sent to its members or
 * shown to one.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_POLICY_FEATURE_RECORDING = GST_E2EE_FEATURE_RECORDING,
  GST_E2EE_POLICY_FEATURE_TRANSCRIPTION = GST_E2EE_FEATURE_TRANSCRIPTION,
  GST_E2EE_POLICY_FEATURE_CAPTIONS = GST_E2EE_FEATURE_CAPTIONS,
  GST_E2EE_POLICY_FEATURE_STREAMING = GST_E2EE_FEATURE_STREAMING,
  GST_E2EE_POLICY_FEATURE_BREAKOUT = GST_E2EE_FEATURE_BREAKOUT,
  GST_E2EE_POLICY_FEATURE_NOTES = GST_E2EE_FEATURE_NOTES,
  GST_E2EE_POLICY_FEATURE_WHITEBOARD = GST_E2EE_FEATURE_WHITEBOARD,
  GST_E2EE_POLICY_FEATURE_PSTN = GST_E2EE_FEATURE_PSTN,
  GST_E2EE_POLICY_FEATURE_SIP_H323 = GST_E2EE_FEATURE_SIP_H323,
  GST_E2EE_POLICY_FEATURE_GUEST = GST_E2EE_FEATURE_GUEST,
  GST_E2EE_POLICY_FEATURE_SCREENSHARE = GST_E2EE_FEATURE_SCREENSHARE,
  GST_E2EE_POLICY_FEATURE_CHAT = GST_E2EE_FEATURE_CHAT,
  GST_E2EE_POLICY_FEATURE_MEDIA
} GstE2eePolicyFeature;

#define GST_TYPE_E2EE_POLICY_FEATURE (gst_e2ee_policy_feature_get_type ())
GType gst_e2ee_policy_feature_get_type (void);
/* "recording", "sip-h323" ...  Static. */
const gchar *gst_e2ee_policy_feature_get_nick (GstE2eePolicyFeature feature);

/**
 * GstE2eePolicyWhenBlocked:
 * @GST_E2EE_POLICY_DROP: nothing flows
 * @GST_E2EE_POLICY_GAP: a gap event in place of every buffer, so that muxers and sinks go on
 * @GST_E2EE_POLICY_BLANK: a dark picture with a few words, or silence, in place of every raw
 *     buffer; encoded media leaves gaps
 * @GST_E2EE_POLICY_EOS: the stream ends, so that a file is finished, and a new one begins when the
 *     gate opens again
 *
 * What leaves a closed gate.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_POLICY_DROP,
  GST_E2EE_POLICY_GAP,
  GST_E2EE_POLICY_BLANK,
  GST_E2EE_POLICY_EOS
} GstE2eePolicyWhenBlocked;

#define GST_TYPE_E2EE_POLICY_WHEN_BLOCKED (gst_e2ee_policy_when_blocked_get_type ())
GType gst_e2ee_policy_when_blocked_get_type (void);

/**
 * GstE2eePolicySource:
 * @GST_E2EE_POLICY_SOURCE_REMOTE: media from e2eedec; each buffer carries its status
 * @GST_E2EE_POLICY_SOURCE_CAPTURE: this participant's own camera or microphone, which carries
 *     none; the meeting's state at the buffer's running time counts
 *
 * Where the media comes from.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_POLICY_SOURCE_REMOTE,
  GST_E2EE_POLICY_SOURCE_CAPTURE
} GstE2eePolicySource;

#define GST_TYPE_E2EE_POLICY_SOURCE (gst_e2ee_policy_source_get_type ())
GType gst_e2ee_policy_source_get_type (void);

/**
 * GstE2eePolicyFlush:
 * @GST_E2EE_POLICY_FLUSH_AUTO: for what gathers media before it uses it: transcription, captions
 *     and notes
 * @GST_E2EE_POLICY_FLUSH_NEVER: what passed before the gate closed may be used
 * @GST_E2EE_POLICY_FLUSH_ALWAYS: nothing that is still in the branch may be used
 *
 * Whether a gate that closes flushes the branch behind it.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_POLICY_FLUSH_AUTO,
  GST_E2EE_POLICY_FLUSH_NEVER,
  GST_E2EE_POLICY_FLUSH_ALWAYS
} GstE2eePolicyFlush;

#define GST_TYPE_E2EE_POLICY_FLUSH (gst_e2ee_policy_flush_get_type ())
GType gst_e2ee_policy_flush_get_type (void);

G_END_DECLS
