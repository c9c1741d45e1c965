/* People and what they sign (meeting-world.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "meeting-world.h"

#include <string.h>

#define NOW MEETING_WORLD_NOW
#define DAY UINT64_C (86400)
#define MUST(call) FUZZ_ASSERT ((call) == E2EE_MEETING_OK)

static void
fill (void *user, uint8_t * out, size_t size)
{
  memset (out, *(const uint8_t *) user, size);
}

static e2ee_device *
make_device (uint8_t number)
{
  const e2ee_env env = { fill, NULL, &number };
  e2ee_device *device;

  MUST (e2ee_device_generate (&env, &device));
  return device;
}

static void
add (meeting_world * world, const char *name, e2ee_mls_buffer text)
{
  FUZZ_ASSERT (world->n_texts < MEETING_WORLD_MAX);
  world->texts[world->n_texts].name = name;
  world->texts[world->n_texts++].text = text;
}

static e2ee_mls_buffer
make_token (const meeting_world * world, const char *subject, const e2ee_device * device)
{
  e2ee_mls_buffer token;

  MUST (e2ee_account_issue (world->authority, subject, "A. Name \360\237\220\261", E2EE_TIER_PAID,
          e2ee_device_public_key (device), NOW - DAY, NOW + DAY, &token));
  return token;
}

static void
add_identities (meeting_world * world)
{
  e2ee_mls_buffer alice = make_token (world, "alice", world->alice);
  e2ee_mls_buffer bob = make_token (world, "b\303\266b@example.org", world->bob);
  e2ee_mls_buffer identity;

  MUST (e2ee_identity_bind (e2ee_mls_buffer_view (alice), world->alice, MEETING_WORLD_ID,
          E2EE_BYTES (world->leaf_key, 32), NOW, &identity));
  add (world, "identity", identity);
  MUST (e2ee_identity_bind (e2ee_mls_buffer_view (bob), world->bob, MEETING_WORLD_ID,
          E2EE_BYTES (world->leaf_key, 32), NOW + 60, &identity));
  add (world, "identity-2", identity);
  e2ee_mls_buffer_clear (&alice);
  e2ee_mls_buffer_clear (&bob);
}

static e2ee_mls_buffer
make_ticket (meeting_world * world, e2ee_floor floor)
{
  e2ee_mls_buffer token = make_token (world, "alice", world->alice), text;
  e2ee_ticket plan;

  memset (&plan, 0, sizeof (plan));
  strcpy (plan.meeting_id, MEETING_WORLD_ID);
  strcpy (plan.hosts[0].subject, "alice");
  e2ee_public_key_thumbprint (e2ee_device_public_key (world->alice), &plan.hosts[0].device);
  plan.n_hosts = 1;
  plan.e2ee = floor;
  plan.initially_on = floor == E2EE_FLOOR_REQUIRE;
  plan.features = E2EE_FEATURES_DEFAULT;
  plan.not_before = NOW;
  plan.not_after = NOW + DAY;
  MUST (e2ee_ticket_issue (&plan, world->alice, e2ee_mls_buffer_view (token), NOW - 60, &text));
  MUST (e2ee_ticket_verify (e2ee_mls_buffer_view (text), &world->authorities, &world->ticket));
  e2ee_mls_buffer_clear (&token);
  return text;
}

static void
add_statements (meeting_world * world)
{
  e2ee_mls_buffer grant, text;
  e2ee_statement plan;
  e2ee_thumbprint bob;
  e2ee_bytes view;

  memset (&plan, 0, sizeof (plan));
  plan.revision = 1;
  plan.on = 1;
  plan.features = E2EE_FEATURES_DEFAULT;
  MUST (e2ee_statement_issue (&plan, &world->ticket, world->alice, NULL, 0, NOW, &text));
  add (world, "on", text);
  e2ee_public_key_thumbprint (e2ee_device_public_key (world->bob), &bob);
  MUST (e2ee_grant_issue (&world->ticket, world->alice, "bob", &bob, NOW, &grant));
  view = e2ee_mls_buffer_view (grant);
  plan.revision = 2;
  plan.on = 0;
  MUST (e2ee_statement_issue (&plan, &world->ticket, world->bob, &view, 1, NOW, &text));
  add (world, "off-by-a-granted-host", text);
  e2ee_mls_buffer_clear (&grant);
}

static void
add_links (meeting_world * world)
{
  static const char *const bases[] = { "https://meet.example/join", "https://x/?lang=de" };
  e2ee_mls_buffer text;
  e2ee_link link;

  memset (&link, 0, sizeof (link));
  strcpy (link.meeting_id, MEETING_WORLD_ID);
  memcpy (link.ticket_hash, world->ticket.hash, sizeof (link.ticket_hash));
  FUZZ_ASSERT (e2ee_mls_secret_init (&link.join_secret, 32) == E2EE_MLS_OK);
  memset (link.join_secret.data, 7, 32);
  for (size_t i = 0; i < 2; i++) {
    MUST (e2ee_link_format (bases[i], &link, &text));
    add (world, i == 0 ? "link" : "link-with-a-query", text);
  }
  e2ee_link_clear (&link);
}

const meeting_world *
meeting_world_get (int type)
{
  static meeting_world world;
  e2ee_mls_buffer require, allow;

  if (world.authority != NULL)
    return &world;
  world.authority = make_device (1);
  world.alice = make_device (2);
  world.bob = make_device (3);
  world.authorities.keys[0] = *e2ee_device_public_key (world.authority);
  world.authorities.n_keys = 1;
  memset (world.leaf_key, 9, sizeof (world.leaf_key));
  require = make_ticket (&world, E2EE_FLOOR_REQUIRE);
  allow = make_ticket (&world, E2EE_FLOOR_ALLOW);       /* the meeting's */
  if (type == MEETING_WORLD_TICKET) {
    add (&world, "require", require);
    add (&world, "allow", allow);
    return &world;
  }
  e2ee_mls_buffer_clear (&require);
  e2ee_mls_buffer_clear (&allow);
  if (type == MEETING_WORLD_TOKEN)
    add_identities (&world);
  else if (type == MEETING_WORLD_STATEMENT)
    add_statements (&world);
  else
    add_links (&world);
  return &world;
}

