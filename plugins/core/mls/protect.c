/* Signing, tagging, encrypting framed content and the reverse, RFC 9420 sections 6.1 to 6.3.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/protect.h"

#include <string.h>

#include "core/crypto/secret.h"

/* FramedContentTBS, section 6.1.  An external sender does not know the GroupContext; a member and
 * an external committer bind to it. */
static void
write_tbs (e2ee_mls_writer * writer, const e2ee_mls_authenticated_content * auth,
    e2ee_bytes group_context)
{
  const uint8_t sender = auth->content.sender.type;

  e2ee_mls_write_u16 (writer, E2EE_MLS_VERSION);
  e2ee_mls_write_u16 (writer, auth->wire_format);
  e2ee_mls_framed_content_write (writer, &auth->content);
  if (sender == E2EE_MLS_SENDER_MEMBER || sender == E2EE_MLS_SENDER_NEW_MEMBER_COMMIT)
    e2ee_mls_write_raw (writer, group_context);
}

/* FramedContentAuthData. */
static void
write_auth_data (e2ee_mls_writer * writer, const e2ee_mls_authenticated_content * auth)
{
  e2ee_mls_write_vector (writer, auth->signature);
  if (auth->content.content_type == E2EE_MLS_CONTENT_COMMIT)
    e2ee_mls_write_vector (writer, auth->confirmation_tag);
}

e2ee_mls_result
e2ee_mls_content_sign (const e2ee_mls_suite * suite, e2ee_mls_authenticated_content * auth,
    e2ee_bytes group_context, e2ee_bytes private_key, e2ee_mls_buffer * signature)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  *signature = E2EE_MLS_NO_BUFFER;
  write_tbs (&tbs, auth, group_context);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_sign_with_label (suite, private_key, "FramedContentTBS",
        e2ee_mls_writer_view (&tbs), signature);
  e2ee_mls_writer_clear (&tbs);
  if (r == E2EE_MLS_OK)
    auth->signature = e2ee_mls_buffer_view (*signature);
  return r;
}

e2ee_mls_result
e2ee_mls_content_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_authenticated_content * auth, e2ee_bytes group_context,
    e2ee_bytes signature_key)
{
  e2ee_mls_writer tbs = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  write_tbs (&tbs, auth, group_context);
  r = tbs.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_verify_with_label (suite, signature_key, "FramedContentTBS",
        e2ee_mls_writer_view (&tbs), auth->signature);
  e2ee_mls_writer_clear (&tbs);
  return r;
}

/* AuthenticatedContentTBM, section 6.2. */
static e2ee_mls_result
encode_tbm (const e2ee_mls_authenticated_content * auth, e2ee_bytes group_context,
    e2ee_mls_buffer * out)
{
  e2ee_mls_writer tbm = E2EE_MLS_WRITER_INIT;

  write_tbs (&tbm, auth, group_context);
  write_auth_data (&tbm, auth);
  return e2ee_mls_writer_finish (&tbm, out);
}

