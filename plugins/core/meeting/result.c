/* Codes and sentences of the meeting room (result.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/result.h"

static const struct
{
  const char *code;
  const char *text;
} results[E2EE_MEETING_N_RESULTS] = {
  {"ok", "no error"},
#define E2EE_MEETING_RESULT_ROW(value, code, text) {code, text},
  E2EE_MEETING_RESULTS (E2EE_MEETING_RESULT_ROW)
#undef E2EE_MEETING_RESULT_ROW
};

const char *
e2ee_meeting_result_code (e2ee_meeting_result result)
{
  return (unsigned) result < E2EE_MEETING_N_RESULTS ? results[result].code : "unknown";
}

const char *
e2ee_meeting_result_text (e2ee_meeting_result result)
{
  return (unsigned) result < E2EE_MEETING_N_RESULTS ? results[result].text : "unknown";
}
