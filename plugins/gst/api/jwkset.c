/* The JWK Set of a key file (jwkset.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/jwkset.h"

#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "core/crypto/base64url.h"
#include "core/crypto/jwktext.h"
#include "core/crypto/secret.h"
#include "core/frame/suite.h"

#define MAX_SENDER_SIZE 255
/* The longest secret that any suite takes. */
#define MAX_KEY_SIZE 256

typedef struct
{
  guint64 key_id;
  GstE2eeCipherSuite suite;
  gboolean names_suite;
  GstE2eeKeyUsage usage;
  const gchar *sender;
} Members;

static gboolean
fail (GError ** error, const gchar * fault)
{
  g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, fault);
  return FALSE;
}

/* "kid" is a string in RFC 7517 section 4.5; SFrame's key id is a 64-bit number.  One spelling
 * for one number, so that no two texts are the same key. */
static gboolean
parse_decimal (const gchar * text, guint64 * number)
{
  if (!g_ascii_isdigit (text[0]) || (text[0] == '0' && text[1] != '\0'))
    return FALSE;
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, number, NULL);
}

static gboolean
read_kid (json_t * jwk, Members * members, GError ** error)
{
  json_t *kid = json_object_get (jwk, "kid");

  if (kid == NULL)
    return fail (error, "\"kid\" is missing");
  if (json_is_integer (kid) && json_integer_value (kid) >= 0) {
    members->key_id = json_integer_value (kid);
    return TRUE;
  }
  if (json_is_string (kid) && parse_decimal (json_string_value (kid), &members->key_id))
    return TRUE;
  return fail (error, "\"kid\" is not a decimal number from 0 to 18446744073709551615");
}

static gboolean
read_alg (json_t * jwk, Members * members, GError ** error)
{
  json_t *alg = json_object_get (jwk, "alg");
  const e2ee_suite *suite;

  if (alg == NULL)
    return TRUE;
  suite = json_is_string (alg) ? e2ee_suite_find_by_name (json_string_value (alg)) : NULL;
  if (suite == NULL)
    return fail (error, "\"alg\" is not a cipher suite, such as AES_128_GCM_SHA256_128");
  members->suite = (GstE2eeCipherSuite) suite->id;
  members->names_suite = TRUE;
  return TRUE;
}

/* RFC 7517 section 4.3: operations that are not understood are ignored, none may stand twice. */
static gboolean
read_key_ops (json_t * jwk, Members * members, GError ** error)
{
  json_t *ops = json_object_get (jwk, "key_ops"), *op;
  size_t i;

  members->usage = GST_E2EE_KEY_USAGE_ENCRYPT | GST_E2EE_KEY_USAGE_DECRYPT;
  if (ops == NULL)
    return TRUE;
  members->usage = 0;
  if (!json_is_array (ops))
    return fail (error, "\"key_ops\" is not an array");
  json_array_foreach (ops, i, op) {
    GstE2eeKeyUsage usage = 0;

    if (!json_is_string (op))
      return fail (error, "\"key_ops\" holds something that is not a string");
    if (strcmp (json_string_value (op), "encrypt") == 0)
      usage = GST_E2EE_KEY_USAGE_ENCRYPT;
    else if (strcmp (json_string_value (op), "decrypt") == 0)
      usage = GST_E2EE_KEY_USAGE_DECRYPT;
    if (members->usage & usage)
      return fail (error, "\"key_ops\" names an operation twice");
    members->usage |= usage;
  }
  if (members->usage == 0)
    return fail (error, "\"key_ops\" names neither \"encrypt\" nor \"decrypt\"");
  return TRUE;
}

static gboolean
read_use (json_t * jwk, GError ** error)
{
  json_t *use = json_object_get (jwk, "use");

  if (use == NULL || (json_is_string (use) && strcmp (json_string_value (use), "enc") == 0))
    return TRUE;
  return fail (error, "\"use\" is not \"enc\"");
}

