/* MLSMessage and what is framed in it, RFC 9420 section 6.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/message.h"

void
e2ee_mls_sender_read (e2ee_mls_reader * reader, e2ee_mls_sender * out)
{
  out->index = 0;
  out->type = e2ee_mls_read_u8 (reader);
  switch (out->type) {
    case E2EE_MLS_SENDER_MEMBER:
    case E2EE_MLS_SENDER_EXTERNAL:
      out->index = e2ee_mls_read_u32 (reader);
      break;
    case E2EE_MLS_SENDER_NEW_MEMBER_PROPOSAL:
    case E2EE_MLS_SENDER_NEW_MEMBER_COMMIT:
      break;
    default:
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  }
}

void
e2ee_mls_sender_write (e2ee_mls_writer * writer, const e2ee_mls_sender * in)
{
  e2ee_mls_write_u8 (writer, in->type);
  if (in->type == E2EE_MLS_SENDER_MEMBER || in->type == E2EE_MLS_SENDER_EXTERNAL)
    e2ee_mls_write_u32 (writer, in->index);
}

void
e2ee_mls_content_body_read (e2ee_mls_reader * reader, e2ee_mls_framed_content * content)
{
  switch (content->content_type) {
    case E2EE_MLS_CONTENT_APPLICATION:
      content->u.application_data = e2ee_mls_read_vector (reader);
      break;
    case E2EE_MLS_CONTENT_PROPOSAL:
      e2ee_mls_proposal_read (reader, &content->u.proposal);
      break;
    case E2EE_MLS_CONTENT_COMMIT:
      e2ee_mls_commit_read (reader, &content->u.commit);
      break;
    default:
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  }
}

void
e2ee_mls_content_body_write (e2ee_mls_writer * writer, const e2ee_mls_framed_content * content)
{
  switch (content->content_type) {
    case E2EE_MLS_CONTENT_APPLICATION:
      e2ee_mls_write_vector (writer, content->u.application_data);
      break;
    case E2EE_MLS_CONTENT_PROPOSAL:
      e2ee_mls_proposal_write (writer, &content->u.proposal);
      break;
    case E2EE_MLS_CONTENT_COMMIT:
      e2ee_mls_commit_write (writer, &content->u.commit);
      break;
    default:
      e2ee_mls_writer_fail (writer, E2EE_MLS_ERR_ENCODING);
  }
}

void
e2ee_mls_framed_content_read (e2ee_mls_reader * reader, e2ee_mls_framed_content * out)
{
  *out = (e2ee_mls_framed_content) { 0 };
  out->group_id = e2ee_mls_read_vector (reader);
  out->epoch = e2ee_mls_read_u64 (reader);
  e2ee_mls_sender_read (reader, &out->sender);
  out->authenticated_data = e2ee_mls_read_vector (reader);
  out->content_type = e2ee_mls_read_u8 (reader);
  e2ee_mls_content_body_read (reader, out);
}

void
e2ee_mls_framed_content_write (e2ee_mls_writer * writer, const e2ee_mls_framed_content * in)
{
  e2ee_mls_write_vector (writer, in->group_id);
  e2ee_mls_write_u64 (writer, in->epoch);
  e2ee_mls_sender_write (writer, &in->sender);
  e2ee_mls_write_vector (writer, in->authenticated_data);
  e2ee_mls_write_u8 (writer, in->content_type);
  e2ee_mls_content_body_write (writer, in);
}

/* FramedContent and FramedContentAuthData, as they follow each other in two structures. */
static void
signed_content_read (e2ee_mls_reader * reader, e2ee_mls_authenticated_content * out)
{
  e2ee_mls_framed_content_read (reader, &out->content);
  out->signature = e2ee_mls_read_vector (reader);
  out->confirmation_tag = out->content.content_type == E2EE_MLS_CONTENT_COMMIT ?
      e2ee_mls_read_vector (reader) : E2EE_NO_BYTES;
}

static void
signed_content_write (e2ee_mls_writer * writer, const e2ee_mls_authenticated_content * in)
{
  e2ee_mls_framed_content_write (writer, &in->content);
  e2ee_mls_write_vector (writer, in->signature);
  if (in->content.content_type == E2EE_MLS_CONTENT_COMMIT)
    e2ee_mls_write_vector (writer, in->confirmation_tag);
}

void
e2ee_mls_authenticated_content_read (e2ee_mls_reader * reader,
    e2ee_mls_authenticated_content * out)
{
  out->wire_format = e2ee_mls_read_u16 (reader);
  if (out->wire_format != E2EE_MLS_WIRE_PUBLIC_MESSAGE
      && out->wire_format != E2EE_MLS_WIRE_PRIVATE_MESSAGE)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  signed_content_read (reader, out);
}

void
e2ee_mls_authenticated_content_write (e2ee_mls_writer * writer,
    const e2ee_mls_authenticated_content * in)
{
  e2ee_mls_write_u16 (writer, in->wire_format);
  signed_content_write (writer, in);
}

