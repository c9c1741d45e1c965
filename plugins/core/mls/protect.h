/* Signing, tagging, encrypting framed content and the reverse, RFC 9420 sections 6.1 to 6.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_PROTECT_H
#define E2EE_CORE_MLS_PROTECT_H

#include "core/mls/message.h"
#include "core/mls/schedule.h"
#include "core/mls/secrettree.h"

/* FramedContentTBS signed.  @group_context is encoded and goes in for members and new_member_commit
 * (section 6.1).  auth->signature then points into *@signature, which the caller owns.  The
 * confirmation_tag of a commit is not signed and is set later. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_content_sign (const e2ee_mls_suite * suite,
    e2ee_mls_authenticated_content * auth, e2ee_bytes group_context, e2ee_bytes private_key,
    e2ee_mls_buffer * signature);
/* SIGNATURE. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_content_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_authenticated_content * auth, e2ee_bytes group_context,
    e2ee_bytes signature_key);

/* A whole MLSMessage with a PublicMessage; the membership tag is made for senders of type member.
 * APPLICATION_IN_CLEAR, CONFIRMATION_TAG_MISSING. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_public_seal (const e2ee_mls_suite * suite,
    const e2ee_mls_authenticated_content * auth, const e2ee_mls_digest * membership_key,
    e2ee_bytes group_context, e2ee_mls_buffer * out);
/* Checks the membership tag of a member's message (MEMBERSHIP_TAG_MISSING, MEMBERSHIP_TAG) and that
 * no application data stands in clear.  Signature, group and epoch are the caller's. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_public_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_public_message * message, const e2ee_mls_digest * membership_key,
    e2ee_bytes group_context);

/* A whole MLSMessage with a PrivateMessage of content signed with wire_format private_message by
 * leaf auth->content.sender.index.  @padding zero bytes are appended. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_private_seal (const e2ee_mls_suite * suite,
    const e2ee_env * env, const e2ee_mls_authenticated_content * auth,
    const e2ee_mls_digest * sender_data_secret, e2ee_mls_secret_tree * secrets, size_t padding,
    e2ee_mls_buffer * out);

typedef struct
{
  uint32_t leaf;
  uint32_t generation;
  uint8_t reuse_guard[4];
} e2ee_mls_sender_data;

/* Who says to have sent it; authenticated under the sender data key only.  DECRYPT. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_private_sender (const e2ee_mls_suite * suite,
    const e2ee_mls_private_message * message, const e2ee_mls_digest * sender_data_secret,
    e2ee_mls_sender_data * sender);
/* Opens into *@plaintext, which the caller owns and *@auth points into; arrays in @arena.  The key
 * of this generation is forgotten as soon as it has decrypted, whatever comes out; the signature is
 * still to be verified.
 * Errors: DECRYPT, REPLAYED, TOO_FAR_AHEAD, SENDER_UNKNOWN, PADDING and those of reading. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_private_open (const e2ee_mls_suite * suite,
    const e2ee_mls_private_message * message, const e2ee_mls_sender_data * sender,
    e2ee_mls_secret_tree * secrets, e2ee_mls_arena * arena, e2ee_mls_buffer * plaintext,
    e2ee_mls_authenticated_content * auth);

/* Key and nonce of the sender data, section 6.3.2, from the ciphertext's first nh bytes. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_sender_data_key (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * sender_data_secret, e2ee_bytes ciphertext, e2ee_mls_message_key * key);

#endif
