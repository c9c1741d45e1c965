/* The verbs of e2ee-mls as a WebAssembly module: a request goes in as text, the answer comes out.
 * pipelines/web/mls.js is the other side.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <wasi/api.h>

#include "dispatch.h"

#include "core/crypto/secret.h"

#define EXPORT(name) __attribute__ ((export_name (name)))
/* As long as a line of the program may be. */
#define MAX_REQUEST ((size_t) 40 << 20)

static char *request;
static size_t request_size;
static char *answer;

EXPORT ("mls_init")
int mls_init (void);
EXPORT ("mls_request")
char *mls_request (size_t size);
EXPORT ("mls_ask")
char *mls_ask (void);
EXPORT ("mls_answer_size")
size_t mls_answer_size (void);
EXPORT ("mls_forget")
void mls_forget (void);

/* wasi-libc's generator, which libsodium would take, asks for a seed once and keeps its state where
 * whoever sees the module's memory foretells every key to come.  Ours asks the page each time. */
static const char *
page_random_name (void)
{
  return "page";
}

static void
page_random (void *const out, const size_t size)
{
  if (__wasi_random_get (out, size) != 0)
    abort ();
}

static uint32_t
page_random_u32 (void)
{
  uint32_t value;

  page_random (&value, sizeof value);
  return value;
}

/* 1 when the cryptography works. */
int
mls_init (void)
{
  static randombytes_implementation from_page = {
    .implementation_name = page_random_name,
    .random = page_random_u32,
    .buf = page_random,
  };

  return randombytes_set_implementation (&from_page) == 0 && dispatch_init ();
}

/* Wipes request and answer; what has been read is of no more use here. */
void
mls_forget (void)
{
  if (request != NULL)
    e2ee_wipe (request, request_size);
  free (request);
  dispatch_free (answer);
  request = NULL;
  request_size = 0;
  answer = NULL;
}

/* Room for a request of @size bytes, to be filled in; NULL when there is none. */
char *
mls_request (size_t size)
{
  mls_forget ();
  request = size <= MAX_REQUEST ? malloc (size + 1) : NULL;
  request_size = request != NULL ? size : 0;
  return request;
}

/* The answer to the request that was filled in; NULL when there is no memory for it. */
char *
mls_ask (void)
{
  dispatch_free (answer);
  answer = dispatch_line (request, request_size);
  return answer;
}

size_t
mls_answer_size (void)
{
  return answer != NULL ? strlen (answer) : 0;
}
