/* One function for each verb; docs/mls-program.md says what they take and answer.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_MLS_PROGRAM_VERBS_H
#define E2EE_MLS_PROGRAM_VERBS_H

#include "member.h"

/* verbs-join.c: how one gets into a group */
void verb_create_group (Request * request);
void verb_create_key_package (Request * request);
void verb_join_group (Request * request);
void verb_external_join (Request * request);

/* verbs-change.c: proposals and commits */
void verb_propose (Request * request);
void verb_clear_proposals (Request * request);
void verb_commit (Request * request);
void verb_handle_pending_commit (Request * request);
void verb_discard_pending_commit (Request * request);

/* verbs-receive.c: what comes from others */
void verb_receive (Request * request);
void verb_handle_proposal (Request * request);
void verb_handle_commit (Request * request);
void verb_unprotect (Request * request);
void verb_protect (Request * request);

/* verbs-state.c: looking, keys, keeping */
void verb_name (Request * request);
void verb_supported_ciphersuites (Request * request);
void verb_configure (Request * request);
void verb_group_info (Request * request);
void verb_ratchet_tree (Request * request);
void verb_state_auth (Request * request);
void verb_export (Request * request);
void verb_roster (Request * request);
void verb_store_psk (Request * request);
void verb_store (Request * request);
void verb_restore (Request * request);
void verb_free (Request * request);
void verb_memory (Request * request);

/* epoch, leaf, epoch_authenticator and the rest that every verb that moves a group answers */
void verbs_set_state (Request * request, const Member * member);
/* Settings of a group that has just been made: encrypt_handshake, padding. */
void verbs_set_up_group (Request * request, Member * member);

#endif
