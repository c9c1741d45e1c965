/* What a malicious member or a server can make: commits no honest member would, joins with wrong
 * papers, envelopes of somebody who has the link.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MEETING_MALICE_H
#define E2EE_TESTS_MEETING_MALICE_H

#include "room.h"

#include <sodium.h>

#include "core/meeting/jws.h"
#include "core/mls/group-private.h"

/* Content to everybody, in an envelope as whoever has the link makes them. */
static inline void
malice_send_raw (room * r, e2ee_bytes content)
{
  e2ee_mls_buffer sealed = E2EE_MLS_NO_BUFFER;
  uint8_t key[E2EE_ENVELOPE_KEY_SIZE];

  ROOM_MUST (e2ee_link_derive (&r->link, "e2ee-meeting envelope", key, sizeof (key))
      == E2EE_MEETING_OK);
  ROOM_MUST (e2ee_envelope_seal (&r->env, E2EE_BYTES (key, sizeof (key)), r->ticket.meeting_id,
          content, &sealed) == E2EE_MEETING_OK);
  room_inject (r, ROOM_EVERYBODY, e2ee_mls_buffer_view (sealed));
  e2ee_mls_buffer_clear (&sealed);
}

static inline void
malice_send (room * r, e2ee_content_kind kind, e2ee_bytes body)
{
  const e2ee_content content = { .kind = (uint8_t) kind, .body = body };
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;

  ROOM_MUST (e2ee_content_write (&content, &encoded) == E2EE_MEETING_OK);
  malice_send_raw (r, e2ee_mls_buffer_view (encoded));
  e2ee_mls_buffer_clear (&encoded);
}

/* A message that nobody can open, of a version that nobody is in. */
static inline void
malice_boast (room * r, room_person * of, const e2ee_version * version)
{
  e2ee_mls_message message = { .wire_format = E2EE_MLS_WIRE_PRIVATE_MESSAGE };
  e2ee_mls_private_message *boast = &message.u.private_message;
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;
  uint8_t data[E2EE_VERSION_SIZE];

  e2ee_version_write (version, data);
  boast->group_id = e2ee_mls_group_id (of->meeting->group);
  boast->epoch = version->epoch;
  boast->content_type = E2EE_MLS_CONTENT_APPLICATION;
  boast->authenticated_data = E2EE_BYTES (data, sizeof (data));
  boast->encrypted_sender_data = E2EE_BYTES ("0123456789012345678901234567", 28);
  boast->ciphertext = E2EE_BYTES ("0123456789012345678901234567", 28);
  ROOM_MUST (e2ee_mls_message_encode (&message, &encoded) == E2EE_MLS_OK);
  malice_send (r, E2EE_CONTENT_MLS, e2ee_mls_buffer_view (encoded));
  e2ee_mls_buffer_clear (&encoded);
}

static inline int
malice_accept (void *user, const e2ee_mls_credential_check * check)
{
  return 1;
}

/* @p's program does what he wants from now on: no identity is wrong to it. */
static inline e2ee_mls_group *
malice_begin (room_person * p)
{
  p->meeting->mls_host.check_credential = malice_accept;
  return p->meeting->group;
}

/* Commits @changes as @p and sends it; his own group stays where it was. */
static inline void
malice_commit (room_person * p, const e2ee_mls_change * changes, size_t n)
{
  const e2ee_mls_commit_params params = { .changes = changes, .n_changes = n, .force_path = 1,
    .tree_in_welcome = 1
  };
  e2ee_mls_group *group = malice_begin (p);
  e2ee_mls_buffer commit, welcome;

  CHECK_STR (e2ee_mls_result_name (e2ee_mls_group_commit (group, &params, &commit, &welcome,
              NULL)), "ok");
  e2ee_mls_group_discard_pending (group);
  malice_send (p->room, E2EE_CONTENT_MLS, e2ee_mls_buffer_view (commit));
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_buffer_clear (&welcome);
}

/* ---- papers ---- */

typedef struct
{
  e2ee_bytes token;
  const e2ee_device *device;    /* that signs the binding */
  const char *meeting_id;
  uint64_t bound_at;
} malice_papers;

static inline malice_papers
malice_papers_of (const room_person * p)
{
  return (malice_papers) { e2ee_mls_buffer_view (p->token), p->device,
      p->room->ticket.meeting_id, p->room->unix_start + p->room->now_ms / 1000 };
}

