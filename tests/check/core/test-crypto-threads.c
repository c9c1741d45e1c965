/* Starting the cryptography from many threads at once, and using it in all of them.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <pthread.h>

#include "check.h"

#include "aead-data.h"

#include "core/crypto/secret.h"

#define N_THREADS 16
#define N_MESSAGES 500
#define MESSAGE_SIZE 300

static pthread_barrier_t start_line;

typedef struct
{
  pthread_t thread;
  size_t number;
  e2ee_result started;
  size_t n_right;
} worker;

/* Every thread has a key and a context of its own. */
static size_t
count_right_messages (size_t number)
{
  const e2ee_aead_id id = (e2ee_aead_id) (1 + number % (E2EE_AEAD_N_IDS - 1));
  const size_t sealed_size = MESSAGE_SIZE + e2ee_aead_info_get (id)->tag_size;
  uint8_t nonce[E2EE_AEAD_NONCE_SIZE];
  uint8_t plaintext[MESSAGE_SIZE], message[MESSAGE_SIZE + E2EE_AEAD_MAX_TAG_SIZE];
  e2ee_aead *aead = aead_of_seed (NULL, id, number);
  size_t n_right = 0;

  if (aead == NULL)
    return 0;
  for (size_t i = 0; i < N_MESSAGES; i++) {
    fill (nonce, sizeof (nonce), i);
    fill (plaintext, sizeof (plaintext), number * N_MESSAGES + i);
    if (e2ee_aead_seal (aead, nonce, E2EE_NO_BYTES, E2EE_BYTES (plaintext, MESSAGE_SIZE),
            message) == E2EE_OK
        && e2ee_aead_open (aead, nonce, E2EE_NO_BYTES, E2EE_BYTES (message, sealed_size),
            message) == E2EE_OK && memcmp (message, plaintext, MESSAGE_SIZE) == 0)
      n_right++;
  }
  e2ee_aead_free (aead);
  return n_right;
}

static void *
work (void *argument)
{
  worker *self = argument;

  pthread_barrier_wait (&start_line);
  self->started = e2ee_crypto_init ();
  if (self->started == E2EE_OK)
    self->n_right = count_right_messages (self->number);
  return NULL;
}

static void
test_many_threads_start_and_use_the_cryptography_at_once (void)
{
  static worker workers[N_THREADS];

  CHECK_INT (pthread_barrier_init (&start_line, NULL, N_THREADS), 0);
  for (size_t i = 0; i < N_THREADS; i++) {
    workers[i].number = i;
    workers[i].started = E2EE_ERR_UNSUPPORTED;
    CHECK_INT (pthread_create (&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  for (size_t i = 0; i < N_THREADS; i++)
    CHECK_INT (pthread_join (workers[i].thread, NULL), 0);
  pthread_barrier_destroy (&start_line);
  for (size_t i = 0; i < N_THREADS; i++) {
    CHECK_ROW ("thread %zu", i);
    CHECK_INT (workers[i].started, E2EE_OK);
    CHECK_INT (workers[i].n_right, N_MESSAGES);
  }
}

static const check_case cases[] = {
  CHECK_CASE (test_many_threads_start_and_use_the_cryptography_at_once),
};

CHECK_MAIN (cases)
