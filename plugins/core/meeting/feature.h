/* What a meeting offers besides its media, and which of it stays while encryption is on.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_FEATURE_H
#define E2EE_CORE_MEETING_FEATURE_H

#include <stdint.h>

/* The order is that of the gate's public enum and of the bits in a feature table. */
typedef enum
{
  E2EE_FEATURE_RECORDING,
  E2EE_FEATURE_TRANSCRIPTION,
  E2EE_FEATURE_CAPTIONS,
  E2EE_FEATURE_STREAMING,
  E2EE_FEATURE_BREAKOUT,
  E2EE_FEATURE_NOTES,
  E2EE_FEATURE_WHITEBOARD,
  E2EE_FEATURE_PSTN,
  E2EE_FEATURE_SIP_H323,
  E2EE_FEATURE_GUEST,
  E2EE_FEATURE_SCREENSHARE,
  E2EE_FEATURE_CHAT,
  E2EE_N_FEATURES
} e2ee_feature;

/* A feature table: bit n set: feature n is available while encryption is on. */
typedef uint32_t e2ee_features;

/* What needs no one but the participants: screen share and chat.  Guests never become available
 * through a table: who has no account is put out (E2EE_FEATURES_NEVER). */
#define E2EE_FEATURES_DEFAULT \
  ((e2ee_features) (1u << E2EE_FEATURE_SCREENSHARE | 1u << E2EE_FEATURE_CHAT))
#define E2EE_FEATURES_NEVER \
  ((e2ee_features) (1u << E2EE_FEATURE_GUEST | 1u << E2EE_FEATURE_PSTN | 1u << E2EE_FEATURE_SIP_H323))

/* "recording", "sip-h323" ...; NULL for a number that is no feature.  Static. */
const char *e2ee_feature_name (e2ee_feature feature);
/* -1 for a name that is none. */
int e2ee_feature_find (const char *name);

#endif
