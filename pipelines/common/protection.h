/* Where the elements of one participant get their keys and orders from.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Each is called once for an element in state NULL.  Any may be NULL: nothing is to be done. */
typedef struct
{
  void (*encryptor) (gpointer user_data, GstElement * e2eeenc, const gchar * media);
  void (*decryptor) (gpointer user_data, GstElement * e2eedec);
  void (*gate) (gpointer user_data, GstElement * e2eepolicy);
  void (*shield) (gpointer user_data, GstElement * shieldoverlay);
  gpointer user_data;
} Protection;

G_END_DECLS
