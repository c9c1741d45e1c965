/* What an app may do in a meeting (meeting-private.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/meeting-private.h"

#include <jansson.h>

static gboolean
check_own (GstE2eeMeeting * self, e2ee_meeting_result result, GError ** error)
{
  if (result != E2EE_MEETING_OK)
    gst_e2ee_meeting_set_own_error (self, error, gst_e2ee_meeting_error_from_core (result));
  return result == E2EE_MEETING_OK;
}

/* Out of the core again, with its answer to something that we wanted ourselves. */
static gboolean
end_call (GstE2eeMeeting * self, e2ee_meeting_result result, GError ** error)
{
  gst_e2ee_meeting_exit (self);
  return check_own (self, result, error);
}

/* The same, for a change that was asked for: its number is known before anybody is told how it
 * ended. */
static gboolean
end_request (GstE2eeMeeting * self, e2ee_meeting_result result, uint64_t number, guint64 * request,
    GError ** error)
{
  if (request)
    *request = number;
  return end_call (self, result, error);
}

/* ---- being in it ---- */

/**
 * gst_e2ee_meeting_join:
 * @self: a #GstE2eeMeeting
 * @error: %GST_E2EE_MEETING_ERROR_GUEST for a guest while the ticket requires encryption
 *
 * Asks to be let in, and founds the meeting when nobody is there.  What comes of it is told by
 * #GstE2eeMeeting::phase-changed.
 *
 * Returns: %TRUE when it was asked
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_join (GstE2eeMeeting * self, GError ** error)
{
  e2ee_meeting_result result;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  result = e2ee_meeting_join (self->core);
  return end_call (self, result, error);
}

/**
 * gst_e2ee_meeting_leave:
 * @self: a #GstE2eeMeeting
 *
 * Says good-bye and is out at once: no media flows and no key is left, while the others still have
 * to take us off their list.
 *
 * Since: 0.1
 */
void
gst_e2ee_meeting_leave (GstE2eeMeeting * self)
{
  g_return_if_fail (GST_IS_E2EE_MEETING (self));

  if (!gst_e2ee_meeting_enter (self, NULL))
    return;
  e2ee_meeting_leave (self->core);
  gst_e2ee_meeting_exit (self);
}

/**
 * gst_e2ee_meeting_receive:
 * @self: a #GstE2eeMeeting
 * @message: a whole message, as #GstE2eeMeeting::outgoing-message of some participant gave it
 * @error: why it was refused
 *
 * Takes what the delivery service brought, in its order.  When it returns, elements know what it has
 * changed.  May be called from every thread and from handlers, also by a delivery service that gives a
 * message back while it is being sent; what it causes is then told after the handler has returned.
 *
 * Returns: %TRUE when it was taken; %FALSE when it was refused, and has changed nothing
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_receive (GstE2eeMeeting * self, GBytes * message, GError ** error)
{
  e2ee_meeting_result result;
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  data = g_bytes_get_data (message, &size);
  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  result = e2ee_meeting_receive (self->core, E2EE_BYTES (data, size));
  gst_e2ee_meeting_exit (self);
  return gst_e2ee_meeting_check (result, NULL, error);
}

/**
 * gst_e2ee_meeting_set_token:
 * @self: a #GstE2eeMeeting
 * @account_token: a fresh token of the same account and device
 * @error: what is wrong with it
 *
 * For coming again after the token that it was made with has expired.
 *
 * Returns: %TRUE when it was taken
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_set_token (GstE2eeMeeting * self, const gchar * account_token, GError ** error)
{
  e2ee_meeting_result result;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (account_token != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  result = e2ee_meeting_set_token (self->core,
      E2EE_BYTES (account_token, strlen (account_token)));
  return end_call (self, result, error);
}

/**
 * gst_e2ee_meeting_set_floor:
 * @self: a #GstE2eeMeeting
 * @floor: what this participant insists on
 *
 * Sets #GstE2eeMeeting:e2ee.  Takes effect at once.
 *
 * Since: 0.1
 */
void
gst_e2ee_meeting_set_floor (GstE2eeMeeting * self, GstE2eeFloor floor)
{
  g_return_if_fail (GST_IS_E2EE_MEETING (self));
  g_return_if_fail ((guint) floor <= GST_E2EE_FLOOR_FORBID);

  if (!gst_e2ee_meeting_enter (self, NULL))
    return;
  self->floor = floor;
  e2ee_meeting_set_floor (self->core, (e2ee_floor) floor);
  gst_e2ee_meeting_exit (self);
  g_object_notify (G_OBJECT (self), "e2ee");
}

/**
 * gst_e2ee_meeting_get_floor:
 * @self: a #GstE2eeMeeting
 *
 * Returns: #GstE2eeMeeting:e2ee
 *
 * Since: 0.1
 */
