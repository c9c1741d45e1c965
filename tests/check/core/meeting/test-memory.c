/* What happens when there is no memory: an error, and neither a crash nor a leak.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tickets.h"

#include "core/meeting/log.h"

#define MEETING "daily-7"

/* Allocations until one fails, and the blocks that are out. */
typedef struct
{
  int left_core;
  int left_json;
  int blocks;
} watch;

static watch memory;

static void *
core_alloc (void *user, size_t size)
{
  void *block = memory.left_core-- == 0 ? NULL : malloc (size);

  (void) user;
  memory.blocks += block != NULL;
  return block;
}

static void
core_free (void *user, void *block, size_t size)
{
  (void) user;
  (void) size;
  memory.blocks--;
  free (block);
}

static void *
json_alloc (size_t size)
{
  void *block = memory.left_json-- == 0 ? NULL : malloc (size);

  memory.blocks += block != NULL;
  return block;
}

static void
json_free (void *block)
{
  memory.blocks -= block != NULL;
  free (block);
}

/* What the operations read, made while there is memory. */
static struct
{
  e2ee_mls_buffer jwk;
  e2ee_mls_buffer token;
  e2ee_mls_buffer identity;
  e2ee_mls_buffer ticket_text;
  e2ee_mls_buffer grant;
  e2ee_mls_buffer statement;
  e2ee_mls_buffer link_text;
  e2ee_mls_buffer line;
  e2ee_ticket ticket;
  e2ee_link link;
} given;

static const uint8_t leaf_key[32] = { 1 };

static e2ee_meeting_result
drop (e2ee_meeting_result r, e2ee_mls_buffer * buffer)
{
  e2ee_mls_buffer_clear (buffer);
  return r;
}

static e2ee_meeting_result
read_device (void)
{
  e2ee_device *device;
  e2ee_meeting_result r = e2ee_device_from_jwk (e2ee_mls_buffer_view (given.jwk), &device);

  e2ee_device_unref (device);
  return r;
}

static e2ee_meeting_result
write_device (void)
{
  e2ee_mls_buffer jwk;

  return drop (e2ee_device_to_jwk (people ()->alice, &jwk), &jwk);
}

static e2ee_meeting_result
read_authorities (void)
{
  static const char set[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
      "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
  e2ee_authorities authorities;

  return e2ee_authorities_parse (TEXT (set), &authorities);
}

static e2ee_meeting_result
issue_account (void)
{
  e2ee_mls_buffer token;

  return drop (e2ee_account_issue (people ()->authority, "alice", "Alice", E2EE_TIER_PAID,
          e2ee_device_public_key (people ()->alice), NOW - DAY, NOW + DAY, &token), &token);
}

static e2ee_meeting_result
verify_account (void)
{
  e2ee_account account;

  return e2ee_account_verify (e2ee_mls_buffer_view (given.token), &people ()->authorities, NOW,
      &account);
}

static e2ee_meeting_result
bind_identity (void)
{
  e2ee_mls_buffer identity;

  return drop (e2ee_identity_bind (e2ee_mls_buffer_view (given.token), people ()->alice, MEETING,
          E2EE_BYTES (leaf_key, 32), NOW, &identity), &identity);
}

static e2ee_meeting_result
verify_identity (void)
{
  const e2ee_identity_check check = {
    &people ()->authorities, MEETING, E2EE_BYTES (leaf_key, 32), NOW, 1
  };
  e2ee_account account;

  return e2ee_identity_verify (e2ee_mls_buffer_view (given.identity), &check, &account);
}

static e2ee_meeting_result
issue_ticket (void)
{
  const e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 0);
  e2ee_mls_buffer text;

  return drop (e2ee_ticket_issue (&plan, people ()->alice, e2ee_mls_buffer_view (given.token), NOW,
          &text), &text);
}