static e2ee_mls_result
check_sendable (const e2ee_mls_authenticated_content * auth, uint16_t wire_format)
{
  if (auth->wire_format != wire_format)
    return E2EE_MLS_ERR_WIRE_FORMAT;
  if (auth->content.content_type == E2EE_MLS_CONTENT_COMMIT && auth->confirmation_tag.size == 0)
    return E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_public_seal (const e2ee_mls_suite * suite, const e2ee_mls_authenticated_content * auth,
    const e2ee_mls_digest * membership_key, e2ee_bytes group_context, e2ee_mls_buffer * out)
{
  e2ee_mls_message message = {.wire_format = E2EE_MLS_WIRE_PUBLIC_MESSAGE };
  e2ee_mls_buffer tbm = E2EE_MLS_NO_BUFFER;
  e2ee_mls_digest membership_tag;
  e2ee_mls_result r = check_sendable (auth, E2EE_MLS_WIRE_PUBLIC_MESSAGE);

  *out = E2EE_MLS_NO_BUFFER;
  if (r != E2EE_MLS_OK)
    return r;
  if (auth->content.content_type == E2EE_MLS_CONTENT_APPLICATION)
    return E2EE_MLS_ERR_APPLICATION_IN_CLEAR;
  message.u.public_message.auth = *auth;
  if (auth->content.sender.type == E2EE_MLS_SENDER_MEMBER) {
    r = encode_tbm (auth, group_context, &tbm);
    if (r != E2EE_MLS_OK)
      return r;
    e2ee_mls_mac (suite, e2ee_mls_digest_view (suite, membership_key), e2ee_mls_buffer_view (tbm),
        membership_tag.data);
    message.u.public_message.membership_tag = e2ee_mls_digest_view (suite, &membership_tag);
    e2ee_mls_buffer_clear (&tbm);
  }
  return e2ee_mls_message_encode (&message, out);
}

e2ee_mls_result
e2ee_mls_public_verify (const e2ee_mls_suite * suite, const e2ee_mls_public_message * message,
    const e2ee_mls_digest * membership_key, e2ee_bytes group_context)
{
  e2ee_mls_buffer tbm = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  if (message->auth.content.content_type == E2EE_MLS_CONTENT_APPLICATION)
    return E2EE_MLS_ERR_APPLICATION_IN_CLEAR;
  if (message->auth.content.content_type == E2EE_MLS_CONTENT_COMMIT
      && message->auth.confirmation_tag.size == 0)
    return E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING;
  if (message->auth.content.sender.type != E2EE_MLS_SENDER_MEMBER)
    return E2EE_MLS_OK;
  if (message->membership_tag.size == 0)
    return E2EE_MLS_ERR_MEMBERSHIP_TAG_MISSING;
  r = encode_tbm (&message->auth, group_context, &tbm);
  if (r == E2EE_MLS_OK && !e2ee_mls_mac_verify (suite,
          e2ee_mls_digest_view (suite, membership_key), e2ee_mls_buffer_view (tbm),
          message->membership_tag))
    r = E2EE_MLS_ERR_MEMBERSHIP_TAG;
  e2ee_mls_buffer_clear (&tbm);
  return r;
}

static e2ee_mls_ratchet
ratchet_of (uint8_t content_type)
{
  return content_type == E2EE_MLS_CONTENT_APPLICATION ?
      E2EE_MLS_RATCHET_APPLICATION : E2EE_MLS_RATCHET_HANDSHAKE;
}

/* Section 6.3.1: two members restored from one backup must not meet in key and nonce. */
static void
apply_reuse_guard (e2ee_mls_message_key * key, const uint8_t reuse_guard[4])
{
  for (size_t i = 0; i < 4; i++)
    key->nonce[i] ^= reuse_guard[i];
}

/* SenderDataAAD is the beginning of PrivateContentAAD. */
static void
write_sender_aad (e2ee_mls_writer * writer, const e2ee_mls_private_message * message)
{
  e2ee_mls_write_vector (writer, message->group_id);
  e2ee_mls_write_u64 (writer, message->epoch);
  e2ee_mls_write_u8 (writer, message->content_type);
}

static void
write_content_aad (e2ee_mls_writer * writer, const e2ee_mls_private_message * message)
{
  write_sender_aad (writer, message);
  e2ee_mls_write_vector (writer, message->authenticated_data);
}

e2ee_mls_result
e2ee_mls_sender_data_key (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * sender_data_secret, e2ee_bytes ciphertext, e2ee_mls_message_key * key)
{
  const e2ee_bytes secret = e2ee_mls_digest_view (suite, sender_data_secret);
  const e2ee_bytes sample = E2EE_BYTES (ciphertext.data,
      ciphertext.size < suite->nh ? ciphertext.size : suite->nh);
  e2ee_mls_result r = e2ee_mls_expand_with_label (suite, secret, "key", sample, key->key,
      suite->nk);

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_expand_with_label (suite, secret, "nonce", sample, key->nonce, suite->nn);
  return r;
}

typedef void (*aad_writer) (e2ee_mls_writer * writer, const e2ee_mls_private_message * message);

static e2ee_mls_result
seal_part (const e2ee_mls_suite * suite, const e2ee_mls_message_key * key, aad_writer write_aad,
    const e2ee_mls_private_message * message, e2ee_bytes plaintext, e2ee_mls_buffer * out)
{
  e2ee_mls_writer aad = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  write_aad (&aad, message);
  r = aad.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_aead_seal (suite, E2EE_BYTES (key->key, suite->nk),
        E2EE_BYTES (key->nonce, suite->nn), e2ee_mls_writer_view (&aad), plaintext, out);
  e2ee_mls_writer_clear (&aad);
  return r;
}

static e2ee_mls_result
open_part (const e2ee_mls_suite * suite, const e2ee_mls_message_key * key, aad_writer write_aad,
    const e2ee_mls_private_message * message, e2ee_bytes sealed, e2ee_mls_buffer * out)
{
  e2ee_mls_writer aad = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  write_aad (&aad, message);
  r = aad.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_aead_open (suite, E2EE_BYTES (key->key, suite->nk),
        E2EE_BYTES (key->nonce, suite->nn), e2ee_mls_writer_view (&aad), sealed, out);
  e2ee_mls_writer_clear (&aad);
  return r;
}

/* PrivateMessageContent under the next key of the sender's ratchet. */
static e2ee_mls_result
seal_content (const e2ee_mls_suite * suite, const e2ee_mls_authenticated_content * auth,
    const e2ee_mls_private_message * message, size_t padding, e2ee_mls_secret_tree * secrets,
    e2ee_mls_sender_data * sender, e2ee_mls_buffer * ciphertext)
{
  e2ee_mls_writer plaintext = E2EE_MLS_WRITER_INIT;
  e2ee_mls_message_key key;
  uint8_t *zeros;
  e2ee_mls_result r;

  e2ee_mls_content_body_write (&plaintext, &auth->content);
  write_auth_data (&plaintext, auth);
  zeros = e2ee_mls_write_space (&plaintext, padding);
  r = plaintext.result;
  if (r != E2EE_MLS_OK)
    goto out;
  if (padding > 0)
    memset (zeros, 0, padding);
  r = e2ee_mls_secret_tree_next (secrets, sender->leaf, ratchet_of (message->content_type),
      &sender->generation, &key);
  if (r != E2EE_MLS_OK)
    goto out;
  apply_reuse_guard (&key, sender->reuse_guard);
  r = seal_part (suite, &key, write_content_aad, message, e2ee_mls_writer_view (&plaintext),
      ciphertext);
out:
  e2ee_wipe (&key, sizeof (key));
  e2ee_mls_writer_clear (&plaintext);
  return r;
}

static e2ee_mls_result
seal_sender_data (const e2ee_mls_suite * suite, const e2ee_mls_digest * sender_data_secret,
    const e2ee_mls_private_message * message, const e2ee_mls_sender_data * sender,
    e2ee_mls_buffer * out)
{
  e2ee_mls_writer plaintext = E2EE_MLS_WRITER_INIT;
  e2ee_mls_message_key key;
  e2ee_mls_result r;

  e2ee_mls_write_u32 (&plaintext, sender->leaf);
  e2ee_mls_write_u32 (&plaintext, sender->generation);
  e2ee_mls_write_raw (&plaintext, E2EE_BYTES (sender->reuse_guard, sizeof (sender->reuse_guard)));
  r = plaintext.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_sender_data_key (suite, sender_data_secret, message->ciphertext, &key);
  if (r == E2EE_MLS_OK)
    r = seal_part (suite, &key, write_sender_aad, message, e2ee_mls_writer_view (&plaintext), out);
  e2ee_wipe (&key, sizeof (key));
  e2ee_mls_writer_clear (&plaintext);
  return r;
}

e2ee_mls_result
e2ee_mls_private_seal (const e2ee_mls_suite * suite, const e2ee_env * env,
    const e2ee_mls_authenticated_content * auth, const e2ee_mls_digest * sender_data_secret,
    e2ee_mls_secret_tree * secrets, size_t padding, e2ee_mls_buffer * out)
{
  const e2ee_mls_framed_content *content = &auth->content;
  e2ee_mls_message message = {.wire_format = E2EE_MLS_WIRE_PRIVATE_MESSAGE };
  e2ee_mls_private_message *private_message = &message.u.private_message;
  e2ee_mls_sender_data sender = {.leaf = content->sender.index };
  e2ee_mls_buffer ciphertext = E2EE_MLS_NO_BUFFER, sender_data = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r = check_sendable (auth, E2EE_MLS_WIRE_PRIVATE_MESSAGE);

  *out = E2EE_MLS_NO_BUFFER;
  if (r == E2EE_MLS_OK && content->sender.type != E2EE_MLS_SENDER_MEMBER)
    r = E2EE_MLS_ERR_WIRE_FORMAT;
  if (r != E2EE_MLS_OK)
    return r;
  private_message->group_id = content->group_id;
  private_message->epoch = content->epoch;
  private_message->content_type = content->content_type;
  private_message->authenticated_data = content->authenticated_data;
  env->random (env->user, sender.reuse_guard, sizeof (sender.reuse_guard));

  r = seal_content (suite, auth, private_message, padding, secrets, &sender, &ciphertext);
  if (r != E2EE_MLS_OK)
    goto out;
  private_message->ciphertext = e2ee_mls_buffer_view (ciphertext);
  r = seal_sender_data (suite, sender_data_secret, private_message, &sender, &sender_data);
  if (r != E2EE_MLS_OK)
    goto out;
  private_message->encrypted_sender_data = e2ee_mls_buffer_view (sender_data);
  r = e2ee_mls_message_encode (&message, out);
out:
  e2ee_mls_buffer_clear (&ciphertext);
  e2ee_mls_buffer_clear (&sender_data);
  return r;
}

e2ee_mls_result
e2ee_mls_private_sender (const e2ee_mls_suite * suite, const e2ee_mls_private_message * message,
    const e2ee_mls_digest * sender_data_secret, e2ee_mls_sender_data * sender)
{
  e2ee_mls_buffer plaintext = E2EE_MLS_NO_BUFFER;
  e2ee_mls_message_key key;
  e2ee_mls_reader reader;
  e2ee_bytes reuse_guard;
  e2ee_mls_result r = e2ee_mls_sender_data_key (suite, sender_data_secret, message->ciphertext,
      &key);

  *sender = (e2ee_mls_sender_data) { 0 };
  if (r == E2EE_MLS_OK)
    r = open_part (suite, &key, write_sender_aad, message, message->encrypted_sender_data,
        &plaintext);
  if (r != E2EE_MLS_OK)
    goto out;
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (plaintext), NULL);
  sender->leaf = e2ee_mls_read_u32 (&reader);
  sender->generation = e2ee_mls_read_u32 (&reader);
  reuse_guard = e2ee_mls_read_raw (&reader, sizeof (sender->reuse_guard));
  r = e2ee_mls_reader_finish (&reader);
  if (r == E2EE_MLS_OK)
    memcpy (sender->reuse_guard, reuse_guard.data, sizeof (sender->reuse_guard));
out:
  e2ee_wipe (&key, sizeof (key));
  e2ee_mls_buffer_clear (&plaintext);
  return r;
}

