/* Members, their trees and their paths, for the tests below the group.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MLS_TREE_FIXTURE_H
#define E2EE_TESTS_MLS_TREE_FIXTURE_H

#include "../check.h"

#include <stdlib.h>

#include "core/crypto/secret.h"
#include "core/mls/groupinfo.h"
#include "core/mls/keypackage.h"
#include "core/mls/treehash.h"
#include "core/mls/treekem.h"

#define TEST_GROUP E2EE_BYTES ("a group", 7)
#define TEST_NOW 1000000

/* One client with all its keys.  Its leaf may be changed and signed again. */
typedef struct
{
  const e2ee_mls_suite *suite;
  uint8_t suites[2];
  uint8_t name[4];
  e2ee_mls_secret signature_private;
  e2ee_mls_buffer signature_public;
  e2ee_mls_secret encryption_private;
  e2ee_mls_buffer encryption_public;
  e2ee_mls_buffer signature;
  e2ee_mls_leaf_node leaf;
  e2ee_mls_tree_keys *keys;
} test_member;

static inline void
member_sign (test_member * member, uint32_t leaf_index)
{
  const e2ee_mls_leaf_place place = { TEST_GROUP, leaf_index };

  e2ee_mls_buffer_clear (&member->signature);
  CHECK_INT (e2ee_mls_leaf_node_sign (member->suite, &member->leaf, &place,
          e2ee_mls_secret_view (member->signature_private), &member->signature), E2EE_MLS_OK);
}

static inline void
member_make (test_member * member, const e2ee_mls_suite * suite, uint32_t number)
{
  static const uint8_t one[] = { 0, 1 };

  memset (member, 0, sizeof (*member));
  member->suite = suite;
  e2ee_put_be (member->suites, suite->id, 2);
  e2ee_put_be (member->name, number, 4);
  CHECK_INT (e2ee_mls_signature_key_generate (suite, e2ee_env_default (),
          &member->signature_private, &member->signature_public), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_hpke_generate_key_pair (suite, e2ee_env_default (),
          &member->encryption_private, &member->encryption_public), E2EE_MLS_OK);
  member->leaf = (e2ee_mls_leaf_node) {
    .encryption_key = e2ee_mls_buffer_view (member->encryption_public),
    .signature_key = e2ee_mls_buffer_view (member->signature_public),
    .credential = { E2EE_MLS_CREDENTIAL_BASIC, E2EE_BYTES (member->name, 4) },
    .capabilities = {
          .versions = E2EE_BYTES (one, 2),
          .cipher_suites = E2EE_BYTES (member->suites, 2),
          .credentials = E2EE_BYTES (one, 2),
        },
    .source = E2EE_MLS_LEAF_KEY_PACKAGE,
    .not_before = TEST_NOW - 100,
    .not_after = TEST_NOW + 100,
  };
  member_sign (member, 0);
}

static inline void
member_clear (test_member * member)
{
  e2ee_mls_secret_clear (&member->signature_private);
  e2ee_mls_buffer_clear (&member->signature_public);
  e2ee_mls_secret_clear (&member->encryption_private);
  e2ee_mls_buffer_clear (&member->encryption_public);
  e2ee_mls_buffer_clear (&member->signature);
  e2ee_mls_tree_keys_free (member->keys);
  memset (member, 0, sizeof (*member));
}

#define TEST_MAX_MEMBERS 64

/* A group as far as trees go: one public tree, and everybody's private keys by leaf. */
typedef struct
{
  const e2ee_mls_suite *suite;
  e2ee_mls_tree *tree;
  test_member members[TEST_MAX_MEMBERS];
} test_group;

static inline void
group_add (test_group * group, uint32_t * leaf)
{
  test_member made;

  member_make (&made, group->suite, 1000 + e2ee_mls_tree_n_members (group->tree));
  CHECK_INT (e2ee_mls_tree_add (group->tree, &made.leaf, leaf), E2EE_MLS_OK);
  CHECK (*leaf < TEST_MAX_MEMBERS);
  group->members[*leaf] = made;
  /* These two point into the member itself, which has moved. */
  group->members[*leaf].leaf.credential.body.data = group->members[*leaf].name;
  group->members[*leaf].leaf.capabilities.cipher_suites.data = group->members[*leaf].suites;
  CHECK_INT (e2ee_mls_tree_keys_new (group->suite, *leaf,
          e2ee_mls_secret_view (made.encryption_private), &group->members[*leaf].keys),
      E2EE_MLS_OK);
}

static inline void
group_remove (test_group * group, uint32_t leaf)
{
  CHECK_INT (e2ee_mls_tree_remove (group->tree, leaf), E2EE_MLS_OK);
  member_clear (&group->members[leaf]);
}

