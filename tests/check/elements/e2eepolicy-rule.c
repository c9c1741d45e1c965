/* e2eepolicy: the table of state, feature and floor, cell by cell.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "gate.h"

#include "elements/gaterule.h"

#define OFF GST_E2EE_STATE_OFF
#define ON GST_E2EE_STATE_ON
#define VERIFIED GST_E2EE_STATE_VERIFIED
#define SWITCHING GST_E2EE_STATE_SWITCHING
#define DEGRADED GST_E2EE_STATE_DEGRADED
#define UNKNOWN GST_E2EE_STATE_UNKNOWN

static const struct
{
  GstE2eeState state;
  GstE2eeFloor floor;
  E2eeCause allowed;
  E2eeCause not_allowed;
} cells[] = {
  {OFF, GST_E2EE_FLOOR_ALLOW, E2EE_CAUSE_PASS_OFF, E2EE_CAUSE_PASS_OFF},
  {OFF, GST_E2EE_FLOOR_REQUIRE, E2EE_CAUSE_FLOOR, E2EE_CAUSE_FLOOR},
  {OFF, GST_E2EE_FLOOR_FORBID, E2EE_CAUSE_PASS_OFF, E2EE_CAUSE_PASS_OFF},
  {ON, GST_E2EE_FLOOR_ALLOW, E2EE_CAUSE_PASS_ON, E2EE_CAUSE_ON},
  {ON, GST_E2EE_FLOOR_REQUIRE, E2EE_CAUSE_PASS_ON, E2EE_CAUSE_ON},
  {ON, GST_E2EE_FLOOR_FORBID, E2EE_CAUSE_FLOOR, E2EE_CAUSE_ON},
  {VERIFIED, GST_E2EE_FLOOR_ALLOW, E2EE_CAUSE_PASS_VERIFIED, E2EE_CAUSE_VERIFIED},
  {VERIFIED, GST_E2EE_FLOOR_REQUIRE, E2EE_CAUSE_PASS_VERIFIED, E2EE_CAUSE_VERIFIED},
  {VERIFIED, GST_E2EE_FLOOR_FORBID, E2EE_CAUSE_FLOOR, E2EE_CAUSE_VERIFIED},
  {SWITCHING, GST_E2EE_FLOOR_ALLOW, E2EE_CAUSE_SWITCHING, E2EE_CAUSE_SWITCHING},
  {SWITCHING, GST_E2EE_FLOOR_REQUIRE, E2EE_CAUSE_SWITCHING, E2EE_CAUSE_SWITCHING},
  {SWITCHING, GST_E2EE_FLOOR_FORBID, E2EE_CAUSE_SWITCHING, E2EE_CAUSE_SWITCHING},
  {DEGRADED, GST_E2EE_FLOOR_ALLOW, E2EE_CAUSE_DEGRADED, E2EE_CAUSE_DEGRADED},
  {DEGRADED, GST_E2EE_FLOOR_REQUIRE, E2EE_CAUSE_DEGRADED, E2EE_CAUSE_DEGRADED},
  {DEGRADED, GST_E2EE_FLOOR_FORBID, E2EE_CAUSE_DEGRADED, E2EE_CAUSE_DEGRADED},
  {UNKNOWN, GST_E2EE_FLOOR_ALLOW, E2EE_CAUSE_UNKNOWN, E2EE_CAUSE_UNKNOWN},
  {UNKNOWN, GST_E2EE_FLOOR_REQUIRE, E2EE_CAUSE_UNKNOWN, E2EE_CAUSE_UNKNOWN},
  {UNKNOWN, GST_E2EE_FLOOR_FORBID, E2EE_CAUSE_UNKNOWN, E2EE_CAUSE_UNKNOWN},
};

GST_START_TEST (test_every_cell_of_the_table)
{
  fail_unless_equals_int (e2ee_gate_rule (cells[__i__].floor, TRUE, cells[__i__].state),
      cells[__i__].allowed);
  fail_unless_equals_int (e2ee_gate_rule (cells[__i__].floor, FALSE, cells[__i__].state),
      cells[__i__].not_allowed);
}

GST_END_TEST;

/* The element behaves as the table says: `media` stands for what is allowed, `recording` without
 * a meeting for what is not. */
static void
push_through (const gchar * feature, guint cell, E2eeCause expected)
{
  static const gchar *const floors[] = { "allow", "require", "forbid" };
  gchar *properties = g_strdup_printf ("feature=%s e2ee=%s", feature, floors[cells[cell].floor]);
  Gate gate = gate_new_full (RAW, properties);
  GstMessage *message;

  push (&gate, make (cells[cell].state, 0));
  fail_unless_equals_int (gst_harness_buffers_received (gate.h), e2ee_cause_passes (expected));
  fail_unless_equals_int (is_open (&gate), e2ee_cause_passes (expected));
  fail_unless_equals_uint64 (counter (&gate, e2ee_cause_get_counter (expected)), 1);
  fail_unless_equals_uint64 (counter (&gate, "passed"), e2ee_cause_passes (expected));
  message = gst_bus_pop_filtered (gate.bus, GST_MESSAGE_ELEMENT);
  fail_unless (message != NULL);
  fail_unless_equals_string (gst_structure_get_string (gst_message_get_structure (message),
          "reason"), e2ee_cause_get_reason (expected));
  fail_unless_equals_string (gst_structure_get_string (gst_message_get_structure (message),
          "feature"), feature);
  gst_message_unref (message);
  gate_free (&gate);
  g_free (properties);
}

