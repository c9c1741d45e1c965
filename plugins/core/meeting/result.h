/* What the meeting room can answer: one value per rule, one stable code and one sentence each.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_RESULT_H
#define E2EE_CORE_MEETING_RESULT_H

#include "core/mls/result.h"

/* X (VALUE, "code", "sentence without a full stop") */
#define E2EE_MEETING_RESULTS(X) \
  /* JSON Web Signatures of every kind */ \
  X (JWS_FORMAT, "jws-format", "not a compact JSON Web Signature of the expected type") \
  X (JWS_SIGNATURE, "jws-signature", "the signature is wrong") \
  X (JWS_CLAIMS, "jws-claims", "a claim is missing, of the wrong type or out of range") \
  X (KEY_FORMAT, "key-format", "not an Ed25519 key as a JSON Web Key") \
  /* account token */ \
  X (TOKEN_ISSUER, "token-issuer", "signed by an authority that is not trusted here") \
  X (TOKEN_EXPIRED, "token-expired", "the account token has expired") \
  X (TOKEN_NOT_YET, "token-not-yet-valid", "the account token is not valid yet") \
  X (TOKEN_DEVICE, "token-device", "the account token belongs to another device") \
  /* key binding */ \
  X (BINDING_MEETING, "binding-meeting", "the identity was bound to another meeting") \
  X (BINDING_LEAF, "binding-leaf", "the identity was bound to another key") \
  X (BINDING_STALE, "binding-stale", "the identity was not bound just now") \
  /* ticket and link */ \
  X (TICKET_HASH, "ticket-hash", "not the ticket that the link names") \
  X (TICKET_TIER, "ticket-tier", "encryption was scheduled without a paid account") \
  X (TICKET_HOST, "ticket-host", "who signed the ticket is no host in it") \
  X (TICKET_EXPIRED, "ticket-expired", "the meeting's time is over") \
  X (TICKET_NOT_YET, "ticket-not-yet-valid", "the meeting's time has not come") \
  X (LINK_FORMAT, "link-format", "not the link of a meeting") \
  /* the host's statements */ \
  X (STATEMENT_TICKET, "statement-ticket", "a statement about another meeting") \
  X (STATEMENT_OLD, "statement-old", "a statement older than the one in force") \
  X (STATEMENT_POLICY, "statement-policy", "the ticket does not allow this") \
  X (NOT_HOST, "not-host", "only a host may do this") \
  /* messages */ \
  X (ENVELOPE, "envelope", "not a message of this meeting, or changed on its way") \
  X (MESSAGE_FORMAT, "message-format", "a message that does not follow its format") \
  /* commits that members refuse */ \
  X (COMMIT_EXTERNAL, "commit-external", "somebody tried to add himself") \
  X (COMMIT_WITHOUT_SECRET, "commit-without-secret", \
      "somebody was added without the secret of the link") \
  X (COMMIT_ADDS_GUEST, "commit-adds-guest", "a guest was added while encryption is on") \
  X (COMMIT_KEEPS_GUEST, "commit-keeps-guest", "encryption was turned on with guests inside") \
  X (COMMIT_REMOVES_HOST, "commit-removes-host", "somebody who is no host removed a host") \
  X (COMMIT_DUPLICATE_DEVICE, "commit-duplicate-device", "a device would stand in the group twice") \
  X (COMMIT_STATE, "commit-state", "the meeting's state was changed without a host's statement") \
  X (COMMIT_CONTEXT, "commit-context", "something was changed that never changes") \
  X (COMMIT_PROPOSAL, "commit-proposal", "a proposal that meetings do not use") \
  X (MEETING_FULL, "meeting-full", "the meeting has its largest size") \
  /* what may be seen of the group */ \
  X (BEHIND, "behind", "the others are further than what has been delivered here") \
  X (FORK, "fork", "two versions of this meeting are being delivered") \
  X (SILENT, "silent", "nothing is heard of the others") \
  X (STATE_BEHIND, "state-behind", "the meeting shown is older than what was seen before") \
  /* this participant */ \
  X (NOT_JOINED, "not-joined", "not in the meeting") \
  X (REMOVED, "removed", "removed from the meeting") \
  X (GUEST, "guest", "while encryption is on only people with an account may be in the meeting") \
  X (FLOOR_REQUIRE, "floor-require", "encryption is off, and this participant requires it") \
  X (FLOOR_FORBID, "floor-forbid", "encryption is on, and this participant forbids it") \
  X (BUSY, "busy", "the last change has not gone through yet") \
  X (TIMEOUT, "timeout", "the others did not take the change in time") \
  X (UNKNOWN_MEMBER, "unknown-member", "nobody of that number is in the meeting") \
  X (TEXT, "text", "not a text that may be shown, or too long") \
  X (STORE, "store", "stored state that is damaged or made with another key") \
  X (LOG, "log", "the log was changed or cut") \
  X (ARGUMENT, "argument", "the caller asked for what no meeting can do") \
  X (MLS, "mls", "the group refused it") \
  X (CRYPTO, "crypto", "a primitive failed") \
  X (NO_MEMORY, "no-memory", "there is no memory")

typedef enum
{
  E2EE_MEETING_OK = 0,
#define E2EE_MEETING_RESULT_VALUE(value, code, text) E2EE_MEETING_ERR_##value,
  E2EE_MEETING_RESULTS (E2EE_MEETING_RESULT_VALUE)
#undef E2EE_MEETING_RESULT_VALUE
  E2EE_MEETING_N_RESULTS
} e2ee_meeting_result;

/* Kebab-case and stable, "ok" for E2EE_MEETING_OK.  Static. */
const char *e2ee_meeting_result_code (e2ee_meeting_result result);

/* One sentence for a person.  Static; never holds input or key bytes. */
const char *e2ee_meeting_result_text (e2ee_meeting_result result);

#endif