GstE2eeFloor
gst_e2ee_meeting_get_floor (GstE2eeMeeting * self)
{
  GstE2eeFloor floor;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), GST_E2EE_FLOOR_ALLOW);

  g_mutex_lock (&self->lock);
  floor = self->floor;
  g_mutex_unlock (&self->lock);
  return floor;
}

/* ---- asking for a change ---- */

/* Must be called with the lock held.  Who is meant, for errors: (transfer full). */
static gchar *
name_of (GstE2eeMeeting * self, guint leaf)
{
  GstE2eeMember *member = gst_e2ee_roster_find (self->members, leaf);

  return member ? g_strdup (gst_e2ee_member_get_name (member)) : g_strdup_printf ("leaf %u", leaf);
}

/**
 * gst_e2ee_meeting_request_e2ee:
 * @self: a #GstE2eeMeeting
 * @on: on or off
 * @request: (out) (optional): the number of the request
 * @error: %GST_E2EE_MEETING_ERROR_NOT_HOST, %GST_E2EE_MEETING_ERROR_STATEMENT_POLICY when the ticket
 * says otherwise, %GST_E2EE_MEETING_ERROR_BUSY, %GST_E2EE_MEETING_ERROR_NOT_JOINED
 *
 * Turns end-to-end encryption on or off for everybody.
 *
 * Returns: %TRUE when it was asked for; #GstE2eeMeeting::request-done tells how it ended
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_request_e2ee (GstE2eeMeeting * self, gboolean on, guint64 * request,
    GError ** error)
{
  e2ee_meeting_result result;
  uint64_t number = 0;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  result = e2ee_meeting_set_e2ee (self->core, on, &number);
  return end_request (self, result, number, request, error);
}

/**
 * gst_e2ee_meeting_request_feature:
 * @self: a #GstE2eeMeeting
 * @feature: what
 * @available: whether it is to be available while encryption is on
 * @request: (out) (optional): the number of the request
 * @error: as of gst_e2ee_meeting_request_e2ee()
 *
 * Guests, telephones and room systems never are.
 *
 * Returns: %TRUE when it was asked for; #GstE2eeMeeting::request-done tells how it ended
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_request_feature (GstE2eeMeeting * self, GstE2eeFeature feature,
    gboolean available, guint64 * request, GError ** error)
{
  e2ee_meeting_result result;
  uint64_t number = 0;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  result = e2ee_meeting_set_feature (self->core, (e2ee_feature) feature, available, &number);
  return end_request (self, result, number, request, error);
}

typedef e2ee_meeting_result (*LeafFunc) (e2ee_meeting * core, uint32_t leaf, uint64_t * request);

static gboolean
request_for_leaf (GstE2eeMeeting * self, LeafFunc func, guint leaf, guint64 * request,
    GError ** error)
{
  e2ee_meeting_result result;
  uint64_t number = 0;
  gboolean ok;
  gchar *who;

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  who = name_of (self, leaf);
  result = func (self->core, leaf, &number);
  if (request)
    *request = number;
  gst_e2ee_meeting_exit (self);
  ok = result == E2EE_MEETING_ERR_UNKNOWN_MEMBER ? gst_e2ee_meeting_check (result, who, error)
      : check_own (self, result, error);
  g_free (who);
  return ok;
}

/**
 * gst_e2ee_meeting_request_host:
 * @self: a #GstE2eeMeeting
 * @leaf: of a member
 * @request: (out) (optional): the number of the request
 * @error: as of gst_e2ee_meeting_request_e2ee(); %GST_E2EE_MEETING_ERROR_UNKNOWN_MEMBER
 *
 * Makes a member, with the device that he has now, a host.  A host of the ticket may.
 *
 * Returns: %TRUE when it was asked for; #GstE2eeMeeting::request-done tells how it ended
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_request_host (GstE2eeMeeting * self, guint leaf, guint64 * request,
    GError ** error)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return request_for_leaf (self, e2ee_meeting_make_host, leaf, request, error);
}

/**
 * gst_e2ee_meeting_request_removal:
 * @self: a #GstE2eeMeeting
 * @leaf: of a member
 * @request: (out) (optional): the number of the request
 * @error: as of gst_e2ee_meeting_request_e2ee(); %GST_E2EE_MEETING_ERROR_UNKNOWN_MEMBER
 *
 * Puts somebody out.
 *
 * Returns: %TRUE when it was asked for; #GstE2eeMeeting::request-done tells how it ended
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_request_removal (GstE2eeMeeting * self, guint leaf, guint64 * request,
    GError ** error)
{
  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return request_for_leaf (self, e2ee_meeting_remove, leaf, request, error);
}

/**
 * gst_e2ee_meeting_request_rekey:
 * @self: a #GstE2eeMeeting
 * @request: (out) (optional): the number of the request
 * @error: %GST_E2EE_MEETING_ERROR_BUSY, %GST_E2EE_MEETING_ERROR_NOT_JOINED
 *
 * New keys now, for everybody.
 *
 * Returns: %TRUE when it was asked for; #GstE2eeMeeting::request-done tells how it ended
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_request_rekey (GstE2eeMeeting * self, guint64 * request, GError ** error)
{
  e2ee_meeting_result result;
  uint64_t number = 0;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  result = e2ee_meeting_rekey (self->core, &number);
  return end_request (self, result, number, request, error);
}

/* ---- saying ---- */

