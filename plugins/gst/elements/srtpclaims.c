/* Who in this process has sent an SSRC under a static key of SRTP (srtpclaims.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */

#include "srtpclaims.h"

#include <string.h>

typedef struct
{
  guint8 name[E2EE_ROLLOVER_NAME_SIZE];
  guint32 ssrc;
} Claim;

static GMutex lock;
static GHashTable *owners;      /* Claim -> the number of who made it; never forgotten */
static gsize last_owner;

static guint
claim_hash (gconstpointer data)
{
  const Claim *claim = data;
  guint hash;

  /* A hash of a secret is as good as random. */
  memcpy (&hash, claim->name, sizeof hash);
  return hash ^ claim->ssrc;
}

static gboolean
claim_equal (gconstpointer a, gconstpointer b)
{
  const Claim *one = a, *other = b;

  return one->ssrc == other->ssrc && memcmp (one->name, other->name, sizeof one->name) == 0;
}

static e2ee_rollover_claim
claim (void *owner, const uint8_t name[E2EE_ROLLOVER_NAME_SIZE], uint32_t ssrc)
{
  e2ee_rollover_claim answer = E2EE_ROLLOVER_NEW;
  Claim wanted = {.ssrc = ssrc };
  gpointer found;

  memcpy (wanted.name, name, sizeof wanted.name);
  g_mutex_lock (&lock);
  if (owners == NULL)
    owners = g_hash_table_new_full (claim_hash, claim_equal, g_free, NULL);
  found = g_hash_table_lookup (owners, &wanted);
  if (found == NULL)
    g_hash_table_insert (owners, g_memdup2 (&wanted, sizeof wanted), owner);
  else
    answer = found == owner ? E2EE_ROLLOVER_OURS : E2EE_ROLLOVER_REFUSED;
  g_mutex_unlock (&lock);
  return answer;
}

e2ee_rollover *
e2ee_srtp_claims_rollover_new (void)
{
  e2ee_rollover *rollover;
  gsize owner;

  g_mutex_lock (&lock);
  owner = ++last_owner;
  g_mutex_unlock (&lock);
  rollover = e2ee_rollover_new (claim, GSIZE_TO_POINTER (owner));
  if (rollover == NULL)
    g_error ("out of memory");
  return rollover;
}
