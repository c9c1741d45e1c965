/* Names and sentences of the results, from the one list in result.h.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/result.h"

static const struct
{
  const char *name;
  const char *text;
} results[E2EE_MLS_N_RESULTS] = {
  {"ok", "no error"},
#define ROW(value, name, text) {name, text},
  E2EE_MLS_RESULTS (ROW)
#undef ROW
};

const char *
e2ee_mls_result_name (e2ee_mls_result result)
{
  return (unsigned) result < E2EE_MLS_N_RESULTS ? results[result].name : "unknown";
}

const char *
e2ee_mls_result_text (e2ee_mls_result result)
{
  return (unsigned) result < E2EE_MLS_N_RESULTS ? results[result].text : "an unknown error";
}

e2ee_mls_result
e2ee_mls_result_of (e2ee_result result)
{
  switch (result) {
    case E2EE_OK:
      return E2EE_MLS_OK;
    case E2EE_ERR_TRUNCATED:
    case E2EE_ERR_TAG:
      return E2EE_MLS_ERR_DECRYPT;
    case E2EE_ERR_TOO_LARGE:
      return E2EE_MLS_ERR_TOO_LARGE;
    case E2EE_ERR_KEY_SIZE:
      return E2EE_MLS_ERR_KEY;
    case E2EE_ERR_UNSUPPORTED:
      return E2EE_MLS_ERR_UNSUPPORTED_SUITE;
    case E2EE_ERR_NO_MEMORY:
      return E2EE_MLS_ERR_NO_MEMORY;
    default:
      return E2EE_MLS_ERR_CRYPTO;
  }
}
