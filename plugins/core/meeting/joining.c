/* Coming into the meeting, coming again, and going.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <sodium.h>

#include "core/meeting/meeting-private.h"

static const uint8_t state_extension_type[2] = {
  E2EE_EXTENSION_MEETING_STATE >> 8, E2EE_EXTENSION_MEETING_STATE & 255
};

static const e2ee_mls_leaf_params leaf_params = {
  .extension_types = { state_extension_type, sizeof (state_extension_type) },
};

/* ---- a leaf of ours ---- */

/* A fresh signature key, and our account bound to it and to this meeting. */
static e2ee_meeting_result
make_identity (e2ee_meeting * m, e2ee_mls_identity ** identity)
{
  uint8_t public_key[crypto_sign_ed25519_PUBLICKEYBYTES];
  uint8_t expanded[crypto_sign_ed25519_SECRETKEYBYTES];
  uint8_t seed[crypto_sign_ed25519_SEEDBYTES];
  e2ee_mls_credential credential = { .type = E2EE_MLS_CREDENTIAL_BASIC };
  e2ee_mls_buffer bound = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  m->host->env->random (m->host->env->user, seed, sizeof (seed));
  crypto_sign_ed25519_seed_keypair (public_key, expanded, seed);
  r = e2ee_identity_bind (e2ee_mls_buffer_view (m->token), m->device, m->ticket.meeting_id,
      E2EE_BYTES (public_key, sizeof (public_key)), e2ee_meeting_unix_time (m), &bound);
  credential.body = e2ee_mls_buffer_view (bound);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_identity_new (&m->mls_host, m->mls_suite, &credential,
            E2EE_BYTES (seed, sizeof (seed)), identity));
  e2ee_mls_buffer_clear (&bound);
  e2ee_wipe (seed, sizeof (seed));
  e2ee_wipe (expanded, sizeof (expanded));
  return r;
}

void
e2ee_meeting_drop_joiners (e2ee_meeting * m)
{
  for (size_t i = 0; i < 2; i++) {
    e2ee_mls_joiner_free (m->joiners[i]);
    m->joiners[i] = NULL;
  }
}

/* The one before stays: its Welcome may be on its way. */
static e2ee_meeting_result
renew_joiner (e2ee_meeting * m)
{
  e2ee_mls_identity *identity = NULL;
  e2ee_mls_joiner *joiner = NULL;
  e2ee_meeting_result r;

  r = make_identity (m, &identity);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_joiner_new (&m->mls_host, identity, &leaf_params,
            &joiner));
  e2ee_mls_identity_unref (identity);
  if (r != E2EE_MEETING_OK)
    return r;
  e2ee_mls_joiner_free (m->joiners[1]);
  m->joiners[1] = m->joiners[0];
  m->joiners[0] = joiner;
  m->joiner_since_ms = e2ee_meeting_now (m);
  return E2EE_MEETING_OK;
}

/* ---- asking ---- */

e2ee_meeting_result
e2ee_meeting_ask (e2ee_meeting * m)
{
  uint8_t version[E2EE_VERSION_SIZE];
  e2ee_content content = {
    .kind = E2EE_CONTENT_JOIN,
    .statement = e2ee_mls_buffer_view (m->newest.text),
  };
  e2ee_meeting_result r = E2EE_MEETING_OK;

  if (m->joiners[0] == NULL
      || e2ee_meeting_now (m) - m->joiner_since_ms >= E2EE_JOINER_LIFE_MS)
    r = renew_joiner (m);
  if (r != E2EE_MEETING_OK)
    return r;
  if (m->group != NULL && m->phase != E2EE_PHASE_JOINING) {
    e2ee_version_write (&m->version, version);
    content.version = E2EE_BYTES (version, sizeof (version));
  }
  content.body = e2ee_mls_joiner_key_package (m->joiners[0]);
  return e2ee_meeting_send (m, &content, NULL);
}

