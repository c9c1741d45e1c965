/* One request and its answer: reading fields, writing fields, and the first thing that went wrong.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_MLS_PROGRAM_REQUEST_H
#define E2EE_MLS_PROGRAM_REQUEST_H

#include <jansson.h>

#include "core/mls/mls.h"

/* Errors stick, as in the codec: a verb reads all its fields and asks once. */
typedef struct
{
  json_t *in;                   /* borrowed; an object */
  json_t *out;                  /* owned; an object */
  const char *error;            /* NULL while all is well */
  char text[160];
  e2ee_mls_arena arena;         /* what was decoded; lives as long as the request */
  uint64_t started_ns;
  uint64_t elapsed_ns;
} Request;

void request_init (Request * request, json_t * in);
/* Wipes what was decoded. */
void request_clear (Request * request);

/* Names that are no e2ee_mls_result: of JSON, fields and handles. */
#define REQUEST_ERROR_JSON "json"
#define REQUEST_ERROR_VERB "verb"
#define REQUEST_ERROR_FIELD "field"
#define REQUEST_ERROR_HANDLE "handle"
#define REQUEST_ERROR_TYPE "unexpected-type"

#if defined (__GNUC__)
__attribute__ ((format (printf, 3, 4)))
#endif
void request_fail (Request * request, const char *error, const char *format, ...);
static inline int
request_ok (const Request * request)
{
  return request->error == NULL;
}

/* Reading; @object is the request or an object inside it.  A field of the wrong kind is an error,
 * one that is absent only for those without a fallback. */
json_t *request_get (Request * request, json_t * object, const char *field, json_type type);
/* NULL when absent. */
json_t *request_maybe (Request * request, json_t * object, const char *field, json_type type);
const char *request_text (Request * request, json_t * object, const char *field);
/* Hexadecimal, upper or lower case. */
e2ee_bytes request_bytes (Request * request, json_t * object, const char *field);
e2ee_bytes request_maybe_bytes (Request * request, json_t * object, const char *field);
uint64_t request_number (Request * request, json_t * object, const char *field, uint64_t max);
uint64_t request_maybe_number (Request * request, json_t * object, const char *field,
    uint64_t max, uint64_t fallback);
int request_maybe_flag (Request * request, json_t * object, const char *field, int fallback);
/* [{"type":n,"data":hex}...] */
e2ee_mls_extensions request_extensions (Request * request, json_t * object, const char *field);
/* [n...] as uint16 in their encoding */
e2ee_bytes request_u16_list (Request * request, json_t * object, const char *field);
/* Zeroed memory of the request; NULL with an error. */
void *request_array (Request * request, size_t n, size_t size);

/* Around calls into the library, whose time alone is reported. */
void request_start (Request * request);
/* 1 when @result is OK, otherwise the request fails with it. */
int request_stop (Request * request, e2ee_mls_result result);

/* Writing.  @value is stolen. */
void request_set (Request * request, const char *field, json_t * value);
json_t *request_hex (e2ee_bytes bytes);
/* As hex, and cleared. */
void request_set_buffer (Request * request, const char *field, e2ee_mls_buffer * buffer);

/* The whole answer; a new reference, NULL when there is no memory. */
json_t *request_answer (Request * request);

#endif
