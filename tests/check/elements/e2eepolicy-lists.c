/* e2eepolicy: lists stay whole.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

/* -- Lists -- */

static GstBufferList *
make_list (const gchar * states)
{
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; states[i] != '\0'; i++)
    gst_buffer_list_add (list, make (states[i] == 'p' ? GST_E2EE_STATE_OFF : GST_E2EE_STATE_ON, i));
  return list;
}

/* What leaves, one letter a buffer and a bar after every list. */
static GString *seen_lists;

static GstFlowReturn
note_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);

    if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
      g_string_append_c (seen_lists, '!');
    g_string_append_printf (seen_lists, "%d", (gint) GST_BUFFER_OFFSET (buffer));
  }
  g_string_append_c (seen_lists, '|');
  gst_buffer_list_unref (list);
  return GST_FLOW_OK;
}

static const struct
{
  const gchar *in;
  const gchar *out;
} lists[] = {
  {"pppp", "0123|"},
  {"ssss", ""},
  {"ppss", "01|"},
  {"sspp", "!23|"},
  {"spps", "!12|"},
  {"pssp", "0|!3|"},
  {"pspsp", "0|!2|!4|"},
  {"p", "0|"},
};

GST_START_TEST (test_lists_are_split_only_where_the_decision_changes)
{
  Gate gate = gate_new (RAW);
  GstBufferList *list = make_list (lists[__i__].in);

  seen_lists = g_string_new (NULL);
  gst_pad_set_chain_list_function (gate.h->sinkpad, note_list);
  fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, list), GST_FLOW_OK);
  fail_unless_equals_string (seen_lists->str, lists[__i__].out);
  g_string_free (seen_lists, TRUE);
  gate_free (&gate);
}

GST_END_TEST;

static GstBufferList *whole_list;

static GstFlowReturn
keep_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  whole_list = list;
  return GST_FLOW_OK;
}

GST_START_TEST (test_a_public_list_passes_as_the_same_list)
{
  Gate gate = gate_new (RAW);
  GstBufferList *list = make_list ("ppp");

  gst_pad_set_chain_list_function (gate.h->sinkpad, keep_list);
  fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, list), GST_FLOW_OK);
  fail_unless (whole_list == list);
  gst_buffer_list_unref (whole_list);
  gate_free (&gate);
}

GST_END_TEST;

static GstFlowReturn
refuse_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  gst_buffer_list_unref (list);
  return GST_FLOW_EOS;
}

GST_START_TEST (test_what_downstream_answers_to_a_list_goes_upstream)
{
  Gate gate = gate_new (RAW);

  gst_pad_set_chain_list_function (gate.h->sinkpad, refuse_list);
  fail_unless_equals_int (gst_pad_push_list (gate.h->srcpad, make_list ("psp")), GST_FLOW_EOS);
  gate_free (&gate);
}

GST_END_TEST;

static Suite *
e2eepolicy_lists_suite (void)
{
  Suite *s = suite_create ("e2eepolicy-lists");
  TCase *tc = tcase_create ("lists");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_lists_are_split_only_where_the_decision_changes, 0,
      G_N_ELEMENTS (lists));
  tcase_add_test (tc, test_a_public_list_passes_as_the_same_list);
  tcase_add_test (tc, test_what_downstream_answers_to_a_list_goes_upstream);
  return s;
}

GST_CHECK_MAIN (e2eepolicy_lists);