/**
 * gst_e2ee_meeting_send_chat:
 * @self: a #GstE2eeMeeting
 * @text: up to 4,000 bytes of UTF-8
 * @error: %GST_E2EE_MEETING_ERROR_TEXT, %GST_E2EE_MEETING_ERROR_NOT_JOINED
 *
 * To the members only, also while encryption of media is off.
 *
 * Returns: %TRUE when it was sent
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_send_chat (GstE2eeMeeting * self, const gchar * text, GError ** error)
{
  e2ee_meeting_result result;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  result = e2ee_meeting_chat (self->core, text);
  return end_call (self, result, error);
}

/**
 * gst_e2ee_meeting_set_verified:
 * @self: a #GstE2eeMeeting
 * @leaf: of a member
 * @verified: whether a person has compared his code, or takes it back
 * @error: %GST_E2EE_MEETING_ERROR_UNKNOWN_MEMBER
 *
 * Counts for this member's device, and is remembered in the state file.  When all others are verified
 * the state turns from on to verified.
 *
 * Returns: %TRUE when it was taken
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_set_verified (GstE2eeMeeting * self, guint leaf, gboolean verified,
    GError ** error)
{
  e2ee_meeting_result result;
  gboolean ok;
  gchar *who;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gst_e2ee_meeting_enter (self, error))
    return FALSE;
  who = name_of (self, leaf);
  result = e2ee_meeting_set_verified (self->core, leaf, verified);
  gst_e2ee_meeting_exit (self);
  ok = gst_e2ee_meeting_check (result, who, error);
  g_free (who);
  return ok;
}

static gboolean
take_field (GQuark field, const GValue * value, gpointer user_data)
{
  json_t *json = NULL;

  if (G_VALUE_HOLDS_STRING (value))
    json = json_string (g_value_get_string (value));
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    json = json_boolean (g_value_get_boolean (value));
  else if (G_VALUE_HOLDS_INT (value))
    json = json_integer (g_value_get_int (value));
  else if (G_VALUE_HOLDS_UINT (value))
    json = json_integer (g_value_get_uint (value));
  else if (G_VALUE_HOLDS_INT64 (value))
    json = json_integer (g_value_get_int64 (value));
  else if (G_VALUE_HOLDS_UINT64 (value) && g_value_get_uint64 (value) <= G_MAXINT64)
    json = json_integer ((json_int_t) g_value_get_uint64 (value));
  return json_object_set_new (user_data, g_quark_to_string (field), json) == 0;
}

/**
 * gst_e2ee_meeting_log:
 * @self: a #GstE2eeMeeting
 * @kind: what it is about, in kebab-case
 * @fields: (nullable): strings, booleans and integers
 * @error: %GST_E2EE_MEETING_ERROR_ARGUMENT
 *
 * A line of evidence from outside of the meeting, such as a gate that closed.  It comes back as
 * #GstE2eeMeeting::log-line with its place in the chain.
 *
 * Returns: %TRUE when it was taken
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_meeting_log (GstE2eeMeeting * self, const gchar * kind, const GstStructure * fields,
    GError ** error)
{
  e2ee_meeting_result result;
  json_t *object;
  gchar *line;

  g_return_val_if_fail (GST_IS_E2EE_MEETING (self), FALSE);
  g_return_val_if_fail (kind != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  object = json_object ();
  if (fields && !gst_structure_foreach (fields, take_field, object)) {
    json_decref (object);
    gst_e2ee_meeting_set_error (error, GST_E2EE_MEETING_ERROR_ARGUMENT, kind);
    return FALSE;
  }
  line = json_dumps (object, JSON_COMPACT);
  json_decref (object);
  if (!gst_e2ee_meeting_enter (self, error)) {
    free (line);
    return FALSE;
  }
  result = e2ee_meeting_log (self->core, kind, line);
  gst_e2ee_meeting_exit (self);
  free (line);
  return gst_e2ee_meeting_check (result, kind, error);
}
