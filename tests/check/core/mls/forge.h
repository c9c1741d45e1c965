/* Messages that no honest member makes: signed and tagged with a member's own keys, wrong in one
 * place.  Looks into the group, as an attacker who is a member can.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MLS_FORGE_H
#define E2EE_TESTS_MLS_FORGE_H

#include "party.h"

#include "core/mls/group-private.h"

/* Content of @m's in his epoch, to be changed and then sealed. */
static inline e2ee_mls_authenticated_content
forge_content (const member * m, e2ee_mls_content_type type)
{
  const e2ee_mls_group_context *context = &m->group->epoch->context;

  return (e2ee_mls_authenticated_content) {
    .wire_format = E2EE_MLS_WIRE_PUBLIC_MESSAGE,
    .content = {
      .group_id = context->group_id,
      .epoch = context->epoch,
      .sender = { E2EE_MLS_SENDER_MEMBER, m->group->own_leaf },
      .content_type = (uint8_t) type,
    },
  };
}

static inline e2ee_bytes
forge_context (const member * m)
{
  return e2ee_mls_buffer_view (m->group->epoch->encoded_context);
}

/* Signed by @m, tagged with his epoch's membership key. */
static inline void
forge_seal (const member * m, e2ee_mls_authenticated_content * auth, e2ee_mls_buffer * out)
{
  e2ee_mls_buffer signature;

  CHECK_OK (e2ee_mls_content_sign (m->group->suite, auth, forge_context (m),
          e2ee_mls_secret_view (m->identity->signature_private), &signature));
  CHECK_OK (e2ee_mls_public_seal (m->group->suite, auth,
          m->group->epoch->secrets != NULL ? &m->group->epoch->secrets->membership_key : NULL,
          forge_context (m), out));
  e2ee_mls_buffer_clear (&signature);
}

/* What @victim says to @message. */
static inline e2ee_mls_result
forge_deliver (member * victim, e2ee_mls_buffer message)
{
  e2ee_mls_event event;
  e2ee_mls_result r;

  r = e2ee_mls_group_receive (victim->group, e2ee_mls_buffer_view (message), &event);
  e2ee_mls_event_clear (&event);
  return r;
}

/* @m commits @proposals by value, with no path and a tag that is none: what is refused for another
 * reason is refused before the tag is looked at. */
static inline e2ee_mls_result
forge_commit (const member * m, member * victim, e2ee_mls_proposal_or_ref * proposals, size_t n)
{
  e2ee_mls_authenticated_content auth = forge_content (m, E2EE_MLS_CONTENT_COMMIT);
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  auth.confirmation_tag = TEXT ("no tag");
  auth.content.u.commit.proposals = proposals;
  auth.content.u.commit.n_proposals = n;
  forge_seal (m, &auth, &message);
  r = forge_deliver (victim, message);
  e2ee_mls_buffer_clear (&message);
  return r;
}

/* @m sends @proposal; everybody in @p remembers it.  Its reference is in @reference. */
static inline void
forge_proposal (party * p, const member * m, const e2ee_mls_proposal * proposal,
    e2ee_mls_digest * reference)
{
  e2ee_mls_authenticated_content auth = forge_content (m, E2EE_MLS_CONTENT_PROPOSAL);
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER, signature;

  auth.content.u.proposal = *proposal;
  forge_seal (m, &auth, &message);
  CHECK_RETURN_IF_FAILED ();
  party_deliver_proposal (p, m, message);
  e2ee_mls_buffer_clear (&message);
  CHECK_OK (e2ee_mls_content_sign (m->group->suite, &auth, forge_context (m),
          e2ee_mls_secret_view (m->identity->signature_private), &signature));
  CHECK_OK (e2ee_mls_proposal_ref (m->group->suite, &auth, reference));
  e2ee_mls_buffer_clear (&signature);
}

/* What a test does to a real commit before it is signed again. */
typedef void (*forge_change) (e2ee_mls_authenticated_content * auth, void *user);

/* @message, decoded, changed, signed with @signature_private and sealed again under @m's epoch. */
static inline e2ee_mls_result
forge_again (const member * m, member * victim, e2ee_mls_buffer message, forge_change change,
    void *user)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer changed = E2EE_MLS_NO_BUFFER;
  e2ee_mls_message decoded;
  e2ee_mls_result r;

  r = e2ee_mls_message_decode (e2ee_mls_buffer_view (message), &arena, &decoded);
  if (r == E2EE_MLS_OK) {
    e2ee_mls_authenticated_content *auth = &decoded.u.public_message.auth;

    change (auth, user);
    forge_seal (m, auth, &changed);
    r = forge_deliver (victim, changed);
  }
  e2ee_mls_buffer_clear (&changed);
  e2ee_mls_arena_clear (&arena);
  return r;
}

/* A real commit of @m's, changed; he forgets it afterwards. */
static inline e2ee_mls_result
forge_changed_commit (member * m, member * victim, const e2ee_mls_commit_params * params,
    forge_change change, void *user)
{
  e2ee_mls_buffer commit, welcome;
  e2ee_mls_result r;

  r = e2ee_mls_group_commit (m->group, params, &commit, &welcome, NULL);
  if (r != E2EE_MLS_OK)
    return r;
  r = forge_again (m, victim, commit, change, user);
  e2ee_mls_group_discard_pending (m->group);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
  return r;
}

/* A key package of @m's with @change made before leaf and package are signed. */
typedef struct
{
  e2ee_mls_joiner *joiner;
  e2ee_mls_key_package key_package;
  e2ee_mls_buffer leaf_signature;
  e2ee_mls_buffer signature;
} forged_package;

static inline void
forge_package_begin (forged_package * f, member * m)
{
  memset (f, 0, sizeof (*f));
  CHECK_OK (e2ee_mls_joiner_new (&m->host, m->identity, NULL, &f->joiner));
  f->key_package = f->joiner->key_package;
}

static inline void
forge_package_sign (forged_package * f, member * m)
{
  const e2ee_bytes key = e2ee_mls_secret_view (m->identity->signature_private);

  CHECK_OK (e2ee_mls_leaf_node_sign (m->identity->suite, &f->key_package.leaf, NULL, key,
          &f->leaf_signature));
  CHECK_OK (e2ee_mls_key_package_sign (m->identity->suite, &f->key_package, key, &f->signature));
}

static inline void
forge_package_clear (forged_package * f)
{
  e2ee_mls_joiner_free (f->joiner);
  e2ee_mls_buffer_clear (&f->leaf_signature);
  e2ee_mls_buffer_clear (&f->signature);
}

static inline e2ee_mls_proposal_or_ref
forge_add (const forged_package * f)
{
  return (e2ee_mls_proposal_or_ref) { .proposal = { .type = E2EE_MLS_PROPOSAL_ADD,
      .u = { .add = f->key_package } } };
}

static inline e2ee_mls_proposal_or_ref
forge_remove (uint32_t leaf)
{
  return (e2ee_mls_proposal_or_ref) { .proposal = { .type = E2EE_MLS_PROPOSAL_REMOVE,
      .u = { .remove = leaf } } };
}

#endif
