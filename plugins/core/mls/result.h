/* What the MLS room can answer: one value per rule of RFC 9420, one name and one sentence each.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_RESULT_H
#define E2EE_CORE_MLS_RESULT_H

#include "core/result.h"

/* X (VALUE, "name", "sentence without a full stop").  Where OpenMLS numbers the same check, its
 * ValSem number stands behind. */
#define E2EE_MLS_RESULTS(X) \
  /* the encoding, section 2.1 */ \
  X (TRUNCATED, "truncated", "the message ends before its fields do") \
  X (TRAILING, "trailing-bytes", "bytes follow the end of the message") \
  X (VARINT, "varint", "a length is not written in its shortest form") \
  X (ENCODING, "encoding", "a field has a value that its type does not have") \
  X (TOO_LARGE, "too-large", "over a limit that protects memory") \
  X (UNSUPPORTED_VERSION, "unsupported-version", "not protocol version mls10") \
  X (UNSUPPORTED_SUITE, "unsupported-suite", "a cipher suite that this build does not have") \
  X (UNSUPPORTED_CREDENTIAL, "unsupported-credential", "a credential type not taken here") \
  X (UNSUPPORTED_PROPOSAL, "unsupported-proposal", "a proposal type that is refused here") \
  X (UNSUPPORTED_SENDER, "unsupported-sender", \
      "external senders and new member proposals are refused") \
  X (UNSUPPORTED_PSK, "unsupported-psk", "a pre-shared key type that is refused here") \
  /* the primitives */ \
  X (KEY, "key", "a public or private key that the suite does not take") \
  X (SIGNATURE, "signature", "a signature is wrong") /* 010 */ \
  X (DECRYPT, "decrypt", "a ciphertext could not be opened") /* 006 */ \
  /* framing, section 6 */ \
  X (WRONG_GROUP, "wrong-group", "the message belongs to another group") /* 002 */ \
  X (WRONG_EPOCH, "wrong-epoch", "the message belongs to an epoch that is not at hand") /* 003 */ \
  X (WRONG_SUITE, "wrong-suite", "the cipher suite is not that of the group") \
  X (SENDER_UNKNOWN, "sender-unknown", "the sender is not in the tree") /* 004 */ \
  X (SENDER_SELF, "sender-self", "one's own message came back") \
  X (APPLICATION_IN_CLEAR, "application-in-clear", \
      "application data in a PublicMessage") /* 005 */ \
  X (MEMBERSHIP_TAG_MISSING, "membership-tag-missing", \
      "a member's PublicMessage without tag") /* 007 */ \
  X (MEMBERSHIP_TAG, "membership-tag", "the membership tag is wrong") /* 008 */ \
  X (CONFIRMATION_TAG_MISSING, "confirmation-tag-missing", "a commit without tag") /* 009 */ \
  X (CONFIRMATION_TAG, "confirmation-tag", "the confirmation tag is wrong") /* 205 */ \
  X (PADDING, "padding", "padding that is not all zeros") /* 011 */ \
  X (WIRE_FORMAT, "wire-format", "this content may not travel in this wire format") \
  X (REPLAYED, "replayed", "the key of this generation has been used") \
  X (TOO_FAR_AHEAD, "too-far-ahead", "the generation is over the forward limit") \
  X (GENERATION_EXHAUSTED, "generation-exhausted", "the ratchet has reached its end") \
  /* leaf nodes and key packages, sections 7.3 and 10.1 */ \
  X (CREDENTIAL_REFUSED, "credential-refused", "the application refused a credential") \
  X (LEAF_SOURCE, "leaf-source", "the leaf node was made for another place") \
  X (LEAF_SIGNATURE, "leaf-signature", "the signature of a leaf node is wrong") \
  X (LEAF_LIFETIME, "leaf-lifetime", "the leaf node is not valid at this time") \
  X (LEAF_LIFETIME_RANGE, "leaf-lifetime-range", "the lifetime is longer than allowed") \
  X (LEAF_EXTENSION_UNLISTED, "leaf-extension-unlisted", "an extension its own capabilities lack") \
  X (LEAF_CREDENTIAL_UNLISTED, "leaf-credential-unlisted", "a credential its capabilities lack") \
  X (LEAF_CREDENTIAL_UNSUPPORTED, "leaf-credential-unsupported", "a credential a member lacks") \
  X (LEAF_CAPABILITIES, "leaf-capabilities", "version or suite of the group not in capabilities") \
  X (LEAF_REQUIRED_CAPABILITIES, "leaf-required-capabilities", \
      "required capabilities missing") /* 106 */ \
  X (LEAF_DEFAULT_LISTED, "leaf-default-listed", "a default type is listed in capabilities") \
  X (DUPLICATE_EXTENSION, "duplicate-extension", "two extensions of one type") \
  X (DUPLICATE_SIGNATURE_KEY, "duplicate-signature-key", \
      "a signature key stands in the tree twice") /* 101 */ \
  X (DUPLICATE_ENCRYPTION_KEY, "duplicate-encryption-key", \
      "an encryption key is in use twice") /* 102 103 */ \
  X (ENCRYPTION_KEY_UNCHANGED, "encryption-key-unchanged", \
      "the new leaf keeps the old key") /* 110 */ \
  X (KEY_PACKAGE_SIGNATURE, "key-package-signature", "the signature of a key package is wrong") \
  X (KEY_PACKAGE_SUITE, "key-package-suite", \
      "the key package is for another suite or version") /* 105 */ \
  X (KEY_PACKAGE_INIT_KEY, "key-package-init-key", "init key and encryption key are the same") \
  X (SUCCESSOR_REFUSED, "successor-refused", "the application refused a changed credential") \
  /* the tree, sections 7.8, 7.9 and 12.4.3.1 */ \
  X (TREE_SHAPE, "tree-shape", \
      "the tree is empty, ends in a blank or has a node in the wrong place") \
  X (TREE_HASH, "tree-hash", "the tree hash is not the one in the GroupContext") \
  X (PARENT_HASH, "parent-hash", "a parent hash does not hold") \
  X (UNMERGED_LEAVES, "unmerged-leaves", "a list of unmerged leaves is wrong") \
  X (TREE_MISSING, "tree-missing", "the group's tree is neither in the message nor at hand") \
  X (TREE_FULL, "tree-full", "the group has its largest size") \
  /* proposal lists, section 12.2 */ \
  X (PROPOSAL_UNKNOWN, "proposal-unknown", "a reference to a proposal that is not at hand") \
  X (PROPOSAL_OWN_UPDATE, "proposal-own-update", \
      "the committer's own update in a commit") /* 111 */ \
  X (PROPOSAL_UPDATE_BY_VALUE, "proposal-update-by-value", "an update by value") \
  X (PROPOSAL_REMOVES_COMMITTER, "proposal-removes-committer", "a commit that removes its sender") \
  X (PROPOSAL_SAME_LEAF_TWICE, "proposal-same-leaf-twice", \
      "two updates or removes of one leaf") /* 107 */ \
  X (PROPOSAL_UNKNOWN_LEAF, "proposal-unknown-leaf", \
      "a proposal for a leaf that is blank") /* 108 112 */ \
  X (PROPOSAL_SAME_CLIENT_TWICE, "proposal-same-client-twice", "one client is added twice") \
  X (PROPOSAL_DUPLICATE_PSK, "proposal-duplicate-psk", \
      "one pre-shared key is proposed twice") /* 403 */ \
  X (PROPOSAL_TWO_CONTEXTS, "proposal-two-contexts", "two GroupContextExtensions proposals") \
  X (PROPOSAL_NOT_SUPPORTED_BY_ALL, "proposal-not-supported-by-all", "a member lacks the type") \
  X (PROPOSAL_EXTENSION_UNSUPPORTED, "proposal-extension-unsupported", \
      "a member lacks an extension") \
  X (PROPOSAL_EXTERNAL_INIT, "proposal-external-init", "ExternalInit in a member's commit") \
  X (PROPOSAL_SENDER, "proposal-sender", "this sender may not propose this") \
  X (PSK_NONCE, "psk-nonce", "the nonce of a pre-shared key is not of hash size") /* 401 */ \
  X (PSK_USAGE, "psk-usage", "a resumption key for another use") /* 402 */ \
  X (PSK_UNKNOWN, "psk-unknown", "a pre-shared key that is not at hand") \
  X (EXTERNAL_INIT_COUNT, "external-init-count", "not exactly one ExternalInit") /* 240 241 */ \
  X (EXTERNAL_PROPOSAL, "external-proposal", \
      "a proposal an external commit may not carry") /* 242 */ \
  X (EXTERNAL_REMOVE, "external-remove", "an external commit removes another client") /* 243 */ \
  X (EXTERNAL_BY_REFERENCE, "external-by-reference", \
      "an external commit refers to a proposal") /* 244 */ \
  X (EXTERNAL_NO_PATH, "external-no-path", "an external commit without a path") /* 245 */ \
  X (EXTERNAL_PUB_MISSING, "external-pub-missing", "the GroupInfo lacks external_pub") \
  /* commits, section 12.4 */ \
  X (PATH_MISSING, "path-missing", "the proposals ask for a path") /* 201 */ \
  X (PATH_LENGTH, "path-length", "the path is not the filtered direct path") /* 202 */ \
  X (PATH_CIPHERTEXTS, "path-ciphertexts", \
      "not one ciphertext for each of the resolution") /* 203 */ \
  X (PATH_SECRET, "path-secret", "the path secret and its public keys differ") /* 204 */ \
  X (PATH_KEY_KNOWN, "path-key-known", "a public key of the path stands in the tree") /* 206 */ \
  /* Welcome and GroupInfo */ \
  X (WELCOME_NOT_FOR_US, "welcome-not-for-us", "the Welcome has no entry for this key package") \
  X (WELCOME_LEAF, "welcome-leaf", "the tree does not hold our leaf node") \
  X (WELCOME_SIGNER, "welcome-signer", "the signer of the GroupInfo is not in the tree") \
  X (GROUP_INFO_SIGNATURE, "group-info-signature", "the signature of the GroupInfo is wrong") \
  X (GROUP_EXISTS, "group-exists", "a group with this id is at hand") \
  X (EXTENSION_UNSUPPORTED, "extension-unsupported", "a GroupContext extension unknown here") \
  /* the state machine */ \
  X (REMOVED, "removed", "we are no longer in the group") \
  X (PENDING, "pending", "a commit of our own waits for merge or discard") \
  X (NOT_PENDING, "not-pending", "there is nothing to merge or discard") \
  X (STALE, "stale", "the group has moved on since this was staged") \
  X (REFUSED, "refused", "the application refused a commit") \
  X (EXPORT_LENGTH, "export-length", "an exported secret of this length does not exist") \
  X (STORE, "store", "stored state that is damaged or made with another key") \
  X (STORE_VERSION, "store-version", "stored state of an unknown version") \
  X (ARGUMENT, "argument", "the caller asked for what no group can do") \
  X (CRYPTO, "crypto", "a primitive failed") \
  X (NO_MEMORY, "no-memory", "there is no memory")

typedef enum
{
  E2EE_MLS_OK = 0,
#define E2EE_MLS_RESULT_VALUE(value, name, text) E2EE_MLS_ERR_##value,
  E2EE_MLS_RESULTS (E2EE_MLS_RESULT_VALUE)
#undef E2EE_MLS_RESULT_VALUE
  E2EE_MLS_N_RESULTS
} e2ee_mls_result;

/* Kebab-case, "ok" for E2EE_MLS_OK.  Static. */
const char *e2ee_mls_result_name (e2ee_mls_result result);

/* One sentence for a person.  Static; never holds input or key bytes. */
const char *e2ee_mls_result_text (e2ee_mls_result result);

/* A core/crypto result in this room's words: TAG is DECRYPT, KEY_SIZE is KEY, and so on. */
e2ee_mls_result e2ee_mls_result_of (e2ee_result result);

#endif
