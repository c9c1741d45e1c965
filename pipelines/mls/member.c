/* The members of this process, and what their groups take from their surroundings.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "member.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_MEMBERS 65536

struct MemberPsk
{
  MemberPsk *next;
  e2ee_mls_buffer id;
  e2ee_mls_secret secret;
};

MemberSettings member_settings;

/* Handles are places in this array and one more; none is given out twice. */
static Member **members;
static size_t n_members;

MemberMemory member_memory;

static void *
counted_alloc (void *user, size_t size)
{
  void *block = malloc (size);

  if (block != NULL) {
    member_memory.blocks++;
    member_memory.bytes += size;
  }
  return block;
}

static void
counted_free (void *user, void *block, size_t size)
{
  member_memory.blocks--;
  member_memory.bytes -= size;
  free (block);
}

void
member_count_memory (void)
{
  static const e2ee_mls_allocator counted = { counted_alloc, counted_free, NULL };

  e2ee_mls_set_allocator (&counted);
}

static uint64_t
unix_time (void *user)
{
  return (uint64_t) ((int64_t) time (NULL) + member_settings.clock_offset);
}

/* Who somebody is, is for the one at the other end of the pipe to judge. */
static int
check_credential (void *user, const e2ee_mls_credential_check * check)
{
  return check->credential->type == E2EE_MLS_CREDENTIAL_BASIC;
}

static int
same_bytes (e2ee_bytes a, e2ee_bytes b)
{
  return a.size == b.size && (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

static int
find_psk (void *user, e2ee_bytes psk_id, e2ee_mls_secret * psk)
{
  const Member *member = user;

  for (const MemberPsk * known = member->psks; known != NULL; known = known->next) {
    if (same_bytes (e2ee_mls_buffer_view (known->id), psk_id))
      return e2ee_mls_secret_dup (e2ee_mls_secret_view (known->secret), psk) == E2EE_MLS_OK;
  }
  return 0;
}

Member *
member_new (Request * request, uint64_t * handle)
{
  Member **grown;
  Member *member = NULL;

  if (!request_ok (request))
    return NULL;
  if (n_members == MAX_MEMBERS) {
    request_fail (request, REQUEST_ERROR_HANDLE, "there are too many handles");
    return NULL;
  }
  grown = realloc (members, (n_members + 1) * sizeof *members);
  if (grown != NULL) {
    members = grown;
    member = e2ee_mls_alloc (1, sizeof *member);
  }
  if (member == NULL) {
    request_fail (request, e2ee_mls_result_name (E2EE_MLS_ERR_NO_MEMORY), "there is no memory");
    return NULL;
  }
  members[n_members++] = member;
  *handle = n_members;
  member->host = (e2ee_mls_host) {
    .env = e2ee_env_default (),
    .unix_time = unix_time,
    .check_credential = check_credential,
    .find_psk = find_psk,
    .user = member,
    .max_past_epochs = member_settings.max_past_epochs,
    .max_past_ms = member_settings.max_past_ms,
  };
  return member;
}

void
member_free (uint64_t handle)
{
  Member *member;

  if (handle == 0 || handle > n_members || members[handle - 1] == NULL)
    return;
  member = members[handle - 1];
  members[handle - 1] = NULL;
  e2ee_mls_group_free (member->group);
  e2ee_mls_joiner_free (member->joiner);
  if (member->identity != NULL)
    e2ee_mls_identity_unref (member->identity);
  while (member->psks != NULL) {
    MemberPsk *psk = member->psks;

    member->psks = psk->next;
    e2ee_mls_buffer_clear (&psk->id);
    e2ee_mls_secret_clear (&psk->secret);
    e2ee_mls_free (psk);
  }
  e2ee_mls_free (member);
}

void
member_free_all (void)
{
  for (size_t handle = 1; handle <= n_members; handle++)
    member_free (handle);
  free (members);
  members = NULL;
  n_members = 0;
}

Member *
member_get (Request * request, const char *field)
{
  uint64_t handle = request_number (request, request->in, field, MAX_MEMBERS);

  if (!request_ok (request))
    return NULL;
  if (handle == 0 || handle > n_members || members[handle - 1] == NULL) {
    request_fail (request, REQUEST_ERROR_HANDLE, "%s names nothing", field);
    return NULL;
  }
  return members[handle - 1];
}

Member *
member_in_group (Request * request)
{
  Member *member = member_get (request, "state_id");

  if (member != NULL && member->group == NULL) {
    request_fail (request, REQUEST_ERROR_HANDLE, "state_id has not joined a group");
    return NULL;
  }
  return member;
}

int
member_set_identity (Request * request, Member * member, unsigned suite)
{
  e2ee_mls_credential credential = { .type = E2EE_MLS_CREDENTIAL_BASIC };
  e2ee_bytes signature_private;

  if (request_maybe (request, request->in, "identity_of", JSON_INTEGER) != NULL) {
    Member *other = member_get (request, "identity_of");

    if (other != NULL && other->identity == NULL)
      request_fail (request, REQUEST_ERROR_HANDLE, "identity_of has no identity at hand");
    if (!request_ok (request))
      return 0;
    member->identity = e2ee_mls_identity_ref (other->identity);
    return 1;
  }
  credential.body = request_bytes (request, request->in, "identity");
  signature_private = request_maybe_bytes (request, request->in, "signature_priv");
  if (!request_ok (request))
    return 0;
  request_start (request);
  return request_stop (request, e2ee_mls_identity_new (&member->host, suite, &credential,
          signature_private, &member->identity));
}

int
member_add_psk (Request * request, Member * member, e2ee_bytes id, e2ee_bytes psk)
{
  MemberPsk *known;

  if (!request_ok (request))
    return 0;
  known = e2ee_mls_alloc (1, sizeof *known);
  if (known == NULL || e2ee_mls_buffer_dup (id, &known->id) != E2EE_MLS_OK
      || e2ee_mls_secret_dup (psk, &known->secret) != E2EE_MLS_OK) {
    if (known != NULL)
      e2ee_mls_buffer_clear (&known->id);
    e2ee_mls_free (known);
    request_fail (request, e2ee_mls_result_name (E2EE_MLS_ERR_NO_MEMORY), "there is no memory");
    return 0;
  }
  /* in front: the latest one of a name is found first */
  known->next = member->psks;
  member->psks = known;
  return 1;
}

e2ee_mls_leaf_params
member_leaf_params (Request * request, json_t * object)
{
  e2ee_mls_leaf_params params = { 0 };
  json_t *capabilities = request_maybe (request, object, "capabilities", JSON_OBJECT);
  json_t *lifetime = request_maybe (request, object, "lifetime", JSON_OBJECT);

  if (capabilities != NULL) {
    params.extension_types = request_u16_list (request, capabilities, "extensions");
    params.proposal_types = request_u16_list (request, capabilities, "proposals");
    params.credential_types = request_u16_list (request, capabilities, "credentials");
  }
  if (lifetime != NULL) {
    params.not_before = request_number (request, lifetime, "not_before", INT64_MAX);
    params.not_after = request_number (request, lifetime, "not_after", INT64_MAX);
  }
  params.leaf_extensions = request_extensions (request, object, "leaf_extensions");
  return params;
}
