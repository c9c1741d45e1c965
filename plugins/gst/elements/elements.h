/* The elements of the plugin.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GST_ELEMENT_REGISTER_DECLARE (e2eeenc);
GST_ELEMENT_REGISTER_DECLARE (e2eedec);
GST_ELEMENT_REGISTER_DECLARE (e2eepolicy);
GST_ELEMENT_REGISTER_DECLARE (shieldoverlay);

G_END_DECLS