/* @n members who are all new: no parent has a key. */
static inline void
group_make (test_group * group, const e2ee_mls_suite * suite, uint32_t n)
{
  uint32_t leaf;

  memset (group, 0, sizeof (*group));
  group->suite = suite;
  member_make (&group->members[0], suite, 0);
  CHECK_INT (e2ee_mls_tree_new (suite, &group->members[0].leaf, &group->tree), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_new (suite, 0,
          e2ee_mls_secret_view (group->members[0].encryption_private), &group->members[0].keys),
      E2EE_MLS_OK);
  for (uint32_t i = 1; i < n; i++)
    group_add (group, &leaf);
}

static inline void
group_clear (test_group * group)
{
  e2ee_mls_tree_free (group->tree);
  for (size_t i = 0; i < TEST_MAX_MEMBERS; i++)
    member_clear (&group->members[i]);
}

/* The GroupContext with the hash of @tree. */
static inline e2ee_mls_buffer
group_context (const e2ee_mls_tree * tree)
{
  e2ee_mls_digest hash;
  e2ee_mls_group_context context = {
    .version = E2EE_MLS_VERSION,
    .cipher_suite = e2ee_mls_tree_suite (tree)->id,
    .group_id = TEST_GROUP,
    .epoch = 7,
  };
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;

  if (e2ee_mls_tree_root_hash (tree, &hash) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no tree hash");
  context.tree_hash = e2ee_mls_digest_view (e2ee_mls_tree_suite (tree), &hash);
  if (e2ee_mls_group_context_encode (&context, &encoded) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no context");
  return encoded;
}

/* A path that one member made: the tree and the keys behind it, and what goes over the wire. */
typedef struct
{
  uint32_t sender;
  e2ee_mls_tree *tree;
  e2ee_mls_tree_keys *keys;
  e2ee_mls_path *made;
  e2ee_mls_buffer context;
  e2ee_mls_buffer encoded;
  e2ee_mls_arena arena;
  /* Decoded from @encoded; may be changed. */
  e2ee_mls_update_path path;
} test_path;

static inline void
path_make (test_path * path, const test_group * group, uint32_t sender, const uint32_t * added,
    size_t n_added)
{
  const test_member *member = &group->members[sender];
  e2ee_mls_writer sealed = E2EE_MLS_WRITER_INIT;
  e2ee_mls_reader reader;

  memset (path, 0, sizeof (*path));
  path->sender = sender;
  CHECK_INT (e2ee_mls_tree_copy (group->tree, &path->tree), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_keys_copy (member->keys, &path->keys), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_path_prepare (e2ee_env_default (), path->tree, path->keys,
          e2ee_mls_tree_leaf (group->tree, sender), TEST_GROUP,
          e2ee_mls_secret_view (member->signature_private), &path->made), E2EE_MLS_OK);
  path->context = group_context (path->tree);
  CHECK_INT (e2ee_mls_path_seal (path->made, e2ee_env_default (), path->tree,
          e2ee_mls_buffer_view (path->context), added, n_added, &sealed), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_writer_finish (&sealed, &path->encoded), E2EE_MLS_OK);
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (path->encoded), &path->arena);
  e2ee_mls_update_path_read (&reader, &path->path);
  CHECK_INT (e2ee_mls_reader_finish (&reader), E2EE_MLS_OK);
}

static inline void
path_clear (test_path * path)
{
  e2ee_mls_tree_free (path->tree);
  e2ee_mls_tree_keys_free (path->keys);
  e2ee_mls_path_free (path->made);
  e2ee_mls_buffer_clear (&path->context);
  e2ee_mls_buffer_clear (&path->encoded);
  e2ee_mls_arena_clear (&path->arena);
}

/* The private keys of @keys belong to public keys of @tree; how many there are in @n_keys. */
static inline void
check_keys_agree (const e2ee_mls_tree * tree, const e2ee_mls_tree_keys * keys, size_t *n_keys)
{
  *n_keys = 0;
  for (uint32_t i = 0; i < e2ee_mls_node_width (e2ee_mls_tree_n_leaves (tree)); i++) {
    const e2ee_bytes private_key = e2ee_mls_tree_keys_get (keys, i);
    e2ee_mls_buffer public_key;

    if (private_key.size == 0)
      continue;
    CHECK_INT (e2ee_mls_hpke_public_of (e2ee_mls_tree_suite (tree), private_key, &public_key),
        E2EE_MLS_OK);
    CHECK_BYTES (e2ee_mls_buffer_view (public_key), e2ee_mls_tree_encryption_key (tree, i));
    e2ee_mls_buffer_clear (&public_key);
    ++*n_keys;
  }
}

/* Everybody follows @path, those of @added through a path secret as in a Welcome; @group is then
 * where they all are. */
static inline void
group_follow (test_group * group, test_path * path, const uint32_t * added, size_t n_added)
{
  const e2ee_mls_suite *suite = group->suite;
  size_t n_keys;

  CHECK_INT (e2ee_mls_path_merge (group->tree, path->sender, &path->path, added, n_added),
      E2EE_MLS_OK);
  for (uint32_t i = 0; i < e2ee_mls_tree_n_leaves (group->tree); i++) {
    test_member *member = &group->members[i];
    e2ee_mls_digest opened;
    int is_new = 0;

    if (e2ee_mls_tree_leaf (group->tree, i) == NULL || i == path->sender)
      continue;
    for (size_t k = 0; k < n_added; k++)
      is_new |= added[k] == i;
    if (is_new) {
      const e2ee_mls_digest *secret = e2ee_mls_path_secret_for (path->made, i);

      CHECK (secret != NULL);
      CHECK_INT (e2ee_mls_tree_keys_from_path_secret (member->keys, group->tree, path->sender,
              e2ee_mls_digest_view (suite, secret)), E2EE_MLS_OK);
    } else {
      CHECK_INT (e2ee_mls_path_open (group->tree, member->keys, path->sender, &path->path,
              e2ee_mls_buffer_view (path->context), added, n_added, &opened), E2EE_MLS_OK);
      CHECK_BYTES (e2ee_mls_digest_view (suite, &opened),
          e2ee_mls_digest_view (suite, e2ee_mls_path_commit_secret (path->made)));
    }
    check_keys_agree (group->tree, member->keys, &n_keys);
    CHECK_RETURN_IF_FAILED ();
  }
  e2ee_mls_tree_keys_free (group->members[path->sender].keys);
  group->members[path->sender].keys = path->keys;
  path->keys = NULL;
  check_keys_agree (group->tree, group->members[path->sender].keys, &n_keys);
}

/* @sender makes a path and everybody follows it. */
static inline void
group_commit (test_group * group, uint32_t sender, const uint32_t * added, size_t n_added)
{
  test_path path;
  e2ee_mls_digest ours, theirs;

  path_make (&path, group, sender, added, n_added);
  CHECK_RETURN_IF_FAILED ();
  group_follow (group, &path, added, n_added);
  CHECK_RETURN_IF_FAILED ();
  CHECK_INT (e2ee_mls_tree_root_hash (path.tree, &ours), E2EE_MLS_OK);
  CHECK_INT (e2ee_mls_tree_root_hash (group->tree, &theirs), E2EE_MLS_OK);
  CHECK_BYTES (e2ee_mls_digest_view (group->suite, &ours),
      e2ee_mls_digest_view (group->suite, &theirs));
  path_clear (&path);
}

/* Everybody commits once: all parents above two members have keys. */
static inline void
group_fill (test_group * group)
{
  for (uint32_t i = 0; i < e2ee_mls_tree_n_leaves (group->tree); i++) {
    if (e2ee_mls_tree_leaf (group->tree, i) != NULL)
      group_commit (group, i, NULL, 0);
    CHECK_RETURN_IF_FAILED ();
  }
}

static inline const e2ee_mls_suite *
test_suite (void)
{
  return e2ee_mls_suite_find (E2EE_MLS_SUITE_X25519_CHACHA20_SHA256_ED25519);
}

/* The data of a ratchet_tree extension. */
static inline e2ee_mls_buffer
tree_encoded (const e2ee_mls_tree * tree)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_buffer encoded = E2EE_MLS_NO_BUFFER;

  e2ee_mls_tree_write (&writer, tree);
  if (e2ee_mls_writer_finish (&writer, &encoded) != E2EE_MLS_OK)
    check_fail (__FILE__, __LINE__, "no encoding");
  return encoded;
}

/* An allocator that fails once when @fail_at blocks have been given, and counts bytes. */
typedef struct
{
  size_t n_given;
  size_t fail_at;
  size_t bytes;
} test_memory;

static inline void *
test_memory_alloc (void *user, size_t size)
{
  test_memory *memory = user;

  if (++memory->n_given == memory->fail_at)
    return NULL;
  memory->bytes += size;
  return malloc (size);
}

static inline void
test_memory_free (void *user, void *block, size_t size)
{
  ((test_memory *) user)->bytes -= size;
  free (block);
}

static inline void
test_memory_use (test_memory * memory)
{
  const e2ee_mls_allocator allocator = { test_memory_alloc, test_memory_free, memory };

  e2ee_mls_set_allocator (&allocator);
}

#define TEST_MAIN(cases) \
  int \
  main (void) \
  { \
    if (e2ee_crypto_init () != E2EE_OK) \
      return 1; \
    return check_run (cases, CHECK_N (cases)); \
  }

#endif
