/* Welcomes that are refused, RFC 9420 section 12.4.3.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "forge.h"

static party p;
static e2ee_mls_joiner *joiner;
static e2ee_mls_buffer welcome;
static e2ee_mls_buffer tree;

/* Member 4 has been added by member 1 and not joined yet. */
static void
begin (int tree_in_welcome)
{
  const e2ee_mls_change psk = { .type = E2EE_MLS_PROPOSAL_PSK, .psk_id = TEXT ("link") };
  e2ee_mls_change changes[2] = { { .type = E2EE_MLS_PROPOSAL_ADD }, psk };
  const e2ee_mls_commit_params params = { .changes = changes, .n_changes = 2,
      .tree_in_welcome = tree_in_welcome, .force_path = 1 };
  member *m = &p.members[4];
  e2ee_mls_buffer commit;

  party_start (&p, SUITE_CHACHA, 3);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_joiner_new (&m->host, m->identity, NULL, &joiner));
  changes[0].key_package = e2ee_mls_joiner_key_package (joiner);
  CHECK_OK (e2ee_mls_group_commit (p.members[1].group, &params, &commit, &welcome, NULL));
  party_deliver (&p, &p.members[1], commit);
  CHECK_OK (e2ee_mls_group_merge_pending (p.members[1].group));
  CHECK_OK (e2ee_mls_group_ratchet_tree (p.members[1].group, &tree));
  e2ee_mls_buffer_clear (&commit);
}

static e2ee_mls_result
join (member * m, e2ee_mls_joiner * with, e2ee_bytes ratchet_tree)
{
  e2ee_mls_group_free (m->group);
  return e2ee_mls_group_join (&m->host, with, e2ee_mls_buffer_view (welcome), ratchet_tree,
      &m->group);
}

static void
end (void)
{
  e2ee_mls_joiner_free (joiner);
  e2ee_mls_buffer_clear (&welcome);
  e2ee_mls_buffer_clear (&tree);
  party_clear (&p);
  joiner = NULL;
}

static void
test_a_welcome_without_tree_needs_one_beside_it (void)
{
  begin (0);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_TREE_MISSING);
  CHECK_OK (join (&p.members[4], joiner, e2ee_mls_buffer_view (tree)));
  party_check_agreement (&p);
  end ();
}

static void
test_a_key_package_joins_once (void)
{
  begin (1);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (join (&p.members[4], joiner, E2EE_NO_BYTES));
  CHECK_INT (joiner->init_private.size, 0);
  CHECK_INT (joiner->encryption_private.size, 0);
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_WELCOME_NOT_FOR_US);
  end ();
}

static void
test_a_welcome_for_another_is_refused (void)
{
  e2ee_mls_joiner *other;

  begin (1);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_joiner_new (&p.members[5].host, p.members[5].identity, NULL, &other));
  CHECK_RESULT (join (&p.members[5], other, E2EE_NO_BYTES), E2EE_MLS_ERR_WELCOME_NOT_FOR_US);
  e2ee_mls_joiner_free (other);
  end ();
}

static void
test_a_welcome_of_another_suite_is_refused (void)
{
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_message message;

  begin (1);
  CHECK_RETURN_IF_FAILED ();
  CHECK_OK (e2ee_mls_message_decode (e2ee_mls_buffer_view (welcome), &arena, &message));
  message.u.welcome.cipher_suite = SUITE_AES;
  {
    e2ee_mls_buffer changed;

    CHECK_OK (e2ee_mls_message_encode (&message, &changed));
    e2ee_mls_arena_clear (&arena);
    e2ee_mls_buffer_clear (&welcome);
    welcome = changed;
  }
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_WRONG_SUITE);
  end ();
}

static void
test_what_is_no_welcome_is_refused (void)
{
  begin (1);
  CHECK_RETURN_IF_FAILED ();
  e2ee_mls_buffer_clear (&welcome);
  CHECK_OK (e2ee_mls_group_info_make (p.members[1].group, 1, &welcome));
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_WIRE_FORMAT);
  end ();
}

