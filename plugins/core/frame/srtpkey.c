/* The keys of SRTP (srtpkey.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/srtpkey.h"

#include "core/crypto/secret.h"

#include <string.h>

#define LABEL "gst-e2ee SRTP 1.0 master "
#define LABEL_SIZE (sizeof LABEL - 1)

e2ee_result
e2ee_srtp_key_derive (const e2ee_suite * suite, uint64_t kid, e2ee_bytes base_key,
    uint8_t * master)
{
  uint8_t info[LABEL_SIZE + 8 + 2];
  uint8_t secret[E2EE_HASH_MAX_SIZE];
  e2ee_result r;

  /* Key id and suite part the keys of one base key, as SFrame's labels do. */
  memcpy (info, LABEL, LABEL_SIZE);
  e2ee_put_be (info + LABEL_SIZE, kid, 8);
  e2ee_put_be (info + LABEL_SIZE + 8, (uint64_t) suite->id, 2);
  e2ee_hkdf_extract (suite->hash, E2EE_NO_BYTES, base_key, secret);
  r = e2ee_hkdf_expand (suite->hash, E2EE_BYTES (secret, suite->nh),
      E2EE_BYTES (info, sizeof info), master, e2ee_srtp_master_size (suite));
  e2ee_wipe (secret, sizeof secret);
  return r;
}

/* A key id that does not fit would be another one on the other side. */
static int
fits (uint64_t kid, size_t mki_size)
{
  return mki_size == 0 || mki_size == sizeof kid || kid >> 8 * mki_size == 0;
}

e2ee_result
e2ee_srtp_key_new (const e2ee_key_params * params, uint8_t fingerprint[E2EE_AEAD_NONCE_SIZE],
    e2ee_srtp ** srtp)
{
  uint8_t master[E2EE_SRTP_MAX_MASTER_SIZE];
  e2ee_srtp_params p = {
    .suite = params->suite,
    .master = params->base_key,
    .kid = params->kid,
    .mki_size = params->mki_size,
    .replay_window = params->replay_window != 0 ? params->replay_window
        : E2EE_REPLAY_DEFAULT_WINDOW,
    .sends = params->usage == E2EE_KEY_ENCRYPT,
    .is_static = params->origin == E2EE_KEY_STATIC,
  };
  e2ee_result r = E2EE_OK;

  *srtp = NULL;
  if (params->mki_size > E2EE_SRTP_MAX_MKI_SIZE)
    return E2EE_ERR_UNSUPPORTED;
  if (!fits (params->kid, params->mki_size))
    return E2EE_ERR_KEY_ID;
  p.rollover = params->rollover != NULL ? e2ee_rollover_ref (params->rollover)
      : e2ee_rollover_new (NULL, NULL);
  if (p.rollover == NULL)
    return E2EE_ERR_NO_MEMORY;
  if (params->origin == E2EE_KEY_OF_GROUP) {
    r = e2ee_srtp_key_derive (params->suite, params->kid, params->base_key, master);
    p.master = E2EE_BYTES (master, e2ee_srtp_master_size (params->suite));
  }
  if (r == E2EE_OK)
    r = e2ee_srtp_new (&p, srtp);
  if (r == E2EE_OK)
    memcpy (fingerprint, e2ee_srtp_name (*srtp), E2EE_AEAD_NONCE_SIZE);
  e2ee_rollover_unref (p.rollover);
  e2ee_wipe (master, sizeof master);
  return r;
}
