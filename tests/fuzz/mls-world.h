/* The group that the MLS fuzz targets speak to: always the same keys, so that messages made once as
 * seeds still open.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MLS_WORLD_H
#define E2EE_TESTS_MLS_WORLD_H

#include "fuzz.h"

#include "core/mls/mls.h"

/* The message types, each a target of its own. */
typedef enum
{
  MLS_WORLD_PUBLIC_MESSAGE = 1,
  MLS_WORLD_PRIVATE_MESSAGE,
  MLS_WORLD_WELCOME,
  MLS_WORLD_GROUP_INFO,
  MLS_WORLD_KEY_PACKAGE,
  MLS_WORLD_RATCHET_TREE,
  MLS_WORLD_STORED
} mls_world_type;

#define MLS_WORLD_MAX_MESSAGES 16

typedef struct
{
  const char *name;
  e2ee_mls_buffer bytes;
} mls_world_message;

/* Alice, Bob, Carol and Dave are in a group that is two epochs old; Erin is about to be added. */
typedef struct
{
  e2ee_mls_host host;
  e2ee_mls_group *alice;
  e2ee_mls_buffer bob_stored;
  e2ee_mls_buffer erin_stored;
  mls_world_message messages[MLS_WORLD_MAX_MESSAGES];
  size_t n_messages;
} mls_world;

/* With all valid messages of @type; kept until the program ends. */
mls_world *mls_world_get (mls_world_type type);

/* Gives @message to the one it is for, in a state that only depends on what was refused before, and
 * accepts what it asks for.  After a success the next call starts anew. */
e2ee_mls_result mls_world_deliver (mls_world * world, mls_world_type type, e2ee_bytes message);

#endif
