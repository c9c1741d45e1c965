/* A webrtcbin that stays on this machine.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>

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