static e2ee_meeting_result
verify_ticket (void)
{
  e2ee_ticket ticket;

  return e2ee_ticket_verify (e2ee_mls_buffer_view (given.ticket_text), &people ()->authorities,
      &ticket);
}

static e2ee_meeting_result
issue_grant (void)
{
  const e2ee_thumbprint device = kit_thumbprint (people ()->mallory);
  e2ee_mls_buffer text;

  return drop (e2ee_grant_issue (&given.ticket, people ()->bob, "carol", &device, NOW, &text),
      &text);
}

static e2ee_meeting_result
issue_statement (void)
{
  const e2ee_bytes grant = e2ee_mls_buffer_view (given.grant);
  const e2ee_statement plan = {.revision = 1,.on = 1 };
  e2ee_mls_buffer text;

  return drop (e2ee_statement_issue (&plan, &given.ticket, people ()->alice, &grant, 1, NOW,
          &text), &text);
}

static e2ee_meeting_result
verify_statement (void)
{
  e2ee_statement statement;

  return e2ee_statement_verify (e2ee_mls_buffer_view (given.statement), &given.ticket, &statement);
}

static e2ee_meeting_result
take_grants (void)
{
  e2ee_mls_buffer *grants;
  size_t n_grants;
  e2ee_meeting_result r = e2ee_statement_grants (e2ee_mls_buffer_view (given.statement), &grants,
      &n_grants);

  for (size_t i = 0; i < n_grants; i++)
    e2ee_mls_buffer_clear (&grants[i]);
  e2ee_mls_free (grants);
  return r;
}

static e2ee_meeting_result
write_link (void)
{
  e2ee_mls_buffer text;

  return drop (e2ee_link_format ("https://x/", &given.link, &text), &text);
}

static e2ee_meeting_result
append_line (void)
{
  json_t *fields = json_pack ("{s:s}", "who", "alice");
  e2ee_meeting_result r = E2EE_MEETING_ERR_NO_MEMORY;
  e2ee_mls_buffer line = E2EE_MLS_NO_BUFFER;
  e2ee_log log;

  e2ee_log_init (&log);
  if (fields != NULL)
    r = e2ee_log_append (&log, NOW, 0, "begin", fields, &line);
  json_decref (fields);
  /* What was not written does not count. */
  KIT_MUST (log.n == (r == E2EE_MEETING_OK));
  return drop (r, &line);
}

static e2ee_meeting_result
verify_log (void)
{
  uint64_t wrong;
  e2ee_log log;

  return e2ee_log_verify (e2ee_mls_buffer_view (given.line), &log, &wrong);
}

static const struct
{
  const char *name;
  e2ee_meeting_result (*run) (void);
  int only_writes;
} operations[] = {
  {"read a device", read_device, 0},
  {"write a device", write_device, 1},
  {"read authorities", read_authorities, 0},
  {"issue an account", issue_account, 1},
  {"verify an account", verify_account, 0},
  {"bind an identity", bind_identity, 0},
  {"verify an identity", verify_identity, 0},
  {"issue a ticket", issue_ticket, 0},
  {"verify a ticket", verify_ticket, 0},
  {"issue a grant", issue_grant, 1},
  {"issue a statement", issue_statement, 0},
  {"verify a statement", verify_statement, 0},
  {"take grants", take_grants, 0},
  {"write a link", write_link, 1},
  {"append to a log", append_line, 1},
  {"verify a log", verify_log, 0}
};