static void
test_a_tree_of_another_epoch_is_refused (void)
{
  begin (0);
  CHECK_RETURN_IF_FAILED ();
  party_commit (&p, &p.members[2], NULL, NULL, NULL, 0);
  e2ee_mls_buffer_clear (&tree);
  CHECK_OK (e2ee_mls_group_ratchet_tree (p.members[2].group, &tree));
  CHECK_RESULT (join (&p.members[4], joiner, e2ee_mls_buffer_view (tree)),
      E2EE_MLS_ERR_TREE_HASH);
  end ();
}

static int
find_other_psk (void *user, e2ee_bytes id, e2ee_mls_secret * psk)
{
  return e2ee_mls_secret_dup (TEXT ("another secret"), psk) == E2EE_MLS_OK;
}

static void
test_the_secret_of_the_link_is_needed (void)
{
  begin (1);
  CHECK_RETURN_IF_FAILED ();
  p.members[4].host.find_psk = NULL;
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_PSK_UNKNOWN);
  p.members[4].host.find_psk = find_other_psk;
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_DECRYPT);
  p.members[4].host.find_psk = party_find_psk;
  CHECK_OK (join (&p.members[4], joiner, E2EE_NO_BYTES));
  end ();
}

static void
test_one_who_joins_asks_about_every_member (void)
{
  begin (1);
  CHECK_RETURN_IF_FAILED ();
  p.members[4].refuse = 1u << E2EE_MLS_AT_TREE;
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_CREDENTIAL_REFUSED);
  p.members[4].refuse = 0;
  memset (p.members[4].asked, 0, sizeof (p.members[4].asked));
  CHECK_OK (join (&p.members[4], joiner, E2EE_NO_BYTES));
  CHECK_INT (p.members[4].asked[E2EE_MLS_AT_TREE], 4);
  end ();
}

static void
test_a_group_larger_than_allowed_is_not_joined (void)
{
  begin (1);
  CHECK_RETURN_IF_FAILED ();
  p.members[4].host.max_members = 3;
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), E2EE_MLS_ERR_TREE_FULL);
  end ();
}

/* Each byte of the Welcome counts; the tree is inside. */
static void
test_a_welcome_with_any_byte_changed_is_refused (void)
{
  begin (1);
  CHECK_RETURN_IF_FAILED ();
  for (size_t i = 0; i < welcome.size; i++) {
    CHECK_ROW ("byte %zu of %zu", i, welcome.size);
    welcome.data[i] ^= 0x01;
    CHECK (join (&p.members[4], joiner, E2EE_NO_BYTES) != E2EE_MLS_OK);
    CHECK (p.members[4].group == NULL);
    welcome.data[i] ^= 0x01;
  }
  CHECK_OK (join (&p.members[4], joiner, E2EE_NO_BYTES));
  end ();
}

/* ---- Welcomes that a member made wrong ---- */

typedef void (*welcome_change) (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * info);

/* The GroupInfo, changed, signed by member 1 and encrypted again. */
static e2ee_mls_result
reseal_info (const e2ee_mls_digest * welcome_secret, e2ee_mls_group_info * info,
    e2ee_mls_buffer * encrypted)
{
  const member *maker = &p.members[1];
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_buffer signature = E2EE_MLS_NO_BUFFER;
  e2ee_mls_result r;

  r = e2ee_mls_group_info_sign (maker->group->suite, info,
      e2ee_mls_secret_view (maker->identity->signature_private), &signature);
  e2ee_mls_group_info_write (&writer, info);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_seal_info (maker->group->suite, welcome_secret,
        e2ee_mls_writer_view (&writer), encrypted);
  e2ee_mls_writer_clear (&writer);
  e2ee_mls_buffer_clear (&signature);
  return r;
}