/* A random time, up to doubled each time. */
static void
plan_next_ask (e2ee_meeting * m)
{
  const uint32_t most = m->phase == E2EE_PHASE_JOINING
      ? 4 * m->timing.join_retry_ms : E2EE_MAX_BACKOFF_MS;

  if (m->backoff_ms == 0)
    m->backoff_ms = m->timing.join_retry_ms;
  e2ee_meeting_set_timer (m, E2EE_TIMER_JOIN, e2ee_meeting_now (m) + m->backoff_ms / 2
      + e2ee_meeting_random (m, m->backoff_ms / 2 + 1));
  m->backoff_ms = m->backoff_ms < most / 2 ? 2 * m->backoff_ms : most;
}

void
e2ee_meeting_on_join_timer (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  e2ee_meeting_set_timer (m, E2EE_TIMER_JOIN, E2EE_NEVER);
  if (m->phase != E2EE_PHASE_JOINING && m->phase != E2EE_PHASE_REJOINING)
    return;
  /* Nothing has come of the version that made us doubt: ours is what there is. */
  if (m->phase == E2EE_PHASE_REJOINING && m->group != NULL
      && e2ee_mls_group_is_active (m->group)
      && now - m->other.last_ms >= m->timing.silence_ms) {
    e2ee_meeting_forget_other (m);
    m->phase = E2EE_PHASE_MEMBER;
    m->backoff_ms = 0;
    e2ee_meeting_post (m, E2EE_EVENT_PHASE);
    e2ee_meeting_on_liveness_timer (m);
    e2ee_meeting_say_alive (m);
    return;
  }
  if (!m->founder_unconfirmed)
    (void) !e2ee_meeting_ask (m);
  plan_next_ask (m);
}

void
e2ee_meeting_group_is_there (e2ee_meeting * m)
{
  const uint64_t now = e2ee_meeting_now (m);

  m->group_heard_ms = now;
  if (m->phase == E2EE_PHASE_JOINING && !m->founder_unconfirmed)
    e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND, now + m->timing.silence_ms);
}

static e2ee_meeting_result
start_joining (e2ee_meeting * m, e2ee_meeting_phase phase, e2ee_meeting_result why)
{
  const e2ee_meeting_result r = e2ee_meeting_ask (m);

  if (r != E2EE_MEETING_OK)
    return r;
  m->phase = phase;
  m->backoff_ms = 0;
  m->group_heard_ms = 0;
  plan_next_ask (m);
  e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND,
      e2ee_meeting_now (m) + (phase == E2EE_PHASE_JOINING ? m->timing.found_ms
          : m->timing.silence_ms));
  e2ee_meeting_post (m, E2EE_EVENT_PHASE)->result = why;
  return E2EE_MEETING_OK;
}

static int
is_guest_outside (const e2ee_meeting * m)
{
  return m->account.tier == E2EE_TIER_GUEST && m->newest.statement.on;
}

e2ee_meeting_result
e2ee_meeting_join (e2ee_meeting * m)
{
  e2ee_meeting_result r;

  if (m->phase != E2EE_PHASE_IDLE)
    return E2EE_MEETING_ERR_BUSY;
  if (m->account.tier == E2EE_TIER_GUEST && m->ticket.e2ee == E2EE_FLOOR_REQUIRE)
    return E2EE_MEETING_ERR_GUEST;
  if (m->floor == E2EE_FLOOR_FORBID && m->ticket.e2ee == E2EE_FLOOR_REQUIRE)
    return E2EE_MEETING_ERR_FLOOR_FORBID;
  r = e2ee_account_verify (e2ee_mls_buffer_view (m->token), &m->authorities,
      e2ee_meeting_unix_time (m), &m->account);
  if (r == E2EE_MEETING_OK)
    r = e2ee_ticket_check_time (&m->ticket, e2ee_meeting_unix_time (m));
  if (r != E2EE_MEETING_OK)
    return r;
  e2ee_meeting_go_out (m, E2EE_MEETING_OK);
  r = start_joining (m, E2EE_PHASE_JOINING, E2EE_MEETING_OK);
  e2ee_meeting_settle (m);
  return r;
}

