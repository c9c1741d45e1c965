/* Making a meeting from ticket, link, token and device (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

#include <sodium.h>

#include "core/crypto/secret.h"

#define STORE_KEY_SIZE 32
/* What the core and the JSON parser leave on the stack of a call that saw secrets. */
#define STACK_TO_WIPE (32 * 1024)

typedef struct
{
  const gchar *ticket;
  const gchar *link;
  const gchar *account_token;
  const gchar *device_key_file;
  const gchar *authorities;
} Papers;

static e2ee_bytes
text (const gchar * string)
{
  return E2EE_BYTES (string, strlen (string));
}

/* Names of what is wrong stand in front of the error: there are several texts that could be. */
static gboolean
check_paper (e2ee_meeting_result result, const gchar * paper, GError ** error)
{
  return gst_e2ee_meeting_check (result, paper, error);
}

/* What the app will want to see before it is in the meeting, and what errors name. */
static void
remember_names (GstE2eeMeeting * self, const Papers * papers,
    const e2ee_authorities * authorities, const e2ee_link * link)
{
  e2ee_account account;

  self->meeting_id = g_strdup (link->meeting_id);
  if (e2ee_account_verify (text (papers->account_token), authorities,
          self->host.unix_time (self->host.user), &account) == E2EE_MEETING_OK)
    self->own_name = g_strdup (account.name);
}

static gboolean
make_core (GstE2eeMeeting * self, const e2ee_meeting_config * config, GError ** error)
{
  e2ee_bytes sealed = E2EE_NO_BYTES;
  e2ee_meeting_result result;

  if (self->state_file && !gst_e2ee_meeting_read_state (self->state_file, &sealed, error))
    return FALSE;
  if (sealed.size > 0) {
    result = e2ee_meeting_restore (config, sealed, &self->core);
    if (result == E2EE_MEETING_ERR_STORE) {
      gchar *name = g_filename_display_name (self->state_file);

      gst_e2ee_meeting_check (result, name, error);
      g_free (name);
      e2ee_secret_free ((void *) sealed.data);
      return FALSE;
    }
  } else {
    result = e2ee_meeting_new (config, &self->core);
  }
  e2ee_secret_free ((void *) sealed.data);
  return gst_e2ee_meeting_check (result, self->own_name, error);
}

static gboolean
open_papers (GstE2eeMeeting * self, const Papers * papers, GError ** error)
{
  e2ee_authorities authorities;
  e2ee_meeting_config config = { 0, };
  e2ee_link link = { 0, };
  guint8 store_key[STORE_KEY_SIZE];
  gboolean ok = FALSE;

  if (e2ee_crypto_init () != E2EE_OK) {
    g_set_error_literal (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_INIT,
        "the self-test of the cryptographic libraries failed");
    return FALSE;
  }
  config.device = gst_e2ee_meeting_read_device (papers->device_key_file, error);
  if (config.device == NULL)
    goto out;
  if (!check_paper (e2ee_authorities_parse (text (papers->authorities), &authorities),
          "authorities", error)
      || !check_paper (e2ee_link_parse (text (papers->link), &link), "link", error))
    goto out;
  remember_names (self, papers, &authorities, &link);

  config.host = &self->host;
  config.account_token = text (papers->account_token);
  config.authorities = &authorities;
  config.ticket = text (papers->ticket);
  config.link = &link;
  config.timing = self->test.timing;
  if (self->state_file) {
    if (!gst_e2ee_meeting_derive_store_key (config.device, link.meeting_id, store_key)) {
      gst_e2ee_meeting_set_error (error, GST_E2EE_MEETING_ERROR_CRYPTO, self->own_name);
      goto out;
    }
    config.store_key = E2EE_BYTES (store_key, sizeof store_key);
  }
  ok = make_core (self, &config, error);

out:
  if (config.device)
    e2ee_device_unref (config.device);
  e2ee_link_clear (&link);
  e2ee_wipe (store_key, sizeof store_key);
  sodium_stackzero (STACK_TO_WIPE);
  return ok;
}

static GstE2eeMeeting *
make (const gchar * name, const Papers * papers, const gchar * state_file,
    const GstE2eeMeetingTest * test, GError ** error)
{
  GstE2eeMeeting *self = g_object_new (GST_TYPE_E2EE_MEETING, NULL);

  self->name = g_strdup (name);
  self->state_file = g_strdup (state_file);
  gst_e2ee_meeting_loop_init (self, test);
  if (!open_papers (self, papers, error)) {
    g_object_unref (self);
    return NULL;
  }
  if (!gst_e2ee_meeting_register (self)) {
    gst_e2ee_meeting_set_error (error, GST_E2EE_MEETING_ERROR_NAME_TAKEN, name);
    g_object_unref (self);
    return NULL;
  }
  /* What was restored is to be seen. */
  if (gst_e2ee_meeting_enter (self, NULL))
    gst_e2ee_meeting_exit (self);
  return self;
}

/**
 * gst_e2ee_meeting_new:
 * @name: (nullable): under which gst_e2ee_meeting_find() and the property `meeting` of elements in
 * this process find it as long as it lives; %NULL when they need not
 * @ticket: the meeting's ticket, as text
 * @link: the meeting's link, as text; it holds the join secret, of which no copy is kept but in
 * locked memory
 * @account_token: the participant's account token, as text
 * @device_key_file: (type filename): the device's private key (JWK, RFC 8037), a file that its
 * owner alone may access; the key itself passes through no language binding
 * @authorities: the account authorities that are trusted, a JWK Set as text
 * @state_file: (type filename) (nullable): where what must survive a restart is kept, sealed under a
 * key that comes from the device key; it is read when it exists; %NULL: a restart is then a join
 * like any other
 * @error: %GST_E2EE_MEETING_ERROR for what is wrong with the texts, named by which of them it is;
 * for the files what gst_e2ee_key_file_new() says
 *
 * One participant's meeting, not joined yet.  Its timer runs in the main context that is the thread
 * default now; that context must be running as long as the meeting is used.  Blocks for file
 * access.
 *
 * Returns: (transfer full): the meeting, %NULL on failure
 *
 * Since: 0.1
 */
GstE2eeMeeting *
gst_e2ee_meeting_new (const gchar * name, const gchar * ticket, const gchar * link,
    const gchar * account_token, const gchar * device_key_file, const gchar * authorities,
    const gchar * state_file, GError ** error)
{
  Papers papers = { ticket, link, account_token, device_key_file, authorities };

  g_return_val_if_fail (ticket && link && account_token, NULL);
  g_return_val_if_fail (device_key_file && authorities, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return make (name, &papers, state_file, NULL, error);
}

GstE2eeMeeting *
_gst_e2ee_meeting_new_for_test (const gchar * name, const gchar * ticket, const gchar * link,
    const gchar * account_token, const gchar * device_key_file, const gchar * authorities,
    const gchar * state_file, const GstE2eeMeetingTest * test, GError ** error)
{
  Papers papers = { ticket, link, account_token, device_key_file, authorities };

  return make (name, &papers, state_file, test, error);
}