/* One new member, @as, with @secrets. */
static e2ee_mls_result
reseal_secrets (const e2ee_mls_joiner * as, const e2ee_mls_group_secrets * secrets,
    e2ee_mls_buffer encrypted, e2ee_mls_buffer * out)
{
  e2ee_mls_encrypted_group_secrets entry;
  e2ee_mls_message message = { .wire_format = E2EE_MLS_WIRE_WELCOME };
  e2ee_mls_buffer kem_output = E2EE_MLS_NO_BUFFER, ciphertext = E2EE_MLS_NO_BUFFER;
  e2ee_mls_digest ref;
  e2ee_mls_result r;

  r = e2ee_mls_key_package_ref (as->suite, &as->key_package, &ref);
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_welcome_seal_secrets (as->suite, as->host->env, as->key_package.init_key,
        secrets, e2ee_mls_buffer_view (encrypted), &kem_output, &ciphertext);
  entry.new_member = e2ee_mls_digest_view (as->suite, &ref);
  entry.encrypted_group_secrets.kem_output = e2ee_mls_buffer_view (kem_output);
  entry.encrypted_group_secrets.ciphertext = e2ee_mls_buffer_view (ciphertext);
  message.u.welcome = (e2ee_mls_welcome) { as->suite->id, &entry, 1,
    e2ee_mls_buffer_view (encrypted)
  };
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_message_encode (&message, out);
  e2ee_mls_buffer_clear (&kem_output);
  e2ee_mls_buffer_clear (&ciphertext);
  return r;
}

/* The Welcome opened with the joiner's keys, changed, and made again for @as. */
static void
remake (const e2ee_mls_joiner * as, welcome_change change)
{
  const e2ee_mls_suite *suite = joiner->suite;
  e2ee_mls_arena arena = E2EE_MLS_ARENA_INIT;
  e2ee_mls_buffer plain = E2EE_MLS_NO_BUFFER, encoded_info = E2EE_MLS_NO_BUFFER;
  e2ee_mls_buffer encrypted = E2EE_MLS_NO_BUFFER, remade = E2EE_MLS_NO_BUFFER;
  e2ee_mls_message message;
  e2ee_mls_group_secrets secrets;
  e2ee_mls_group_info wire_info;
  e2ee_mls_digest ref, joiner_secret, psk_secret, welcome_secret;
  e2ee_mls_reader reader;

  CHECK_OK (e2ee_mls_message_decode (e2ee_mls_buffer_view (welcome), &arena, &message));
  CHECK_OK (e2ee_mls_key_package_ref (suite, &joiner->key_package, &ref));
  CHECK_OK (e2ee_mls_welcome_open_secrets (suite, &message.u.welcome, &ref,
          e2ee_mls_secret_view (joiner->init_private), &plain));
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (plain), &arena);
  e2ee_mls_group_secrets_read (&reader, &secrets);
  memcpy (joiner_secret.data, secrets.joiner_secret.data, suite->nh);
  CHECK_OK (e2ee_mls_gather_psks (&p.members[4].host, suite, NULL, secrets.psks, secrets.n_psks,
          &psk_secret));
  CHECK_OK (e2ee_mls_welcome_secret (suite, &joiner_secret, &psk_secret, &welcome_secret));
  CHECK_OK (e2ee_mls_welcome_open_info (suite, &welcome_secret,
          message.u.welcome.encrypted_group_info, &encoded_info));
  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (encoded_info), &arena);
  e2ee_mls_group_info_read (&reader, &wire_info);
  change (&secrets, &wire_info);
  CHECK_OK (reseal_info (&welcome_secret, &wire_info, &encrypted));
  CHECK_OK (reseal_secrets (as, &secrets, encrypted, &remade));
  e2ee_mls_buffer_clear (&welcome);
  welcome = remade;
  e2ee_mls_buffer_clear (&plain);
  e2ee_mls_buffer_clear (&encoded_info);
  e2ee_mls_buffer_clear (&encrypted);
  e2ee_mls_arena_clear (&arena);
}

