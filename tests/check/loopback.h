/* Two webrtcbins that call each other and stay on this machine.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/webrtc/webrtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Neither other interfaces nor a STUN server learn of the call; only UDP; and no search for routers: the
 * threads of UPnP outlive their agent, and a test that ends in the meantime is killed by them. */
static inline void
loopback_only (GstElement * webrtcbin)
{
  GObject *ice = NULL, *agent = NULL;
  gboolean added = FALSE;

  g_object_get (webrtcbin, "ice-agent", &ice, NULL);
  g_signal_emit_by_name (ice, "add-local-ip-address", "127.0.0.1", &added);
  fail_unless (added);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "ice-tcp", FALSE, "upnp", FALSE, NULL);
  g_object_unref (agent);
  g_object_unref (ice);
}

static inline void
loopback_pass_candidate (GstElement * from, guint mline, const gchar * candidate, GstElement * to)
{
  g_signal_emit_by_name (to, "add-ice-candidate", mline, candidate);
}

/* Each learns the other's candidates. */
static inline void
loopback_connect (GstElement * a, GstElement * b)
{
  g_signal_connect (a, "on-ice-candidate", G_CALLBACK (loopback_pass_candidate), b);
  g_signal_connect (b, "on-ice-candidate", G_CALLBACK (loopback_pass_candidate), a);
}

/* Waits until a webrtcbin is gone whose last reference may be with a thread that just looks at it: a
 * test that ends in the meantime would be torn down under that thread. */
static inline void
loopback_wait_until_gone (GWeakRef * webrtcbin)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gpointer object;

  while ((object = g_weak_ref_get (webrtcbin)) != NULL) {
    g_object_unref (object);
    fail_unless (g_get_monotonic_time () < end, "somebody keeps a webrtcbin");
    g_usleep (5000);
  }
  g_weak_ref_clear (webrtcbin);
}

static inline void
loopback_leave (int status, void *data)
{
  fflush (NULL);
  _exit (status);
}

/* OpenSSL cleans up behind itself when a program exits, and threads that have used it and end only then
 * crash in what is left of it.  From here on a test leaves without the handlers of exit(). */
static inline void
loopback_leave_at_once (void)
{
  fail_unless (on_exit (loopback_leave, NULL) == 0);
}

/* @what: "offer" or "answer". */
static inline GstWebRTCSessionDescription *
loopback_create (GstElement * webrtcbin, const gchar * what)
{
  gchar *action = g_strconcat ("create-", what, NULL);
  GstWebRTCSessionDescription *description = NULL;
  GstPromise *promise = gst_promise_new ();

  g_signal_emit_by_name (webrtcbin, action, NULL, promise);
  fail_unless_equals_int (gst_promise_wait (promise), GST_PROMISE_RESULT_REPLIED);
  fail_unless (gst_structure_get (gst_promise_get_reply (promise), what,
          GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL));
  gst_promise_unref (promise);
  g_free (action);
  return description;
}

/* @whose: "local" or "remote". */
static inline void
loopback_set (GstElement * webrtcbin, const gchar * whose,
    GstWebRTCSessionDescription * description)
{
  gchar *action = g_strdup_printf ("set-%s-description", whose);
  GstPromise *promise = gst_promise_new ();

  g_signal_emit_by_name (webrtcbin, action, description, promise);
  fail_unless_equals_int (gst_promise_wait (promise), GST_PROMISE_RESULT_REPLIED);
  gst_promise_unref (promise);
  g_free (action);
}

static inline void
loopback_negotiate (GstElement * caller, GstElement * callee)
{
  GstWebRTCSessionDescription *offer, *answer;

  offer = loopback_create (caller, "offer");
  loopback_set (caller, "local", offer);
  loopback_set (callee, "remote", offer);
  gst_webrtc_session_description_free (offer);
  answer = loopback_create (callee, "answer");
  loopback_set (callee, "local", answer);
  loopback_set (caller, "remote", answer);
  gst_webrtc_session_description_free (answer);
}
