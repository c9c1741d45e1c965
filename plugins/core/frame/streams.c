/* The keys of streams (streams.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/frame/streams.h"

#include "core/crypto/secret.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  uint32_t ssrc;
  e2ee_key *key;
} stream;

struct e2ee_streams
{
  const e2ee_env *env;
  e2ee_key_params params;       /* of the stream's keys, but for the SSRC */
  uint8_t *base_key;            /* secret memory */
  stream current;               /* no key: none */
  int is_kept;                  /* the current stream is one of @kept, whose reference it is */
  size_t n_kept;
  stream kept[E2EE_KEY_MAX_STREAMS];
};

e2ee_result
e2ee_streams_new (const e2ee_env * env, const e2ee_key_params * params, e2ee_streams ** streams)
{
  e2ee_streams *self = calloc (1, sizeof *self);

  *streams = NULL;
  if (self == NULL)
    return E2EE_ERR_NO_MEMORY;
  self->base_key = e2ee_secret_alloc (params->base_key.size);
  if (self->base_key == NULL) {
    free (self);
    return E2EE_ERR_NO_MEMORY;
  }

  memcpy (self->base_key, params->base_key.data, params->base_key.size);
  self->env = env;
  self->params = *params;
  self->params.base_key.data = self->base_key;
  self->params.of_streams = 0;
  self->params.per_ssrc = 1;
  *streams = self;
  return E2EE_OK;
}

static void
drop_current (e2ee_streams * self)
{
  if (!self->is_kept)
    e2ee_key_unref (self->current.key);
  self->current = (stream) { 0, NULL };
  self->is_kept = 0;
}

void
e2ee_streams_free (e2ee_streams * streams)
{
  if (streams == NULL)
    return;
  drop_current (streams);
  for (size_t i = 0; i < streams->n_kept; i++)
    e2ee_key_unref (streams->kept[i].key);
  e2ee_secret_free (streams->base_key);
  free (streams);
}

e2ee_result
e2ee_streams_choose (e2ee_streams * streams, uint32_t ssrc)
{
  e2ee_result r;

  if (streams->current.key != NULL && streams->current.ssrc == ssrc)
    return E2EE_OK;

  drop_current (streams);
  for (size_t i = 0; i < streams->n_kept; i++) {
    if (streams->kept[i].ssrc == ssrc) {
      streams->current = streams->kept[i];
      streams->is_kept = 1;
      return E2EE_OK;
    }
  }

  /* None is ever given up for another: a counter would start again, a window would forget. */
  if (streams->n_kept == E2EE_KEY_MAX_STREAMS)
    return E2EE_ERR_TOO_MANY_SENDERS;
  streams->params.ssrc = ssrc;
  r = e2ee_key_new (streams->env, &streams->params, &streams->current.key);
  if (r != E2EE_OK)
    return r;
  streams->current.ssrc = ssrc;
  if (streams->params.usage == E2EE_KEY_ENCRYPT)
    e2ee_streams_keep (streams);
  return E2EE_OK;
}

e2ee_key *
e2ee_streams_get_current (const e2ee_streams * streams)
{
  return streams->current.key;
}

void
e2ee_streams_keep (e2ee_streams * streams)
{
  if (streams->is_kept)
    return;
  streams->kept[streams->n_kept++] = streams->current;
  streams->is_kept = 1;
}
