/* MLSMessage and what is framed in it, RFC 9420 section 6.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_MESSAGE_H
#define E2EE_CORE_MLS_MESSAGE_H

#include "core/mls/commit.h"
#include "core/mls/groupinfo.h"
#include "core/mls/welcome.h"

typedef enum
{
  E2EE_MLS_CONTENT_APPLICATION = 1,
  E2EE_MLS_CONTENT_PROPOSAL = 2,
  E2EE_MLS_CONTENT_COMMIT = 3
} e2ee_mls_content_type;

typedef enum
{
  E2EE_MLS_SENDER_MEMBER = 1,
  E2EE_MLS_SENDER_EXTERNAL = 2,
  E2EE_MLS_SENDER_NEW_MEMBER_PROPOSAL = 3,
  E2EE_MLS_SENDER_NEW_MEMBER_COMMIT = 4
} e2ee_mls_sender_type;

typedef struct
{
  uint8_t type;
  uint32_t index;               /* member: leaf index; external: sender index */
} e2ee_mls_sender;

void e2ee_mls_sender_read (e2ee_mls_reader * reader, e2ee_mls_sender * out);
void e2ee_mls_sender_write (e2ee_mls_writer * writer, const e2ee_mls_sender * in);

typedef struct
{
  e2ee_bytes group_id;
  uint64_t epoch;
  e2ee_mls_sender sender;
  e2ee_bytes authenticated_data;
  uint8_t content_type;
  union
  {
    e2ee_bytes application_data;
    e2ee_mls_proposal proposal;
    e2ee_mls_commit commit;
  } u;
} e2ee_mls_framed_content;

/* The last field alone, of type content->content_type: what a PrivateMessage encrypts. */
void e2ee_mls_content_body_read (e2ee_mls_reader * reader, e2ee_mls_framed_content * content);
void e2ee_mls_content_body_write (e2ee_mls_writer * writer,
    const e2ee_mls_framed_content * content);

void e2ee_mls_framed_content_read (e2ee_mls_reader * reader, e2ee_mls_framed_content * out);
void e2ee_mls_framed_content_write (e2ee_mls_writer * writer, const e2ee_mls_framed_content * in);

typedef enum
{
  E2EE_MLS_WIRE_PUBLIC_MESSAGE = 1,
  E2EE_MLS_WIRE_PRIVATE_MESSAGE = 2,
  E2EE_MLS_WIRE_WELCOME = 3,
  E2EE_MLS_WIRE_GROUP_INFO = 4,
  E2EE_MLS_WIRE_KEY_PACKAGE = 5
} e2ee_mls_wire_format;

/* AuthenticatedContent; FramedContentAuthData is its last two fields. */
typedef struct
{
  uint16_t wire_format;
  e2ee_mls_framed_content content;
  e2ee_bytes signature;
  e2ee_bytes confirmation_tag;  /* of a commit */
} e2ee_mls_authenticated_content;

void e2ee_mls_authenticated_content_read (e2ee_mls_reader * reader,
    e2ee_mls_authenticated_content * out);
void e2ee_mls_authenticated_content_write (e2ee_mls_writer * writer,
    const e2ee_mls_authenticated_content * in);

/* ProposalRef of a framed proposal, section 5.2. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_proposal_ref (const e2ee_mls_suite * suite,
    const e2ee_mls_authenticated_content * content, e2ee_mls_digest * ref);

typedef struct
{
  e2ee_mls_authenticated_content auth;  /* wire_format public_message */
  e2ee_bytes membership_tag;    /* of a member */
} e2ee_mls_public_message;

typedef struct
{
  e2ee_bytes group_id;
  uint64_t epoch;
  uint8_t content_type;
  e2ee_bytes authenticated_data;
  e2ee_bytes encrypted_sender_data;
  e2ee_bytes ciphertext;
} e2ee_mls_private_message;

typedef struct
{
  uint16_t wire_format;
  union
  {
    e2ee_mls_public_message public_message;
    e2ee_mls_private_message private_message;
    e2ee_mls_welcome welcome;
    e2ee_mls_group_info group_info;
    e2ee_mls_key_package key_package;
  } u;
} e2ee_mls_message;

/* UNSUPPORTED_VERSION when it is not mls10; an unknown wire format is ENCODING. */
void e2ee_mls_message_read (e2ee_mls_reader * reader, e2ee_mls_message * out);
void e2ee_mls_message_write (e2ee_mls_writer * writer, const e2ee_mls_message * in);

/* The whole of @in; points into it, arrays in @arena. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_message_decode (e2ee_bytes in, e2ee_mls_arena * arena,
    e2ee_mls_message * out);
E2EE_MUST_USE e2ee_mls_result e2ee_mls_message_encode (const e2ee_mls_message * message,
    e2ee_mls_buffer * out);

#endif