/* It is shown to people and stands in logs. */
static gboolean
read_sender (json_t * jwk, Members * members, GError ** error)
{
  json_t *sender = json_object_get (jwk, "sender");
  gsize size;

  if (sender == NULL)
    return TRUE;
  size = json_is_string (sender) ? json_string_length (sender) : 0;
  if (size == 0 || size > MAX_SENDER_SIZE)
    return fail (error, "\"sender\" is not a string of 1 to 255 bytes");
  members->sender = json_string_value (sender);
  for (const gchar * at = members->sender; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return fail (error, "\"sender\" holds a control character");
  return TRUE;
}

static gboolean
read_members (json_t * jwk, Members * members, GError ** error)
{
  json_t *kty = json_object_get (jwk, "kty");

  if (kty == NULL)
    return fail (error, "\"kty\" is missing");
  if (!json_is_string (kty) || strcmp (json_string_value (kty), "oct") != 0)
    return fail (error, "\"kty\" is not \"oct\"");
  return read_use (jwk, error) && read_alg (jwk, members, error)
      && read_key_ops (jwk, members, error) && read_sender (jwk, members, error);
}

/* RFC 7518 section 6.4.1: base64url without padding. */
static gboolean
decode (e2ee_bytes text, guint8 * base_key, gsize * size, GError ** error)
{
  gsize longest = sodium_base64_ENCODED_LEN (MAX_KEY_SIZE,
      sodium_base64_VARIANT_URLSAFE_NO_PADDING) - 1;

  if (text.size > longest)
    return fail (error, "\"k\" is longer than any cipher suite takes");
  if (!e2ee_base64url_read (text, base_key, MAX_KEY_SIZE, size))
    return fail (error, "\"k\" is not base64url without padding");
  return TRUE;
}

static gboolean
choose_suite (Members * members, GstE2eeCipherSuite default_suite, gsize size, GError ** error)
{
  if (members->names_suite)
    return TRUE;
  if (default_suite != 0)
    members->suite = default_suite;
  else if (size == 16)
    members->suite = GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128;
  else if (size == 32)
    members->suite = GST_E2EE_CIPHER_SUITE_AES_256_GCM_SHA512_128;
  else {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "\"k\" has %" G_GSIZE_FORMAT " bytes; without \"alg\" it must have 16 or 32", size);
    return FALSE;
  }
  return TRUE;
}

static GstE2eeKey *
make_key (json_t * jwk, Members * members, e2ee_bytes original, GstE2eeCipherSuite default_suite,
    GError ** error)
{
  json_t *k = json_object_get (jwk, "k");
  GstE2eeKey *key = NULL;
  guint8 *base_key = NULL;
  e2ee_bytes text;
  gsize size;

  if (!json_is_string (k)) {
    fail (error, k ? "\"k\" is not a string" : "\"k\" is missing");
    return NULL;
  }
  text = e2ee_jwk_text_find (original, json_string_value (k), json_string_length (k));
  if (text.size == 0) {
    fail (error, "\"k\" is too short to be a key");
    return NULL;
  }
  base_key = e2ee_secret_alloc (MAX_KEY_SIZE);
  if (base_key == NULL) {
    g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
        "no memory for secrets");
    return NULL;
  }
  if (decode (text, base_key, &size, error)
      && choose_suite (members, default_suite, size, error))
    key = gst_e2ee_key_new (members->key_id, members->suite, base_key, size, members->usage, 0,
        members->sender, error);
  e2ee_secret_free (base_key);
  return key;
}

static gboolean
has_key_id (GPtrArray * jwks, guint64 key_id)
{
  for (guint i = 0; i < jwks->len; i++)
    if (gst_e2ee_key_get_key_id (((GstE2eeJwk *) g_ptr_array_index (jwks, i))->key) == key_id)
      return TRUE;
  return FALSE;
}