void
e2ee_meeting_rejoin (e2ee_meeting * m, e2ee_meeting_result why)
{
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_end_request (m, why);
  e2ee_meeting_set_timer (m, E2EE_TIMER_ALIVE, E2EE_NEVER);
  e2ee_meeting_set_timer (m, E2EE_TIMER_COMMIT, E2EE_NEVER);
  e2ee_meeting_evidence (m, "behind", json_pack ("{s:s}", "cause",
          e2ee_meeting_result_code (why)));
  if (start_joining (m, E2EE_PHASE_REJOINING, why) != E2EE_MEETING_OK)
    e2ee_meeting_go_out (m, why);
}

/* ---- founding ---- */

static e2ee_meeting_result
found (e2ee_meeting * m)
{
  e2ee_mls_create_params params = { .leaf = &leaf_params };
  e2ee_mls_buffer extensions = E2EE_MLS_NO_BUFFER;
  e2ee_content content = { .kind = E2EE_CONTENT_FOUND };
  e2ee_mls_identity *identity = NULL;
  uint8_t group_id[16];
  e2ee_meeting_result r;

  m->host->env->random (m->host->env->user, group_id, sizeof (group_id));
  params.group_id = E2EE_BYTES (group_id, sizeof (group_id));
  r = e2ee_meeting_state_write (&m->ticket, e2ee_mls_buffer_view (m->newest.text), &extensions);
  params.extensions.list = e2ee_mls_buffer_view (extensions);
  if (r == E2EE_MEETING_OK)
    r = make_identity (m, &identity);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_group_create (&m->mls_host, identity, &params,
            &m->group));
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_group_info_make (m->group, 1, &m->own.message));
  content.body = e2ee_mls_buffer_view (m->own.message);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_send (m, &content, &m->own.envelope);
  e2ee_mls_identity_unref (identity);
  e2ee_mls_buffer_clear (&extensions);
  if (r != E2EE_MEETING_OK) {
    e2ee_meeting_drop_own_commit (m);
    e2ee_mls_group_free (m->group);
    m->group = NULL;
    return r;
  }
  m->founder_unconfirmed = 1;
  return E2EE_MEETING_OK;
}

static void
give_up_founding (e2ee_meeting * m)
{
  if (!m->founder_unconfirmed)
    return;
  m->founder_unconfirmed = 0;
  e2ee_meeting_drop_own_commit (m);
  e2ee_mls_group_free (m->group);
  m->group = NULL;
}

void
e2ee_meeting_on_found_timer (e2ee_meeting * m)
{
  e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND,
      e2ee_meeting_now (m) + m->timing.join_retry_ms);
  if (m->founder_unconfirmed) {
    (void) !e2ee_meeting_send_again (m, e2ee_mls_buffer_view (m->own.envelope));
    return;
  }
  if (m->phase == E2EE_PHASE_REJOINING && (m->group == NULL
          || !e2ee_mls_group_is_active (m->group))) {
    /* Nobody is left of those whom we knew. */
    e2ee_mls_group_free (m->group);
    m->group = NULL;
    e2ee_meeting_drop_roster (m);
    m->phase = E2EE_PHASE_JOINING;
    e2ee_meeting_post (m, E2EE_EVENT_PHASE);
  }
  if (m->phase != E2EE_PHASE_JOINING) {
    e2ee_meeting_set_timer (m, E2EE_TIMER_FOUND, E2EE_NEVER);
    return;
  }
  if (is_guest_outside (m))
    e2ee_meeting_go_out (m, E2EE_MEETING_ERR_GUEST);
  else
    (void) !found (m);
}

