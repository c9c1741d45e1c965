/* Those who are spoken for: one handle for each, from key package to group.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_MLS_PROGRAM_MEMBER_H
#define E2EE_MLS_PROGRAM_MEMBER_H

#include "request.h"

typedef struct MemberPsk MemberPsk;

/* Each with a host of its own, so that one may know a pre-shared key that another does not. */
typedef struct
{
  e2ee_mls_host host;
  MemberPsk *psks;
  e2ee_mls_identity *identity;
  e2ee_mls_joiner *joiner;      /* until it has joined */
  e2ee_mls_group *group;        /* from then on */
} Member;

/* Taken over by every member made afterwards. */
typedef struct
{
  unsigned max_past_epochs;
  uint64_t max_past_ms;
  int64_t clock_offset;         /* seconds that all members' clocks are ahead */
} MemberSettings;

extern MemberSettings member_settings;

/* A new one and its handle; NULL with an error. */
Member *member_new (Request * request, uint64_t * handle);
void member_free (uint64_t handle);
void member_free_all (void);

/* The one that the field names; NULL with an error. */
Member *member_get (Request * request, const char *field);
/* The one in the field state_id, which must be in a group. */
Member *member_in_group (Request * request);

/* Blocks that the library holds, its locked keys apart. */
typedef struct
{
  size_t blocks;
  size_t bytes;
} MemberMemory;

extern MemberMemory member_memory;

/* Starts counting; before anything is allocated. */
void member_count_memory (void);

/* From the fields identity and signature_priv, or identity_of. */
int member_set_identity (Request * request, Member * member, unsigned suite);
int member_add_psk (Request * request, Member * member, e2ee_bytes id, e2ee_bytes psk);

/* From the fields capabilities, lifetime and leaf_extensions of @object. */
e2ee_mls_leaf_params member_leaf_params (Request * request, json_t * object);

#endif
