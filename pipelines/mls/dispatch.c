/* The table of verbs, and how a line becomes an answer whatever it holds.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "dispatch.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

#include "core/crypto/secret.h"

typedef struct
{
  const char *name;
  void (*run) (Request * request);
} Verb;

static const Verb verbs[] = {
  {"name", verb_name},
  {"supported_ciphersuites", verb_supported_ciphersuites},
  {"configure", verb_configure},
  {"create_group", verb_create_group},
  {"create_key_package", verb_create_key_package},
  {"join_group", verb_join_group},
  {"external_join", verb_external_join},
  {"group_info", verb_group_info},
  {"ratchet_tree", verb_ratchet_tree},
  {"state_auth", verb_state_auth},
  {"export", verb_export},
  {"roster", verb_roster},
  {"protect", verb_protect},
  {"unprotect", verb_unprotect},
  {"store_psk", verb_store_psk},
  {"propose", verb_propose},
  {"handle_proposal", verb_handle_proposal},
  {"clear_proposals", verb_clear_proposals},
  {"commit", verb_commit},
  {"handle_commit", verb_handle_commit},
  {"handle_pending_commit", verb_handle_pending_commit},
  {"discard_pending_commit", verb_discard_pending_commit},
  {"receive", verb_receive},
  {"store", verb_store},
  {"restore", verb_restore},
  {"free", verb_free},
  {"memory", verb_memory},
};

/* jansson's blocks hold keys on their way in and out: each starts with its size, so that it can be
 * wiped when it is given back. */
typedef union
{
  size_t size;
  max_align_t align;
} BlockHead;

static void *
wiped_alloc (size_t size)
{
  BlockHead *head = size <= SIZE_MAX - sizeof *head ? malloc (size + sizeof *head) : NULL;

  if (head == NULL)
    return NULL;
  head->size = size;
  return head + 1;
}

static void
wiped_free (void *block)
{
  BlockHead *head = block;

  if (head == NULL)
    return;
  head--;
  e2ee_wipe (block, head->size);
  free (head);
}

int
dispatch_init (void)
{
  const e2ee_env *env = e2ee_env_default ();
  uint32_t seed;

  json_set_alloc_funcs (wiped_alloc, wiped_free);
  member_count_memory ();
  if (e2ee_crypto_init () != E2EE_OK)
    return 0;
  /* jansson's own seed is the time where there is no file to read randomness from */
  env->random (env->user, (uint8_t *) &seed, sizeof seed);
  json_object_seed (seed | 1);
  return 1;
}

static void
run_verb (Request * request)
{
  const char *name = request_text (request, request->in, "verb");

  if (!request_ok (request))
    return;
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
    if (strcmp (verbs[i].name, name) == 0) {
      verbs[i].run (request);
      return;
    }
  }
  request_fail (request, REQUEST_ERROR_VERB, "there is no such verb");
}

char *
dispatch_line (const char *line, size_t size)
{
  json_error_t where;
  json_t *in = json_loadb (line, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
  json_t *answer;
  Request request;
  char *text;

  request_init (&request, in);
  if (in == NULL)
    /* jansson's own words would quote the line, which may hold keys */
    request_fail (&request, REQUEST_ERROR_JSON, "no JSON at byte %d", where.position);
  else if (!json_is_object (in))
    request_fail (&request, REQUEST_ERROR_JSON, "not an object");
  else
    run_verb (&request);
  answer = request_answer (&request);
  text = answer != NULL ? json_dumps (answer, JSON_COMPACT) : NULL;
  json_decref (answer);
  request_clear (&request);
  json_decref (in);
  return text;
}

char *
dispatch_refusal (const char *error, const char *text)
{
  json_t *answer = json_pack ("{s:b, s:s, s:s}", "ok", 0, "error", error, "text", text);
  char *line = answer != NULL ? json_dumps (answer, JSON_COMPACT) : NULL;

  json_decref (answer);
  return line;
}

void
dispatch_free (char *answer)
{
  wiped_free (answer);
}

void
dispatch_end (void)
{
  member_free_all ();
}