/* PrivateMessageContent: what follows the auth data must be zeros, section 6.3.1. */
static e2ee_mls_result
read_content (e2ee_bytes plaintext, e2ee_mls_arena * arena, e2ee_mls_authenticated_content * auth)
{
  e2ee_mls_reader reader;
  e2ee_bytes padding;
  uint8_t any = 0;

  e2ee_mls_reader_init (&reader, plaintext, arena);
  e2ee_mls_content_body_read (&reader, &auth->content);
  auth->signature = e2ee_mls_read_vector (&reader);
  if (auth->content.content_type == E2EE_MLS_CONTENT_COMMIT)
    auth->confirmation_tag = e2ee_mls_read_vector (&reader);
  padding = e2ee_mls_read_raw (&reader, e2ee_mls_reader_left (&reader));
  for (size_t i = 0; i < padding.size; i++)
    any |= padding.data[i];
  if (any != 0)
    e2ee_mls_reader_fail (&reader, E2EE_MLS_ERR_PADDING);
  if (auth->content.content_type == E2EE_MLS_CONTENT_COMMIT && auth->confirmation_tag.size == 0)
    e2ee_mls_reader_fail (&reader, E2EE_MLS_ERR_CONFIRMATION_TAG_MISSING);
  return e2ee_mls_reader_finish (&reader);
}