static gboolean
add_jwk (GPtrArray * jwks, json_t * jwk, e2ee_bytes original, GstE2eeCipherSuite default_suite,
    GError ** error)
{
  Members members = { 0, };
  GstE2eeJwk *entry;
  GstE2eeKey *key;

  /* Until the key id is known, a key is named by its place, counted from 1. */
  if (!(json_is_object (jwk) || fail (error, "it is not an object"))
      || !read_kid (jwk, &members, error)) {
    g_prefix_error (error, "key number %u: ", jwks->len + 1);
    return FALSE;
  }
  if (has_key_id (jwks, members.key_id))
    fail (error, "another key has the same \"kid\"");
  else if (read_members (jwk, &members, error)
      && (key = make_key (jwk, &members, original, default_suite, error)) != NULL) {
    entry = g_new (GstE2eeJwk, 1);
    entry->key = key;
    entry->names_suite = members.names_suite;
    g_ptr_array_add (jwks, entry);
    return TRUE;
  }
  g_prefix_error (error, "key number %u (kid %" G_GUINT64_FORMAT "): ", jwks->len + 1,
      members.key_id);
  return FALSE;
}

void
gst_e2ee_jwk_free (gpointer data)
{
  GstE2eeJwk *jwk = data;

  gst_e2ee_key_unref (jwk->key);
  g_free (jwk);
}

/* Own sentences: jansson's quote the text. */
static const gchar *
describe (enum json_error_code code)
{
  switch (code) {
    case json_error_premature_end_of_input:
      return "the JSON text ends too early";
    case json_error_end_of_input_expected:
      return "something follows the JSON text";
    case json_error_invalid_utf8:
      return "the JSON text is not UTF-8";
    case json_error_duplicate_key:
      return "a member stands twice in one object";
    case json_error_numeric_overflow:
      return "a JSON number is too large";
    case json_error_stack_overflow:
      return "the JSON text is nested too deeply";
    case json_error_out_of_memory:
      return "no memory";
    default:
      return "not valid JSON";
  }
}

static json_t *
load (gchar * hidden, gsize size, GError ** error)
{
  /* docs/key-files.md */
  static const gchar *const readable[] =
      { "kty", "kid", "alg", "use", "sender", "key_ops[]", NULL };
  json_error_t failure;
  json_t *root;

  e2ee_jwk_text_hide (hidden, size, readable);
  root = json_loadb (hidden, size, JSON_REJECT_DUPLICATES, &failure);
  if (root == NULL)
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "%d:%d: %s",
        MAX (failure.line, 1), MAX (failure.column, 0), describe (json_error_code (&failure)));
  return root;
}

GPtrArray *
gst_e2ee_jwk_set_parse (e2ee_bytes text, GstE2eeCipherSuite default_suite, GError ** error)
{
  GPtrArray *jwks = g_ptr_array_new_with_free_func (gst_e2ee_jwk_free);
  json_t *root = NULL, *keys, *jwk;
  gboolean ok = FALSE;
  gchar *hidden;
  size_t i;

  /* An empty text has nothing to copy; the parser says what is wrong with it. */
  hidden = (gchar *) e2ee_secret_alloc (text.size + 1);
  if (hidden == NULL) {
    g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
        "no memory for secrets");
    goto out;
  }
  if (text.size > 0)
    memcpy (hidden, text.data, text.size);
  root = load (hidden, text.size, error);
  if (root == NULL)
    goto out;

  keys = json_object_get (root, "keys");
  if (!json_is_array (keys)) {
    fail (error, "there is no array \"keys\"");
    goto out;
  }
  if (json_array_size (keys) > GST_E2EE_JWK_SET_MAX_KEYS) {
    fail (error, "there are more than 1024 keys");
    goto out;
  }
  json_array_foreach (keys, i, jwk) {
    if (!add_jwk (jwks, jwk, text, default_suite, error))
      goto out;
  }
  ok = TRUE;

out:
  json_decref (root);
  e2ee_secret_free (hidden);
  if (!ok)
    g_clear_pointer (&jwks, g_ptr_array_unref);
  return jwks;
}
