/* What is in an envelope, and what is in an application message: one byte of kind and a body.
 *
 * Everything read points into the input.  docs/meeting-protocol.md, "Delivery".
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MEETING_CONTENT_H
#define E2EE_CORE_MEETING_CONTENT_H

#include "core/meeting/meeting.h"
#include "core/mls/codec.h"

typedef enum
{
  E2EE_CONTENT_JOIN = 1,
  E2EE_CONTENT_FOUND = 2,
  E2EE_CONTENT_MLS = 3,
  E2EE_CONTENT_WELCOME = 4,
  E2EE_CONTENT_STATE = 5
} e2ee_content_kind;

typedef struct
{
  uint8_t kind;
  e2ee_bytes body;              /* group info, message, Welcome, statement; key package of a join */
  e2ee_bytes statement;         /* of a join; may be empty */
  e2ee_bytes version;           /* of a join: which version of the meeting its sender is in */
} e2ee_content;

/* MESSAGE_FORMAT.  An unknown kind is OK and has no body. */
E2EE_MUST_USE e2ee_meeting_result e2ee_content_read (e2ee_bytes in, e2ee_content * content);
E2EE_MUST_USE e2ee_meeting_result e2ee_content_write (const e2ee_content * content,
    e2ee_mls_buffer * out);

typedef enum
{
  E2EE_APPLICATION_ALIVE = 1,
  E2EE_APPLICATION_CHAT = 2,
  E2EE_APPLICATION_STREAMS = 3
} e2ee_application_kind;

#define E2EE_MAX_CHAT 4000

typedef struct
{
  uint8_t kind;
  uint8_t flags;                /* alive */
  e2ee_bytes text;              /* chat */
  e2ee_stream streams[E2EE_MAX_STREAMS];        /* labels sanitised when read */
  size_t n_streams;
} e2ee_application;

/* MESSAGE_FORMAT: also for more than 32 streams, or two of one number. */
E2EE_MUST_USE e2ee_meeting_result e2ee_application_read (e2ee_bytes in,
    e2ee_application * application);
E2EE_MUST_USE e2ee_meeting_result e2ee_application_write (const e2ee_application * application,
    e2ee_mls_buffer * out);

/* Which version of the meeting a member is in: the authenticated data of all his application
 * messages, readable by whoever has the link, so that people in two versions can find out which one
 * goes on.  Only those in the same version can tell that it is true. */
#define E2EE_BRANCH_SIZE 8

typedef struct
{
  uint64_t rank;                /* of the statement in force: 2 * revision + on */
  uint64_t epoch;
  uint16_t n_members;
  uint8_t branch[E2EE_BRANCH_SIZE];     /* from the epoch authenticator */
} e2ee_version;

#define E2EE_VERSION_SIZE (8 + 8 + 2 + E2EE_BRANCH_SIZE)

void e2ee_version_write (const e2ee_version * version, uint8_t out[E2EE_VERSION_SIZE]);
/* 1 when @in has the size of one. */
int e2ee_version_read (e2ee_bytes in, e2ee_version * version);
/* Above 0 when @a goes on and @b gives way: rank, then epoch, then members, then branch. */
int e2ee_version_compare (const e2ee_version * a, const e2ee_version * b);

#endif
