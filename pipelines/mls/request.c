/* Reading the fields of a request and writing those of its answer.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

void
request_init (Request * request, json_t * in)
{
  *request = (Request) { .in = in,.out = json_object () };
  if (request->out == NULL)
    request_fail (request, e2ee_mls_result_name (E2EE_MLS_ERR_NO_MEMORY), "there is no memory");
}

void
request_clear (Request * request)
{
  json_decref (request->out);
  request->out = NULL;
  e2ee_mls_arena_clear (&request->arena);
}

void
request_fail (Request * request, const char *error, const char *format, ...)
{
  va_list arguments;

  if (!request_ok (request))
    return;
  request->error = error;
  va_start (arguments, format);
  vsnprintf (request->text, sizeof request->text, format, arguments);
  va_end (arguments);
}

static const char *
type_name (json_type type)
{
  switch (type) {
    case JSON_OBJECT:
      return "an object";
    case JSON_ARRAY:
      return "an array";
    case JSON_STRING:
      return "a string";
    case JSON_INTEGER:
      return "an integer";
    default:
      return "true or false";
  }
}

json_t *
request_maybe (Request * request, json_t * object, const char *field, json_type type)
{
  json_t *value = json_object_get (object, field);

  if (value == NULL || json_is_null (value))
    return NULL;
  /* jansson knows true and false as two types */
  if (type == JSON_TRUE ? !json_is_boolean (value) : json_typeof (value) != type) {
    request_fail (request, REQUEST_ERROR_FIELD, "%s must be %s", field, type_name (type));
    return NULL;
  }
  return value;
}

json_t *
request_get (Request * request, json_t * object, const char *field, json_type type)
{
  json_t *value = request_maybe (request, object, field, type);

  if (value == NULL)
    request_fail (request, REQUEST_ERROR_FIELD, "%s is missing", field);
  return value;
}

const char *
request_text (Request * request, json_t * object, const char *field)
{
  json_t *value = request_get (request, object, field, JSON_STRING);

  return value != NULL ? json_string_value (value) : "";
}

void *
request_array (Request * request, size_t n, size_t size)
{
  void *array;

  if (n == 0 || !request_ok (request))
    return NULL;
  array = e2ee_mls_arena_alloc (&request->arena, n, size);
  if (array == NULL)
    request_fail (request, e2ee_mls_result_name (E2EE_MLS_ERR_NO_MEMORY), "there is no memory");
  return array;
}

static e2ee_bytes
decode_hex (Request * request, const char *field, json_t * value)
{
  const char *text = json_string_value (value);
  size_t length = json_string_length (value), size = 0;
  uint8_t *bytes;

  if (length == 0)
    return E2EE_NO_BYTES;
  bytes = request_array (request, length / 2 + 1, 1);
  if (bytes == NULL)
    return E2EE_NO_BYTES;
  if (length % 2 != 0
      || sodium_hex2bin (bytes, length / 2, text, length, NULL, &size, NULL) != 0
      || size != length / 2) {
    request_fail (request, REQUEST_ERROR_FIELD, "%s is not hexadecimal", field);
    return E2EE_NO_BYTES;
  }
  return E2EE_BYTES (bytes, size);
}

e2ee_bytes
request_bytes (Request * request, json_t * object, const char *field)
{
  json_t *value = request_get (request, object, field, JSON_STRING);

  return value != NULL ? decode_hex (request, field, value) : E2EE_NO_BYTES;
}

e2ee_bytes
request_maybe_bytes (Request * request, json_t * object, const char *field)
{
  json_t *value = request_maybe (request, object, field, JSON_STRING);

  return value != NULL ? decode_hex (request, field, value) : E2EE_NO_BYTES;
}

static uint64_t
checked_number (Request * request, const char *field, json_t * value, uint64_t max)
{
  json_int_t number = json_integer_value (value);

  if (number < 0 || (uint64_t) number > max) {
    request_fail (request, REQUEST_ERROR_FIELD, "%s is out of range", field);
    return 0;
  }
  return (uint64_t) number;
}

uint64_t
request_number (Request * request, json_t * object, const char *field, uint64_t max)
{
  json_t *value = request_get (request, object, field, JSON_INTEGER);

  return value != NULL ? checked_number (request, field, value, max) : 0;
}