/* Ours, in its place: the meeting is ours to begin. */
static e2ee_meeting_result
begin (e2ee_meeting * m)
{
  e2ee_statement statement;
  e2ee_bytes text;
  e2ee_meeting_result r;

  r = e2ee_meeting_state_read (e2ee_mls_group_extensions (m->group), &m->ticket, &statement,
      &text);
  if (r != E2EE_MEETING_OK)
    return r;
  m->founder_unconfirmed = 0;
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_drop_joiners (m);
  /* Of a meeting that is no more. */
  e2ee_meeting_drop_kept (m);
  e2ee_meeting_evidence (m, "founded", NULL);
  e2ee_meeting_enter_epoch (m, &statement, text, E2EE_NOBODY, 1);
  return E2EE_MEETING_OK;
}

/* Looks at a GroupInfo the way the MLS room offers: by getting ready to enter, which verifies the
 * signature and every leaf, and not entering. */
static e2ee_meeting_result
verify_founder (e2ee_meeting * m, e2ee_bytes info)
{
  const e2ee_mls_external_params params = { .leaf = &leaf_params };
  e2ee_mls_identity *identity = NULL;
  e2ee_mls_buffer commit = E2EE_MLS_NO_BUFFER;
  e2ee_mls_group *group = NULL;
  e2ee_meeting_result r;

  r = make_identity (m, &identity);
  m->credential_fresh = 1;
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_result_of (m, e2ee_mls_group_join_external (&m->mls_host, identity, info,
            &params, &group, &commit));
  m->credential_fresh = 0;
  e2ee_mls_group_free (group);
  e2ee_mls_buffer_clear (&commit);
  e2ee_mls_identity_unref (identity);
  return r;
}

e2ee_meeting_result
e2ee_meeting_take_found (e2ee_meeting * m, e2ee_bytes info)
{
  const e2ee_version nothing = { 0 };
  const uint64_t heard_ms = m->group_heard_ms;
  e2ee_meeting_result r;

  if (m->founder_unconfirmed && info.size == m->own.message.size
      && memcmp (info.data, m->own.message.data, info.size) == 0)
    return begin (m);
  if (m->phase == E2EE_PHASE_MEMBER) {
    /* He will hear from us that there is a meeting. */
    e2ee_meeting_saw_other_version (m, &nothing);
    return E2EE_MEETING_OK;
  }
  if (m->phase != E2EE_PHASE_JOINING)
    return E2EE_MEETING_OK;
  r = verify_founder (m, info);
  if (r != E2EE_MEETING_OK)
    return r;
  give_up_founding (m);
  e2ee_meeting_group_is_there (m);
  /* When many come at once, many found: who has asked the first does not ask again for each. */
  if (heard_ms > 0 && m->group_heard_ms - heard_ms < m->timing.join_retry_ms)
    return E2EE_MEETING_OK;
  return e2ee_meeting_ask (m);
}

/* ---- Welcome ---- */

/* One who stands in a version of the meeting leaves it for a better one only. */
static int
is_better (const e2ee_meeting * m, const e2ee_mls_group * group, const e2ee_statement * statement)
{
  const e2ee_version version = {
    .rank = e2ee_statement_rank (statement),
    .epoch = e2ee_mls_group_epoch (group),
    .n_members = (uint16_t) e2ee_mls_group_n_members (group),
  };

  return m->phase != E2EE_PHASE_MEMBER || e2ee_version_compare (&version, &m->version) > 0;
}

static e2ee_meeting_result
enter (e2ee_meeting * m, e2ee_mls_group * group)
{
  const e2ee_policy policy = e2ee_meeting_policy (m);
  const int is_same = m->group != NULL
      && e2ee_equal (e2ee_mls_group_id (m->group), e2ee_mls_group_id (group));
  e2ee_statement statement;
  e2ee_bytes text;
  e2ee_meeting_result r;

  r = e2ee_policy_group (&policy, group, &statement, &text);
  if (r != E2EE_MEETING_OK || !is_better (m, group, &statement)) {
    /* The key package is used up: the next time that we ask it is with another one. */
    e2ee_meeting_drop_joiners (m);
    e2ee_mls_group_free (group);
    return r;
  }
  give_up_founding (m);
  e2ee_meeting_drop_own_commit (m);
  e2ee_mls_group_free (m->group);
  m->group = group;
  e2ee_meeting_drop_joiners (m);
  e2ee_meeting_forget_other (m);
  e2ee_meeting_enter_epoch (m, &statement, text, E2EE_NOBODY, !is_same);
  e2ee_meeting_play_kept (m);
  return E2EE_MEETING_OK;
}

