/* People, tokens, tickets, statements and links with fixed keys, for the fuzz targets of meetings.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_MEETING_WORLD_H
#define E2EE_TESTS_MEETING_WORLD_H

#include "fuzz.h"

#include "core/meeting/account.h"
#include "core/meeting/statement.h"
#include "core/meeting/ticket.h"

/* What MEETING_TYPE may be. */
enum
{
  MEETING_WORLD_TOKEN,
  MEETING_WORLD_TICKET,
  MEETING_WORLD_STATEMENT,
  MEETING_WORLD_LINK
};

#define MEETING_WORLD_NOW UINT64_C (1700000000)
#define MEETING_WORLD_ID "daily-7"
#define MEETING_WORLD_MAX 4

typedef struct
{
  const char *name;
  e2ee_mls_buffer text;
} meeting_world_text;

typedef struct
{
  e2ee_device *authority;
  e2ee_device *alice;
  e2ee_device *bob;
  e2ee_authorities authorities;
  e2ee_ticket ticket;
  uint8_t leaf_key[32];
  meeting_world_text texts[MEETING_WORLD_MAX];  /* the valid ones of the type */
  size_t n_texts;
} meeting_world;

/* Made once; lives as long as the program. */
const meeting_world *meeting_world_get (int type);

/* Reads @text as one of @type; 1 when it is valid. */
int meeting_world_accepts (const meeting_world * world, int type, e2ee_bytes text);

#endif