e2ee_mls_result
e2ee_mls_private_open (const e2ee_mls_suite * suite, const e2ee_mls_private_message * message,
    const e2ee_mls_sender_data * sender, e2ee_mls_secret_tree * secrets, e2ee_mls_arena * arena,
    e2ee_mls_buffer * plaintext, e2ee_mls_authenticated_content * auth)
{
  const e2ee_mls_ratchet ratchet = ratchet_of (message->content_type);
  e2ee_mls_message_key key;
  e2ee_mls_result r;

  *plaintext = E2EE_MLS_NO_BUFFER;
  *auth = (e2ee_mls_authenticated_content) { 0 };
  r = e2ee_mls_secret_tree_peek (secrets, sender->leaf, ratchet, sender->generation, &key);
  if (r != E2EE_MLS_OK)
    return r;
  apply_reuse_guard (&key, sender->reuse_guard);
  r = open_part (suite, &key, write_content_aad, message, message->ciphertext, plaintext);
  e2ee_wipe (&key, sizeof (key));
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_secret_tree_consume (secrets, sender->leaf, ratchet, sender->generation);
  if (r != E2EE_MLS_OK)
    goto out;

  auth->wire_format = E2EE_MLS_WIRE_PRIVATE_MESSAGE;
  auth->content.group_id = message->group_id;
  auth->content.epoch = message->epoch;
  auth->content.sender = (e2ee_mls_sender) { E2EE_MLS_SENDER_MEMBER, sender->leaf };
  auth->content.authenticated_data = message->authenticated_data;
  auth->content.content_type = message->content_type;
  r = read_content (e2ee_mls_buffer_view (*plaintext), arena, auth);
out:
  if (r != E2EE_MLS_OK) {
    e2ee_mls_buffer_clear (plaintext);
    *auth = (e2ee_mls_authenticated_content) { 0 };
  }
  return r;
}