e2ee_meeting_result
e2ee_meeting_take_welcome (e2ee_meeting * m, e2ee_bytes welcome)
{
  e2ee_mls_group *group = NULL;
  e2ee_mls_result r = E2EE_MLS_ERR_WELCOME_NOT_FOR_US;

  for (size_t i = 0; i < 2 && r == E2EE_MLS_ERR_WELCOME_NOT_FOR_US; i++) {
    if (m->joiners[i] != NULL)
      r = e2ee_mls_group_join (&m->mls_host, m->joiners[i], welcome, E2EE_NO_BYTES, &group);
  }
  if (r == E2EE_MLS_OK)
    return enter (m, group);
  if (m->phase == E2EE_PHASE_JOINING)
    e2ee_meeting_group_is_there (m);
  return r == E2EE_MLS_ERR_WELCOME_NOT_FOR_US ? E2EE_MEETING_OK : e2ee_meeting_result_of (m, r);
}

/* ---- messages that came too early ---- */

static void
drop_kept (e2ee_meeting * m, size_t index)
{
  m->kept_bytes -= m->kept[index].size;
  e2ee_mls_buffer_clear (&m->kept[index]);
  memmove (&m->kept[index], &m->kept[index + 1], (m->n_kept - index - 1) * sizeof (*m->kept));
  m->n_kept--;
}

void
e2ee_meeting_drop_kept (e2ee_meeting * m)
{
  while (m->n_kept > 0)
    drop_kept (m, m->n_kept - 1);
}

void
e2ee_meeting_keep (e2ee_meeting * m, e2ee_bytes message)
{
  if (message.size > E2EE_MAX_KEPT_BYTES)
    return;
  /* The newest are those that a Welcome is followed by. */
  while (m->n_kept == E2EE_MAX_KEPT_MESSAGES
      || m->kept_bytes + message.size > E2EE_MAX_KEPT_BYTES)
    drop_kept (m, 0);
  if (e2ee_mls_buffer_dup (message, &m->kept[m->n_kept]) == E2EE_MLS_OK) {
    m->n_kept++;
    m->kept_bytes += message.size;
  }
}

/* Each is taken or kept anew; one round for each epoch that the kept ones open. */
void
e2ee_meeting_play_kept (e2ee_meeting * m)
{
  e2ee_mls_buffer playing[E2EE_MAX_KEPT_MESSAGES];
  uint64_t epoch;

  if (m->is_playing)
    return;
  m->is_playing = 1;
  do {
    const size_t n = m->n_kept;

    epoch = m->group != NULL ? e2ee_mls_group_epoch (m->group) : 0;
    memcpy (playing, m->kept, n * sizeof (*playing));
    m->n_kept = 0;
    m->kept_bytes = 0;
    for (size_t i = 0; i < n; i++) {
      (void) !e2ee_meeting_take_mls (m, e2ee_mls_buffer_view (playing[i]));
      e2ee_mls_buffer_clear (&playing[i]);
    }
  } while (m->n_kept > 0 && m->group != NULL && e2ee_mls_group_epoch (m->group) != epoch);
  m->is_playing = 0;
}

/* ---- going ---- */