static int
accepts_identity (const meeting_world * world, e2ee_bytes text)
{
  const e2ee_identity_check check = {
    &world->authorities, MEETING_WORLD_ID, E2EE_BYTES (world->leaf_key, 32), NOW, 1
  };
  e2ee_account account;
  e2ee_meeting_result r = e2ee_identity_verify (text, &check, &account);

  if (e2ee_account_verify (text, &world->authorities, NOW, &account) == E2EE_MEETING_OK)
    FUZZ_ASSERT (account.subject[0] != '\0');
  return r == E2EE_MEETING_OK;
}

/* What was read is written as it stood, and read again. */
static int
accepts_link (e2ee_bytes text)
{
  e2ee_link link, again;
  e2ee_mls_buffer written;

  if (e2ee_link_parse (text, &link) != E2EE_MEETING_OK)
    return 0;
  MUST (e2ee_link_format ("x:", &link, &written));
  MUST (e2ee_link_parse (e2ee_mls_buffer_view (written), &again));
  FUZZ_ASSERT (strcmp (link.meeting_id, again.meeting_id) == 0);
  FUZZ_ASSERT (memcmp (link.ticket_hash, again.ticket_hash, 32) == 0);
  FUZZ_ASSERT (memcmp (link.join_secret.data, again.join_secret.data, 32) == 0);
  e2ee_mls_buffer_clear (&written);
  e2ee_link_clear (&again);
  e2ee_link_clear (&link);
  return 1;
}

static int
accepts_statement (const meeting_world * world, e2ee_bytes text)
{
  e2ee_statement statement;
  e2ee_mls_buffer *grants;
  size_t n_grants;

  if (e2ee_statement_grants (text, &grants, &n_grants) == E2EE_MEETING_OK) {
    for (size_t i = 0; i < n_grants; i++)
      e2ee_mls_buffer_clear (&grants[i]);
    e2ee_mls_free (grants);
  }
  return e2ee_statement_verify (text, &world->ticket, &statement) == E2EE_MEETING_OK;
}

int
meeting_world_accepts (const meeting_world * world, int type, e2ee_bytes text)
{
  e2ee_ticket ticket;

  switch (type) {
    case MEETING_WORLD_TOKEN:
      return accepts_identity (world, text);
    case MEETING_WORLD_TICKET:
      return e2ee_ticket_verify (text, &world->authorities, &ticket) == E2EE_MEETING_OK;
    case MEETING_WORLD_STATEMENT:
      return accepts_statement (world, text);
    default:
      return accepts_link (text);
  }
}
