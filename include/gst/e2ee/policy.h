/* gst-e2ee: what a meeting offers besides its media, and what a participant insists on
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */
#pragma once

#include <gst/e2ee/e2ee-prelude.h>

G_BEGIN_DECLS

/**
 * GstE2eeFeature:
 * @GST_E2EE_FEATURE_RECORDING: "recording"
 * @GST_E2EE_FEATURE_TRANSCRIPTION: "transcription"
 * @GST_E2EE_FEATURE_CAPTIONS: "captions"
 * @GST_E2EE_FEATURE_STREAMING: "streaming": to a public site
 * @GST_E2EE_FEATURE_BREAKOUT: "breakout": rooms beside the meeting
 * @GST_E2EE_FEATURE_NOTES: "notes"
 * @GST_E2EE_FEATURE_WHITEBOARD: "whiteboard"
 * @GST_E2EE_FEATURE_PSTN: "pstn": participants by telephone
 * @GST_E2EE_FEATURE_SIP_H323: "sip-h323": room systems
 * @GST_E2EE_FEATURE_GUEST: "guest": participants without an account
 * @GST_E2EE_FEATURE_SCREENSHARE: "screenshare"
 * @GST_E2EE_FEATURE_CHAT: "chat"
 *
 * What a meeting offers besides its media.  While end-to-end encryption is off all of them are
 * available; while it is on, those that the host allows.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_FEATURE_RECORDING = 0,
  GST_E2EE_FEATURE_TRANSCRIPTION = 1,
  GST_E2EE_FEATURE_CAPTIONS = 2,
  GST_E2EE_FEATURE_STREAMING = 3,
  GST_E2EE_FEATURE_BREAKOUT = 4,
  GST_E2EE_FEATURE_NOTES = 5,
  GST_E2EE_FEATURE_WHITEBOARD = 6,
  GST_E2EE_FEATURE_PSTN = 7,
  GST_E2EE_FEATURE_SIP_H323 = 8,
  GST_E2EE_FEATURE_GUEST = 9,
  GST_E2EE_FEATURE_SCREENSHARE = 10,
  GST_E2EE_FEATURE_CHAT = 11
} GstE2eeFeature;

#define GST_TYPE_E2EE_FEATURE (gst_e2ee_feature_get_type ())
GST_E2EE_API GType gst_e2ee_feature_get_type (void);

/* "recording", "sip-h323" ...; static; NULL for a number that is no feature. */
GST_E2EE_API const gchar *gst_e2ee_feature_get_nick (GstE2eeFeature feature);

/**
 * GstE2eeFeatures:
 *
 * A set of #GstE2eeFeature: bit n stands for the feature of that number.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_FEATURES_NONE = 0,
  GST_E2EE_FEATURES_RECORDING = 1 << 0,
  GST_E2EE_FEATURES_TRANSCRIPTION = 1 << 1,
  GST_E2EE_FEATURES_CAPTIONS = 1 << 2,
  GST_E2EE_FEATURES_STREAMING = 1 << 3,
  GST_E2EE_FEATURES_BREAKOUT = 1 << 4,
  GST_E2EE_FEATURES_NOTES = 1 << 5,
  GST_E2EE_FEATURES_WHITEBOARD = 1 << 6,
  GST_E2EE_FEATURES_PSTN = 1 << 7,
  GST_E2EE_FEATURES_SIP_H323 = 1 << 8,
  GST_E2EE_FEATURES_GUEST = 1 << 9,
  GST_E2EE_FEATURES_SCREENSHARE = 1 << 10,
  GST_E2EE_FEATURES_CHAT = 1 << 11
} GstE2eeFeatures;

#define GST_TYPE_E2EE_FEATURES (gst_e2ee_features_get_type ())
GST_E2EE_API GType gst_e2ee_features_get_type (void);

/**
 * GstE2eeFloor:
 * @GST_E2EE_FLOOR_ALLOW: "allow": what the host decides
 * @GST_E2EE_FLOOR_REQUIRE: "require": clear media is never sent, shown or passed on
 * @GST_E2EE_FLOOR_FORBID: "forbid": leaves a meeting that is encrypted
 *
 * What one participant, a ticket or a gate insists on, whatever a host says.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_FLOOR_ALLOW = 0,
  GST_E2EE_FLOOR_REQUIRE = 1,
  GST_E2EE_FLOOR_FORBID = 2
} GstE2eeFloor;

#define GST_TYPE_E2EE_FLOOR (gst_e2ee_floor_get_type ())
GST_E2EE_API GType gst_e2ee_floor_get_type (void);

G_END_DECLS