static void
prepare (void)
{
  const e2ee_thumbprint device = kit_thumbprint (people ()->mallory);
  const e2ee_ticket plan = ticket_plan (E2EE_FLOOR_ALLOW, 0);
  const e2ee_statement on = {.revision = 1,.on = 1 };
  e2ee_bytes grant;
  e2ee_log log;

  if (given.jwk.data != NULL)
    return;
  e2ee_log_init (&log);
  CHECK_OK (e2ee_device_to_jwk (people ()->alice, &given.jwk));
  given.token = kit_token (people ()->alice, "alice", E2EE_TIER_PAID);
  CHECK_OK (e2ee_identity_bind (e2ee_mls_buffer_view (given.token), people ()->alice, MEETING,
          E2EE_BYTES (leaf_key, 32), NOW, &given.identity));
  given.ticket_text = ticket_text (&plan);
  CHECK_OK (e2ee_ticket_verify (e2ee_mls_buffer_view (given.ticket_text), &people ()->authorities,
          &given.ticket));
  CHECK_OK (e2ee_grant_issue (&given.ticket, people ()->bob, "carol", &device, NOW, &given.grant));
  grant = e2ee_mls_buffer_view (given.grant);
  CHECK_OK (e2ee_statement_issue (&on, &given.ticket, people ()->alice, &grant, 1, NOW,
          &given.statement));
  CHECK_OK (e2ee_link_parse (TEXT ("?m=daily-7&t=kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
              "#kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"), &given.link));
  CHECK_OK (e2ee_log_append (&log, NOW, 0, "begin", NULL, &given.line));
}

/* One run in which the n-th allocation of the core or of jansson fails; counting from 0, -1 for
 * never. */
static e2ee_meeting_result
run_with (size_t operation, int core, int json, int *blocks)
{
  static const e2ee_mls_allocator allocator = { core_alloc, core_free, NULL };
  e2ee_meeting_result r;

  memory.left_core = core;
  memory.left_json = json;
  memory.blocks = 0;
  e2ee_mls_set_allocator (&allocator);
  json_set_alloc_funcs (json_alloc, json_free);
  r = operations[operation].run ();
  e2ee_mls_set_allocator (NULL);
  json_set_alloc_funcs (malloc, free);
  *blocks = memory.blocks;
  return r;
}

static void
test_everything_works_with_memory_and_gives_it_back (void)
{
  prepare ();
  CHECK_RETURN_IF_FAILED ();
  for (size_t i = 0; i < CHECK_N (operations); i++) {
    int blocks;

    CHECK_ROW ("%s", operations[i].name);
    CHECK_OK (run_with (i, -1, -1, &blocks));
    CHECK_INT (blocks, 0);
  }
}

static void
test_without_memory_of_the_core_it_says_so (void)
{
  prepare ();
  CHECK_RETURN_IF_FAILED ();
  for (size_t i = 0; i < CHECK_N (operations); i++) {
    int blocks;

    for (int n = 0; n < 1000; n++) {
      const e2ee_meeting_result r = run_with (i, n, -1, &blocks);

      CHECK_ROW ("%s, allocation %d", operations[i].name, n);
      CHECK_INT (blocks, 0);
      if (memory.left_core >= 0) {
        CHECK_OK (r);
        break;
      }
      CHECK_RESULT (r, NO_MEMORY);
    }
  }
}

/* Its reading half does not survive that (jansson 2.14 loses characters of a long string when the
 * buffer cannot grow, and writes past its end), which no caller can change. */
static void
test_without_memory_for_json_nothing_is_written (void)
{
  prepare ();
  CHECK_RETURN_IF_FAILED ();
  for (size_t i = 0; i < CHECK_N (operations); i++) {
    int blocks;

    for (int n = 0; operations[i].only_writes && n < 1000; n++) {
      const e2ee_meeting_result r = run_with (i, -1, n, &blocks);

      CHECK_ROW ("%s, allocation %d of JSON", operations[i].name, n);
      CHECK_INT (blocks, 0);
      if (memory.left_json >= 0) {
        CHECK_OK (r);
        break;
      }
      CHECK (r != E2EE_MEETING_OK);
    }
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_everything_works_with_memory_and_gives_it_back),
  CHECK_CASE (test_without_memory_of_the_core_it_says_so),
  CHECK_CASE (test_without_memory_for_json_nothing_is_written),
};

CHECK_MAIN (cases)