uint64_t
request_maybe_number (Request * request, json_t * object, const char *field, uint64_t max,
    uint64_t fallback)
{
  json_t *value = request_maybe (request, object, field, JSON_INTEGER);

  return value != NULL ? checked_number (request, field, value, max) : fallback;
}

int
request_maybe_flag (Request * request, json_t * object, const char *field, int fallback)
{
  json_t *value = request_maybe (request, object, field, JSON_TRUE);

  return value != NULL ? json_is_true (value) : fallback;
}

/* What was written, kept as long as the request. */
static e2ee_bytes
keep_written (Request * request, e2ee_mls_writer * writer)
{
  e2ee_bytes kept = E2EE_NO_BYTES;
  e2ee_mls_result r = writer->result;

  if (r == E2EE_MLS_OK)
    r = e2ee_mls_arena_dup (&request->arena, e2ee_mls_writer_view (writer), &kept);
  if (r != E2EE_MLS_OK)
    request_fail (request, e2ee_mls_result_name (r), "%s", e2ee_mls_result_text (r));
  e2ee_mls_writer_clear (writer);
  return kept;
}

e2ee_mls_extensions
request_extensions (Request * request, json_t * object, const char *field)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  json_t *list = request_maybe (request, object, field, JSON_ARRAY);
  json_t *item;
  size_t i;

  json_array_foreach (list, i, item) {
    uint16_t type = (uint16_t) request_number (request, item, "type", UINT16_MAX);
    e2ee_bytes data = request_bytes (request, item, "data");

    e2ee_mls_extension_write (&writer, type, data);
  }
  return (e2ee_mls_extensions) { keep_written (request, &writer) };
}

e2ee_bytes
request_u16_list (Request * request, json_t * object, const char *field)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  json_t *list = request_maybe (request, object, field, JSON_ARRAY);
  json_t *item;
  size_t i;

  json_array_foreach (list, i, item) {
    if (!json_is_integer (item))
      request_fail (request, REQUEST_ERROR_FIELD, "%s must be integers", field);
    e2ee_mls_write_u16 (&writer, (uint16_t) checked_number (request, field, item, UINT16_MAX));
  }
  return keep_written (request, &writer);
}

static uint64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
}

void
request_start (Request * request)
{
  request->started_ns = now_ns ();
}

int
request_stop (Request * request, e2ee_mls_result result)
{
  request->elapsed_ns += now_ns () - request->started_ns;
  if (result != E2EE_MLS_OK)
    request_fail (request, e2ee_mls_result_name (result), "%s", e2ee_mls_result_text (result));
  return result == E2EE_MLS_OK;
}

void
request_set (Request * request, const char *field, json_t * value)
{
  if (json_object_set_new (request->out, field, value) != 0)
    request_fail (request, e2ee_mls_result_name (E2EE_MLS_ERR_NO_MEMORY), "there is no memory");
}

json_t *
request_hex (e2ee_bytes bytes)
{
  char *text = e2ee_mls_alloc (bytes.size * 2 + 1, 1);
  json_t *value;

  if (text == NULL)
    return NULL;
  sodium_bin2hex (text, bytes.size * 2 + 1, bytes.data, bytes.size);
  value = json_stringn (text, bytes.size * 2);
  e2ee_mls_free (text);
  return value;
}

void
request_set_buffer (Request * request, const char *field, e2ee_mls_buffer * buffer)
{
  request_set (request, field, request_hex (e2ee_mls_buffer_view (*buffer)));
  e2ee_mls_buffer_clear (buffer);
}

json_t *
request_answer (Request * request)
{
  json_t *id = request->in != NULL ? json_object_get (request->in, "id") : NULL;
  json_t *answer;

  if (request_ok (request)) {
    request_set (request, "ok", json_true ());
    request_set (request, "elapsed_us", json_integer ((json_int_t) (request->elapsed_ns / 1000)));
  }
  if (request_ok (request))
    answer = json_incref (request->out);
  else
    answer = json_pack ("{s:b, s:s, s:s}", "ok", 0, "error", request->error, "text",
        request->text);
  if (answer != NULL && id != NULL)
    json_object_set (answer, "id", id);
  return answer;
}