e2ee_mls_result
e2ee_mls_proposal_ref (const e2ee_mls_suite * suite,
    const e2ee_mls_authenticated_content * content, e2ee_mls_digest * ref)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_authenticated_content_write (&writer, content);
  r = writer.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_ref_hash (suite, "MLS 1.0 Proposal Reference", e2ee_mls_writer_view (&writer),
        ref);
  e2ee_mls_writer_clear (&writer);
  return r;
}

static void
public_message_read (e2ee_mls_reader * reader, e2ee_mls_public_message * out)
{
  out->auth.wire_format = E2EE_MLS_WIRE_PUBLIC_MESSAGE;
  signed_content_read (reader, &out->auth);
  if (out->auth.content.sender.type == E2EE_MLS_SENDER_MEMBER)
    out->membership_tag = e2ee_mls_read_vector (reader);
}

static void
public_message_write (e2ee_mls_writer * writer, const e2ee_mls_public_message * in)
{
  signed_content_write (writer, &in->auth);
  if (in->auth.content.sender.type == E2EE_MLS_SENDER_MEMBER)
    e2ee_mls_write_vector (writer, in->membership_tag);
}

static void
private_message_read (e2ee_mls_reader * reader, e2ee_mls_private_message * out)
{
  out->group_id = e2ee_mls_read_vector (reader);
  out->epoch = e2ee_mls_read_u64 (reader);
  out->content_type = e2ee_mls_read_u8 (reader);
  if (out->content_type < E2EE_MLS_CONTENT_APPLICATION
      || out->content_type > E2EE_MLS_CONTENT_COMMIT)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  out->authenticated_data = e2ee_mls_read_vector (reader);
  out->encrypted_sender_data = e2ee_mls_read_vector (reader);
  out->ciphertext = e2ee_mls_read_vector (reader);
}

static void
private_message_write (e2ee_mls_writer * writer, const e2ee_mls_private_message * in)
{
  e2ee_mls_write_vector (writer, in->group_id);
  e2ee_mls_write_u64 (writer, in->epoch);
  e2ee_mls_write_u8 (writer, in->content_type);
  e2ee_mls_write_vector (writer, in->authenticated_data);
  e2ee_mls_write_vector (writer, in->encrypted_sender_data);
  e2ee_mls_write_vector (writer, in->ciphertext);
}

void
e2ee_mls_message_read (e2ee_mls_reader * reader, e2ee_mls_message * out)
{
  *out = (e2ee_mls_message) { 0 };
  if (e2ee_mls_read_u16 (reader) != E2EE_MLS_VERSION)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_UNSUPPORTED_VERSION);
  out->wire_format = e2ee_mls_read_u16 (reader);
  switch (out->wire_format) {
    case E2EE_MLS_WIRE_PUBLIC_MESSAGE:
      public_message_read (reader, &out->u.public_message);
      break;
    case E2EE_MLS_WIRE_PRIVATE_MESSAGE:
      private_message_read (reader, &out->u.private_message);
      break;
    case E2EE_MLS_WIRE_WELCOME:
      e2ee_mls_welcome_read (reader, &out->u.welcome);
      break;
    case E2EE_MLS_WIRE_GROUP_INFO:
      e2ee_mls_group_info_read (reader, &out->u.group_info);
      break;
    case E2EE_MLS_WIRE_KEY_PACKAGE:
      e2ee_mls_key_package_read (reader, &out->u.key_package);
      break;
    default:
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  }
}

void
e2ee_mls_message_write (e2ee_mls_writer * writer, const e2ee_mls_message * in)
{
  e2ee_mls_write_u16 (writer, E2EE_MLS_VERSION);
  e2ee_mls_write_u16 (writer, in->wire_format);
  switch (in->wire_format) {
    case E2EE_MLS_WIRE_PUBLIC_MESSAGE:
      public_message_write (writer, &in->u.public_message);
      break;
    case E2EE_MLS_WIRE_PRIVATE_MESSAGE:
      private_message_write (writer, &in->u.private_message);
      break;
    case E2EE_MLS_WIRE_WELCOME:
      e2ee_mls_welcome_write (writer, &in->u.welcome);
      break;
    case E2EE_MLS_WIRE_GROUP_INFO:
      e2ee_mls_group_info_write (writer, &in->u.group_info);
      break;
    case E2EE_MLS_WIRE_KEY_PACKAGE:
      e2ee_mls_key_package_write (writer, &in->u.key_package);
      break;
    default:
      e2ee_mls_writer_fail (writer, E2EE_MLS_ERR_ENCODING);
  }
}

e2ee_mls_result
e2ee_mls_message_decode (e2ee_bytes in, e2ee_mls_arena * arena, e2ee_mls_message * out)
{
  e2ee_mls_reader reader;

  e2ee_mls_reader_init (&reader, in, arena);
  e2ee_mls_message_read (&reader, out);
  return e2ee_mls_reader_finish (&reader);
}

e2ee_mls_result
e2ee_mls_message_encode (const e2ee_mls_message * message, e2ee_mls_buffer * out)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_message_write (&writer, message);
  return e2ee_mls_writer_finish (&writer, out);
}
