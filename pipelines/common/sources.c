/* Live sources, as gst-launch lines.
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "sources.h"

#include <gst/gst.h>

/* A picture that never looks like its predecessor, small enough for a laptop that plays three
 * people. */
#define DEFAULT_VIDEO "videotestsrc is-live=true pattern=ball motion=sweep " \
    "background-color=0xff204060 ! video/x-raw,width=640,height=360,framerate=25/1"
#define DEFAULT_CLOCK "timeoverlay time-mode=running-time halignment=center valignment=center " \
    "font-desc=\"Sans 36\""
/* No two encoded frames of noise are alike, so each can be told from every other by its digest. */
#define DEFAULT_AUDIO "audiotestsrc is-live=true wave=pink-noise volume=0.1"

static gchar *
default_video (void)
{
  GstElementFactory *clock = gst_element_factory_find ("timeoverlay");
  gchar *line = clock ? g_strconcat (DEFAULT_VIDEO, " ! ", DEFAULT_CLOCK, NULL)
      : g_strdup (DEFAULT_VIDEO);

  gst_clear_object (&clock);
  return line;
}

static gchar *
default_audio (void)
{
  return g_strdup (DEFAULT_AUDIO);
}

static gchar *
choose (gchar * wanted, gchar * (*make_default) (void))
{
  if (wanted && g_str_equal (wanted, "none")) {
    g_free (wanted);
    return NULL;
  }
  return wanted ? wanted : make_default ();
}

gchar *
sources_video (gchar * wanted)
{
  return choose (wanted, default_video);
}

gchar *
sources_audio (gchar * wanted)
{
  return choose (wanted, default_audio);
}
