/* What an MLS group takes from the application around it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_HOST_H
#define E2EE_CORE_MLS_HOST_H

#include "core/env.h"
#include "core/mls/credential.h"
#include "core/mls/psk.h"

/* Where a credential was met.  The RFC asks for a check at each (sections 5.3.1, 7.3). */
typedef enum
{
  E2EE_MLS_AT_KEY_PACKAGE,      /* a key package looked at on its own */
  E2EE_MLS_AT_ADD,
  E2EE_MLS_AT_UPDATE,
  E2EE_MLS_AT_COMMIT,           /* the leaf in a path */
  E2EE_MLS_AT_EXTERNAL_JOIN,
  E2EE_MLS_AT_TREE              /* any leaf of a tree on joining */
} e2ee_mls_credential_place;

typedef struct
{
  e2ee_mls_credential_place place;
  const e2ee_mls_credential *credential;
  e2ee_bytes signature_key;
  /* What it replaces, for update, commit and a rejoin; NULL and empty otherwise. */
  const e2ee_mls_credential *old_credential;
  e2ee_bytes old_signature_key;
  e2ee_bytes group_id;          /* empty at key_package */
} e2ee_mls_credential_check;

/* Callbacks run inside the call that needs them and must not call back into the group.  What they
 * are shown is theirs to read until they return.  Must outlive everything made with it. */
typedef struct
{
  const e2ee_env *env;
  /* Seconds since 1970, for lifetimes. */
  uint64_t (*unix_time) (void *user);
  /* The Authentication Service: 1 to accept.  Required; there is no default that accepts. */
  int (*check_credential) (void *user, const e2ee_mls_credential_check * check);
  /* The external PSK with this id: 1 and a copy in *psk, or 0.  NULL: there are none. */
  int (*find_psk) (void *user, e2ee_bytes psk_id, e2ee_mls_secret * psk);
  void *user;
  /* Limits; 0 means the default in brackets. */
  uint64_t max_lifetime;        /* seconds not_after - not_before [90 days] */
  uint64_t clock_skew;          /* seconds tolerated at either end [3600] */
  unsigned max_past_epochs;     /* kept to open late application messages [3] */
  uint64_t max_past_ms;         /* and for how long [10000] */
  uint32_t max_members;         /* [E2EE_MLS_MAX_LEAVES] */
} e2ee_mls_host;

#endif