/* An identity with these papers for a fresh key; signed whatever the tools would say to it. */
static inline void
malice_identity (room * r, const malice_papers * papers, e2ee_mls_buffer * identity,
    uint8_t seed[32])
{
  uint8_t public_key[32], expanded[64];

  room_random (r, seed, 32);
  crypto_sign_ed25519_seed_keypair (public_key, expanded, seed);
  ROOM_MUST (e2ee_identity_bind (papers->token, papers->device, papers->meeting_id,
          E2EE_BYTES (public_key, 32), papers->bound_at, identity) == E2EE_MEETING_OK);
}

/* A key package of an identity; the joiner, to be freed. */
static inline e2ee_mls_joiner *
malice_joiner_of (room * r, room_person * p, e2ee_bytes identity, const uint8_t seed[32])
{
  static const uint8_t type[2] = { 0xF0, 0xE2 };
  const e2ee_mls_leaf_params params = { .extension_types = { type, 2 } };
  const e2ee_mls_credential credential = { E2EE_MLS_CREDENTIAL_BASIC, identity };
  e2ee_mls_identity *mls = NULL;
  e2ee_mls_joiner *joiner = NULL;

  ROOM_MUST (e2ee_mls_identity_new (&p->meeting->mls_host, 0x0003, &credential,
          E2EE_BYTES (seed, 32), &mls) == E2EE_MLS_OK);
  ROOM_MUST (e2ee_mls_joiner_new (&p->meeting->mls_host, mls, &params, &joiner) == E2EE_MLS_OK);
  e2ee_mls_identity_unref (mls);
  return joiner;
}

static inline e2ee_mls_joiner *
malice_joiner (room * r, room_person * p, const malice_papers * papers)
{
  e2ee_mls_buffer identity = E2EE_MLS_NO_BUFFER;
  uint8_t seed[32];
  e2ee_mls_joiner *joiner;

  malice_identity (r, papers, &identity, seed);
  joiner = malice_joiner_of (r, p, e2ee_mls_buffer_view (identity), seed);
  e2ee_mls_buffer_clear (&identity);
  return joiner;
}

/* Changed claims under a signature of the one who changed them. */
static inline void
malice_resign (const malice_papers * papers, const json_t * claims, const char *type,
    e2ee_mls_buffer * text)
{
  ROOM_MUST (e2ee_jws_sign (papers->device, type, claims, 0, text) == E2EE_MEETING_OK);
}

/* A statement signed by whoever, as if he were a host. */
static inline void
malice_statement (room * r, const e2ee_device * signer, uint64_t revision, int on,
    e2ee_mls_buffer * text)
{
  e2ee_statement statement = { .revision = revision, .on = on,
    .features = E2EE_FEATURES_DEFAULT
  };
  e2ee_mls_buffer right = E2EE_MLS_NO_BUFFER;
  e2ee_jws jws;

  ROOM_MUST (e2ee_statement_issue (&statement, &r->ticket, r->people[0].device, NULL, 0,
          r->unix_start + r->now_ms / 1000, &right) == E2EE_MEETING_OK);
  ROOM_MUST (e2ee_jws_parse (e2ee_mls_buffer_view (right), "e2ee-state+jwt", &jws)
      == E2EE_MEETING_OK);
  ROOM_MUST (e2ee_jws_sign (signer, "e2ee-state+jwt", jws.claims, 1, text) == E2EE_MEETING_OK);
  e2ee_jws_clear (&jws);
  e2ee_mls_buffer_clear (&right);
}

/* ---- nothing has changed ---- */

typedef struct
{
  e2ee_meeting_view views[ROOM_MAX];
} malice_before;

static inline malice_before
malice_look (const room * r)
{
  malice_before before;

  memset (&before, 0, sizeof (before));
  for (int i = 0; i < r->n_people; i++)
    before.views[i] = room_view (r, i);
  return before;
}

/* A moment later everybody is where he was, and everybody but @except has refused it for @cause. */
static inline void
malice_check_refused (room * r, const malice_before * before, int except,
    e2ee_meeting_result cause)
{
  room_run (r, 30);
  for (int i = 0; i < r->n_people; i++) {
    const e2ee_meeting_view now = room_view (r, i);

    CHECK_ROW ("person %d", i);
    if (!room_is_member (r, i))
      continue;
    CHECK_INT (now.epoch, before->views[i].epoch);
    CHECK_INT (now.n_members, before->views[i].n_members);
    CHECK_INT (now.revision, before->views[i].revision);
    CHECK_INT (now.state, before->views[i].state);
    if (i != except) {
      CHECK_STR (e2ee_meeting_result_code (r->people[i].last_refused),
          e2ee_meeting_result_code (cause));
    }
    r->people[i].last_refused = E2EE_MEETING_OK;
  }
  check_state.row[0] = '\0';
  /* The same cause is told once a second. */
  room_run (r, 1100);
}

#endif