static void
refuse (welcome_change change, e2ee_mls_result expected)
{
  begin (1);
  CHECK_RETURN_IF_FAILED ();
  remake (joiner, change);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (join (&p.members[4], joiner, E2EE_NO_BYTES), expected);
  end ();
}

static void
leave (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
}

static void
test_a_welcome_made_again_is_taken (void)
{
  refuse (leave, E2EE_MLS_OK);
}

static void
short_joiner_secret (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  secrets->joiner_secret.size--;
}

static void
test_a_joiner_secret_of_another_size_is_refused (void)
{
  refuse (short_joiner_secret, E2EE_MLS_ERR_ENCODING);
}

static void
short_nonce (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  secrets->psks[0].psk_nonce.size--;
}

static void
test_valsem401_refuses_a_nonce_of_another_size (void)
{
  refuse (short_nonce, E2EE_MLS_ERR_PSK_NONCE);
}

static void
resumption_for_branch (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  secrets->psks[0].type = E2EE_MLS_PSK_RESUMPTION;
  secrets->psks[0].usage = E2EE_MLS_RESUMPTION_BRANCH;
  secrets->psks[0].psk_group_id = TEXT ("parent");
}

static void
resumption (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  resumption_for_branch (secrets, wire_info);
  secrets->psks[0].usage = E2EE_MLS_RESUMPTION_APPLICATION;
}

static void
test_valsem402_refuses_to_branch_from_a_group (void)
{
  refuse (resumption_for_branch, E2EE_MLS_ERR_UNSUPPORTED_PSK);
  refuse (resumption, E2EE_MLS_ERR_PSK_UNKNOWN);
}

static void
psk_twice (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  static e2ee_mls_psk_id twice[2];

  twice[0] = twice[1] = secrets->psks[0];
  secrets->psks = twice;
  secrets->n_psks = 2;
}

static void
test_valsem403_refuses_one_key_twice (void)
{
  refuse (psk_twice, E2EE_MLS_ERR_PROPOSAL_DUPLICATE_PSK);
}

static void
other_confirmation_tag (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  static const uint8_t tag[32];

  wire_info->confirmation_tag = E2EE_BYTES (tag, sizeof (tag));
}

static void
test_valsem205_refuses_a_wrong_confirmation_tag (void)
{
  refuse (other_confirmation_tag, E2EE_MLS_ERR_CONFIRMATION_TAG);
}

static void
other_path_secret (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  static const uint8_t secret[32] = { 1 };

  secrets->path_secret = E2EE_BYTES (secret, sizeof (secret));
}

static void
test_a_path_secret_that_is_not_that_of_the_tree_is_refused (void)
{
  refuse (other_path_secret, E2EE_MLS_ERR_PATH_SECRET);
}

static void
other_signer (e2ee_mls_group_secrets * secrets, e2ee_mls_group_info * wire_info)
{
  wire_info->signer = 2;
}

static void
test_a_group_info_that_its_signer_did_not_sign_is_refused (void)
{
  refuse (other_signer, E2EE_MLS_ERR_GROUP_INFO_SIGNATURE);
}

/* A joiner with another leaf than was added: another key, or the same key in other words. */
static void
refuse_leaf (int same_key)
{
  forged_package f;
  e2ee_mls_joiner *with;
  e2ee_mls_message message = { .wire_format = E2EE_MLS_WIRE_KEY_PACKAGE };
  e2ee_mls_buffer encoded;

  begin (1);
  forge_package_begin (&f, &p.members[4]);
  CHECK_RETURN_IF_FAILED ();
  if (same_key)
    f.key_package.leaf.encryption_key = joiner->key_package.leaf.encryption_key;
  f.key_package.leaf.not_after++;
  forge_package_sign (&f, &p.members[4]);
  message.u.key_package = f.key_package;
  CHECK_OK (e2ee_mls_message_encode (&message, &encoded));
  CHECK_OK (e2ee_mls_joiner_import (&p.members[4].host, e2ee_mls_buffer_view (encoded),
          e2ee_mls_secret_view (p.members[4].identity->signature_private),
          e2ee_mls_secret_view (f.joiner->init_private),
          e2ee_mls_secret_view ((same_key ? joiner : f.joiner)->encryption_private), &with));
  remake (with, leave);
  CHECK_RETURN_IF_FAILED ();
  CHECK_RESULT (join (&p.members[4], with, E2EE_NO_BYTES), E2EE_MLS_ERR_WELCOME_LEAF);
  e2ee_mls_buffer_clear (&encoded);
  e2ee_mls_joiner_free (with);
  forge_package_clear (&f);
  end ();
}

