/* The codecs that a participant sends and receives, and the elements of each.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* No RTP payload type; 0 is one (PCMU). */
#define CODEC_NO_TYPE (-1)

typedef struct
{
  const gchar *name;            /* as options name it: "vp8" */
  const gchar *media;           /* "video" or "audio" */
  const gchar *encoding_name;   /* of RTP */
  gint clock_rate;
  gint payload_type;            /* to offer; RFC 3551's where it has one */
  const gchar *parameters[5];   /* names and values of caps fields that a description needs */

  /* Launch lines; the first of which all elements are there is used. */
  const gchar *encoders[3];     /* raw media to encoded, with one element name=encoder */
  const gchar *payloader;       /* name=payloader */

  /* Elements. */
  const gchar *depayloader;
  gboolean waits;               /* it can ask and wait for a key frame */
  const gchar *unpacked;        /* caps that it must make, or NULL */
  const gchar *decoders[3];     /* the first that is there is used; its last is the decoder */
  const gchar *parser;          /* makes of it what matroskamux takes, or NULL */
} Codec;

/* By its name in any case; NULL when there is none of this medium. */
const Codec *codec_find (const gchar * media, const gchar * name);
/* The names of all codecs of a medium, for people: "vp8, vp9, h264, h265". (transfer full) */
gchar *codec_names (const gchar * media);
/* By its name; NULL and @error, which tells all names, when there is none. */
const Codec *codec_choose (const gchar * media, const gchar * name, GError ** error);
/* By encoding-name, whatever the other fields; NULL when nothing here decodes it. */
const Codec *codec_of_caps (const GstCaps * caps);
/* Whether this, of somebody's offer, describes a stream that encoder and payloader make.
 *
 *   @caps        of one payload type
 *   @parameters  "packetization-mode=1;profile-level-id=42e01f", of its a=fmtp, or NULL; not out of
 *                @caps, where GStreamer leaves the profile of H.264 out */
gboolean codec_fits (const Codec * codec, const GstCaps * caps, const gchar * parameters);
/* What a description must know of a stream with @payload_type.  (transfer full) */
GstCaps *codec_caps (const Codec * codec, gint payload_type);

/* @caps of the payloader as they are told to the other side. (transfer full) */
GstCaps *codec_describe (const Codec * codec, const GstCaps * caps);

/* Which of them can be used; NULL and @error, which names what is missing. */
const gchar *codec_encoder (const Codec * codec, GError ** error);
const gchar *codec_decoder (const Codec * codec, GError ** error);
/* A line with the depayloader.  @waits: behind a loss it asks for a key frame and holds everything
 * back until it comes, if it can. (transfer full) */
gchar *codec_depayloader (const Codec * codec, const gchar * name, gboolean waits);

/* Loads all that sending and receiving it takes, as elements_load(). */
gboolean codec_load (const Codec * codec, GError ** error);

G_END_DECLS