void
e2ee_meeting_go_out (e2ee_meeting * m, e2ee_meeting_result why)
{
  const int was_in = m->phase != E2EE_PHASE_IDLE;

  e2ee_meeting_end_request (m, why != E2EE_MEETING_OK ? why : E2EE_MEETING_ERR_NOT_JOINED);
  m->founder_unconfirmed = 0;
  m->is_leaving = 0;
  e2ee_meeting_drop_own_commit (m);
  e2ee_meeting_drop_joiners (m);
  e2ee_meeting_drop_applicants (m);
  e2ee_meeting_drop_kept (m);
  e2ee_meeting_drop_media_keys (m);
  e2ee_meeting_drop_roster (m);
  e2ee_meeting_forget_other (m);
  e2ee_mls_group_free (m->group);
  m->group = NULL;
  m->is_silent = m->is_switching = m->sends_newest = 0;
  m->code[0] = 0;
  for (size_t i = 0; i < E2EE_N_TIMERS; i++)
    m->timers[i] = E2EE_NEVER;
  m->phase = E2EE_PHASE_IDLE;
  m->out_reason = why;
  if (was_in) {
    e2ee_meeting_evidence (m, "out", json_pack ("{s:s}", "why", e2ee_meeting_result_code (why)));
    e2ee_meeting_post (m, E2EE_EVENT_PHASE)->result = why;
  }
}

/* 0 when there is nobody who could take us out. */
static int
propose_to_leave (e2ee_meeting * m)
{
  const e2ee_mls_change change = {
    .type = E2EE_MLS_PROPOSAL_REMOVE,
    .leaf = e2ee_mls_group_own_leaf (m->group),
  };
  e2ee_content content = { .kind = E2EE_CONTENT_MLS };
  e2ee_mls_buffer message = E2EE_MLS_NO_BUFFER;
  e2ee_meeting_result r;

  if (e2ee_mls_group_n_members (m->group) < 2)
    return 0;
  r = e2ee_meeting_result_of (m, e2ee_mls_group_propose (m->group, &change, E2EE_NO_BYTES,
          &message));
  content.body = e2ee_mls_buffer_view (message);
  if (r == E2EE_MEETING_OK)
    r = e2ee_meeting_send (m, &content, NULL);
  e2ee_mls_buffer_clear (&message);
  return r == E2EE_MEETING_OK;
}

void
e2ee_meeting_say_good_bye (e2ee_meeting * m, e2ee_meeting_result why)
{
  const int was_member = e2ee_meeting_is_member (m);
  e2ee_mls_group *group = was_member ? m->group : NULL;

  /* The group stays for a moment, to be asked again should a commit pass the good-bye by. */
  if (was_member)
    m->group = NULL;
  e2ee_meeting_go_out (m, why);
  m->group = group;
  if (was_member && propose_to_leave (m)) {
    m->is_leaving = 1;
    e2ee_meeting_set_timer (m, E2EE_TIMER_LEAVE, e2ee_meeting_now (m) + m->timing.silence_ms);
  } else {
    e2ee_mls_group_free (m->group);
    m->group = NULL;
  }
}

void
e2ee_meeting_leave (e2ee_meeting * m)
{
  if (m->phase == E2EE_PHASE_IDLE)
    return;
  e2ee_meeting_say_good_bye (m, E2EE_MEETING_OK);
  e2ee_meeting_settle (m);
}

void
e2ee_meeting_on_leave_timer (e2ee_meeting * m)
{
  e2ee_meeting_set_timer (m, E2EE_TIMER_LEAVE, E2EE_NEVER);
  m->is_leaving = 0;
  e2ee_mls_group_free (m->group);
  m->group = NULL;
}

/* What we still listen to after the good-bye: whether it has been heard. */
void
e2ee_meeting_take_while_leaving (e2ee_meeting * m, e2ee_bytes message)
{
  e2ee_mls_event event;
  e2ee_mls_staged_view view;

  if (e2ee_mls_group_receive (m->group, message, &event) != E2EE_MLS_OK)
    return;
  if (event.staged != NULL) {
    e2ee_mls_staged_look (event.staged, &view);
    if (view.removes_us) {
      e2ee_meeting_on_leave_timer (m);
    } else if (e2ee_mls_group_merge (m->group, &event) != E2EE_MLS_OK || !propose_to_leave (m)) {
      e2ee_meeting_on_leave_timer (m);
    }
  }
  e2ee_mls_event_clear (&event);
}