static void
test_a_tree_without_our_very_leaf_is_refused (void)
{
  refuse_leaf (0);
  refuse_leaf (1);
}

/* ---- key packages brought from elsewhere ---- */

static void
test_private_keys_must_be_those_of_the_key_package (void)
{
  e2ee_mls_joiner *imported;
  e2ee_bytes message, signature, init, encryption;
  const member *m = &p.members[4];

  begin (1);
  CHECK_RETURN_IF_FAILED ();
  message = e2ee_mls_joiner_key_package (joiner);
  signature = e2ee_mls_secret_view (joiner->identity->signature_private);
  init = e2ee_mls_secret_view (joiner->init_private);
  encryption = e2ee_mls_secret_view (joiner->encryption_private);
  CHECK_RESULT (e2ee_mls_joiner_import (&m->host, message, init, init, encryption, &imported),
      E2EE_MLS_ERR_KEY);
  CHECK_RESULT (e2ee_mls_joiner_import (&m->host, message, signature, encryption, encryption,
          &imported), E2EE_MLS_ERR_KEY);
  CHECK_RESULT (e2ee_mls_joiner_import (&m->host, message, signature, init, init, &imported),
      E2EE_MLS_ERR_KEY);
  CHECK_RESULT (e2ee_mls_joiner_import (&m->host, e2ee_mls_buffer_view (welcome), signature,
          init, encryption, &imported), E2EE_MLS_ERR_WIRE_FORMAT);
  CHECK_OK (e2ee_mls_joiner_import (&m->host, message, signature, init, encryption, &imported));
  CHECK_OK (join (&p.members[4], imported, E2EE_NO_BYTES));
  e2ee_mls_joiner_free (imported);
  end ();
}

static const check_case cases[] = {
  CHECK_CASE (test_a_welcome_without_tree_needs_one_beside_it),
  CHECK_CASE (test_a_key_package_joins_once),
  CHECK_CASE (test_a_welcome_for_another_is_refused),
  CHECK_CASE (test_a_welcome_of_another_suite_is_refused),
  CHECK_CASE (test_what_is_no_welcome_is_refused),
  CHECK_CASE (test_a_tree_of_another_epoch_is_refused),
  CHECK_CASE (test_the_secret_of_the_link_is_needed),
  CHECK_CASE (test_one_who_joins_asks_about_every_member),
  CHECK_CASE (test_a_group_larger_than_allowed_is_not_joined),
  CHECK_CASE (test_a_welcome_with_any_byte_changed_is_refused),
  CHECK_CASE (test_a_welcome_made_again_is_taken),
  CHECK_CASE (test_a_joiner_secret_of_another_size_is_refused),
  CHECK_CASE (test_valsem401_refuses_a_nonce_of_another_size),
  CHECK_CASE (test_valsem402_refuses_to_branch_from_a_group),
  CHECK_CASE (test_valsem403_refuses_one_key_twice),
  CHECK_CASE (test_valsem205_refuses_a_wrong_confirmation_tag),
  CHECK_CASE (test_a_path_secret_that_is_not_that_of_the_tree_is_refused),
  CHECK_CASE (test_a_group_info_that_its_signer_did_not_sign_is_refused),
  CHECK_CASE (test_a_tree_without_our_very_leaf_is_refused),
  CHECK_CASE (test_private_keys_must_be_those_of_the_key_package),
};

PARTY_MAIN (cases)
