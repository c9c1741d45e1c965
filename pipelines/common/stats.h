/* Figures of elements, as JSON.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <jansson.h>

G_BEGIN_DECLS

/* Every field of @structure that is a number, a truth value, a text or a structure; others are
 * left out. */
json_t *stats_from_structure (const GstStructure * structure);

/* The property "stats" of @element; an empty object when it has none. */
json_t *stats_of_element (GstElement * element);

G_END_DECLS