GST_START_TEST (test_the_gate_follows_the_table_for_the_meeting_itself)
{
  push_through ("media", __i__, cells[__i__].allowed);
}

GST_END_TEST;

GST_START_TEST (test_the_gate_follows_the_table_for_a_recorder)
{
  push_through ("recording", __i__, cells[__i__].not_allowed);
}

GST_END_TEST;

static const struct
{
  GstE2eePolicyFeature feature;
  gboolean in_a_full_table;
} features[] = {
  {GST_E2EE_POLICY_FEATURE_RECORDING, TRUE},
  {GST_E2EE_POLICY_FEATURE_TRANSCRIPTION, TRUE},
  {GST_E2EE_POLICY_FEATURE_CAPTIONS, TRUE},
  {GST_E2EE_POLICY_FEATURE_STREAMING, TRUE},
  {GST_E2EE_POLICY_FEATURE_BREAKOUT, TRUE},
  {GST_E2EE_POLICY_FEATURE_NOTES, TRUE},
  {GST_E2EE_POLICY_FEATURE_WHITEBOARD, TRUE},
  {GST_E2EE_POLICY_FEATURE_PSTN, FALSE},
  {GST_E2EE_POLICY_FEATURE_SIP_H323, FALSE},
  {GST_E2EE_POLICY_FEATURE_GUEST, FALSE},
  {GST_E2EE_POLICY_FEATURE_SCREENSHARE, TRUE},
  {GST_E2EE_POLICY_FEATURE_CHAT, TRUE},
};

GST_START_TEST (test_a_table_allows_what_is_in_it_and_never_guests_and_telephones)
{
  GstE2eePolicyFeature feature = features[__i__].feature;

  fail_unless_equals_int (e2ee_gate_rule_allows (feature, (GstE2eeFeatures) 0xffffffff),
      features[__i__].in_a_full_table);
  fail_unless_equals_int (e2ee_gate_rule_allows (feature, (GstE2eeFeatures) (1u << feature)),
      features[__i__].in_a_full_table);
  fail_if (e2ee_gate_rule_allows (feature, (GstE2eeFeatures) ~(1u << feature)));
  fail_if (e2ee_gate_rule_allows (feature, GST_E2EE_FEATURES_NONE));
}

GST_END_TEST;

GST_START_TEST (test_the_meeting_itself_is_in_no_table)
{
  fail_unless (e2ee_gate_rule_allows (GST_E2EE_POLICY_FEATURE_MEDIA, GST_E2EE_FEATURES_NONE));
}

GST_END_TEST;

GST_START_TEST (test_the_floor_may_change_while_media_flows)
{
  Gate gate = gate_new_full (RAW, "feature=media");

  push (&gate, make (GST_E2EE_STATE_OFF, 0));
  gst_util_set_object_arg (G_OBJECT (gate.h->element), "e2ee", "require");
  push (&gate, make (GST_E2EE_STATE_OFF, 1));
  fail_if (is_open (&gate));
  push (&gate, make (GST_E2EE_STATE_ON, 2));
  fail_unless (is_open (&gate));
  gst_util_set_object_arg (G_OBJECT (gate.h->element), "e2ee", "forbid");
  push (&gate, make (GST_E2EE_STATE_ON, 3));
  fail_if (is_open (&gate));
  fail_unless_equals_uint64 (counter (&gate, "dropped-floor"), 2);
  gate_free (&gate);
}

GST_END_TEST;

static Suite *
e2eepolicy_rule_suite (void)
{
  Suite *s = suite_create ("e2eepolicy-rule");
  TCase *tc = tcase_create ("rule");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_every_cell_of_the_table, 0, G_N_ELEMENTS (cells));
  tcase_add_loop_test (tc, test_the_gate_follows_the_table_for_the_meeting_itself, 0,
      G_N_ELEMENTS (cells));
  tcase_add_loop_test (tc, test_the_gate_follows_the_table_for_a_recorder, 0,
      G_N_ELEMENTS (cells));
  tcase_add_loop_test (tc, test_a_table_allows_what_is_in_it_and_never_guests_and_telephones, 0,
      G_N_ELEMENTS (features));
  tcase_add_test (tc, test_the_meeting_itself_is_in_no_table);
  tcase_add_test (tc, test_the_floor_may_change_while_media_flows);
  return s;
}

GST_CHECK_MAIN (e2eepolicy_rule);
