/* Links: what names a meeting, and the secret behind the #.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "tickets.h"

#define HASH "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define SECRET "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"
#define QUERY "?m=daily-7&t=" HASH
#define LINK "https://meet.example/join" QUERY "#" SECRET

static void
test_link_names_meeting_ticket_and_secret (void)
{
  uint8_t hash[32], secret[32];
  e2ee_link link;

  for (size_t i = 0; i < sizeof (secret); i++)
    secret[i] = (uint8_t) (i + 1);
  KIT_MUST (e2ee_base64url_read_32 (HASH, strlen (HASH), hash));
  CHECK_OK (e2ee_link_parse (TEXT (LINK), &link));
  CHECK_STR (link.meeting_id, "daily-7");
  CHECK_MEM (link.ticket_hash, hash, 32);
  CHECK_BYTES (e2ee_mls_secret_view (link.join_secret), E2EE_BYTES (secret, 32));
  e2ee_link_clear (&link);
  CHECK (link.join_secret.data == NULL);
}

static const struct
{
  const char *base;
  const char *text;
} bases[] = {
  {"https://meet.example/join", LINK},
  {"", QUERY "#" SECRET},
  {"https://meet.example/join?lang=de", "https://meet.example/join?lang=de&m=daily-7&t=" HASH "#" SECRET},
  {"meet:join", "meet:join" QUERY "#" SECRET}
};

static void
test_link_is_written_behind_any_base (void)
{
  e2ee_link link, again;

  CHECK_OK (e2ee_link_parse (TEXT (LINK), &link));
  for (size_t i = 0; i < CHECK_N (bases); i++) {
    e2ee_mls_buffer text;

    CHECK_ROW ("%s", bases[i].base);
    CHECK_OK (e2ee_link_format (bases[i].base, &link, &text));
    CHECK_BYTES (e2ee_mls_buffer_view (text), TEXT (bases[i].text));
    CHECK_OK (e2ee_link_parse (e2ee_mls_buffer_view (text), &again));
    CHECK_STR (again.meeting_id, link.meeting_id);
    CHECK_MEM (again.ticket_hash, link.ticket_hash, 32);
    e2ee_link_clear (&again);
    e2ee_mls_buffer_clear (&text);
  }
  e2ee_link_clear (&link);
}

static void
test_other_parts_of_the_query_are_the_apps (void)
{
  e2ee_link link;

  CHECK_OK (e2ee_link_parse (TEXT ("https://x/?lang=de&t=" HASH "&mm=1&&m=daily-7&title=a%20b#"
              SECRET), &link));
  CHECK_STR (link.meeting_id, "daily-7");
  e2ee_link_clear (&link);
}

static const struct
{
  const char *name;
  const char *text;
} wrong[] = {
  {"nothing", ""},
  {"no query", "https://x/#" SECRET},
  {"no secret", "https://x/" QUERY},
  {"an empty secret", "https://x/" QUERY "#"},
  {"a short secret", "https://x/" QUERY "#AQIDBA"},
  {"a long secret", "https://x/" QUERY "#" SECRET "A"},
  {"a secret with padding", "https://x/" QUERY "#" SECRET "="},
  {"a secret with trailing bits", "https://x/" QUERY "#AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB"},
  {"two secrets", "https://x/" QUERY "#" SECRET "#" SECRET},
  {"the secret in the query", "https://x/" QUERY "&s=" SECRET},
  {"no meeting", "https://x/?t=" HASH "#" SECRET},
  {"an empty meeting", "https://x/?m=&t=" HASH "#" SECRET},
  {"a meeting twice", "https://x/" QUERY "&m=daily-7#" SECRET},
  {"a meeting and an empty one", "https://x/?m=&m=daily-7&t=" HASH "#" SECRET},
  {"a meeting with a percent", "https://x/?m=daily%2d7&t=" HASH "#" SECRET},
  {"a meeting of 65", "https://x/?m=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "&t=" HASH "#" SECRET},
  {"no hash", "https://x/?m=daily-7#" SECRET},
  {"an empty hash", "https://x/?m=daily-7&t=#" SECRET},
  {"a short hash", "https://x/?m=daily-7&t=kPrK#" SECRET},
  {"a hash twice", "https://x/" QUERY "&t=" HASH "#" SECRET},
  {"the query behind the secret", "https://x/#" SECRET QUERY},
  {"a space", "https://x/ " QUERY "#" SECRET},
  {"a space in front", " " LINK},
  {"a line break behind it", LINK "\n"},
  {"a letter that is not ASCII", "https://\303\251/" QUERY "#" SECRET}
};

static void
test_link_with_a_part_missing_repeated_or_wrong_is_refused (void)
{
  for (size_t i = 0; i < CHECK_N (wrong); i++) {
    e2ee_link link;

    CHECK_ROW ("%s", wrong[i].name);
    CHECK_RESULT (e2ee_link_parse (TEXT (wrong[i].text), &link), LINK_FORMAT);
    CHECK (link.join_secret.data == NULL);
    CHECK_INT (link.meeting_id[0], 0);
  }
}

static void
test_link_with_a_zero_byte_is_refused (void)
{
  char text[] = LINK;
  e2ee_link link;

  text[10] = '\0';
  CHECK_RESULT (e2ee_link_parse (E2EE_BYTES (text, sizeof (text) - 1), &link), LINK_FORMAT);
}

static void
test_link_over_4_kib_is_refused (void)
{
  char text[4097];
  e2ee_link link;

  memset (text, 'x', sizeof (text));
  memcpy (text + 4096 - strlen (QUERY "#" SECRET), QUERY "#" SECRET, strlen (QUERY "#" SECRET));
  CHECK_OK (e2ee_link_parse (E2EE_BYTES (text, 4096), &link));
  e2ee_link_clear (&link);
  memmove (text + 1, text, 4096);
  CHECK_RESULT (e2ee_link_parse (E2EE_BYTES (text, 4097), &link), LINK_FORMAT);
}

/* The same meeting, ticket and secret. */
static int
reads_the_same (e2ee_bytes text)
{
  e2ee_link link, right;
  int same;

  if (e2ee_link_parse (text, &link) != E2EE_MEETING_OK)
    return 0;
  KIT_MUST (e2ee_link_parse (TEXT (LINK), &right) == E2EE_MEETING_OK);
  same = strcmp (link.meeting_id, right.meeting_id) == 0
      && memcmp (link.ticket_hash, right.ticket_hash, 32) == 0
      && memcmp (link.join_secret.data, right.join_secret.data, 32) == 0;
  e2ee_link_clear (&link);
  e2ee_link_clear (&right);
  return same;
}

static void
test_link_changed_anywhere_is_refused_or_another_meetings (void)
{
  kit_check_every_byte_counts (TEXT (QUERY "#" SECRET), reads_the_same);
}

static void
test_link_cut_anywhere_is_refused (void)
{
  e2ee_link link;

  for (size_t size = 0; size < strlen (LINK); size++) {
    CHECK_ROW ("%zu bytes", size);
    CHECK_RESULT (e2ee_link_parse (E2EE_BYTES (LINK, size), &link), LINK_FORMAT);
  }
}

static void
test_base_that_is_no_url_is_refused (void)
{
  static const char *const wrong_bases[] = { "https://x/#top", "https://x/ y", "https://\303\251/" };
  e2ee_link link;

  CHECK_OK (e2ee_link_parse (TEXT (LINK), &link));
  for (size_t i = 0; i < CHECK_N (wrong_bases); i++) {
    e2ee_mls_buffer text;

    CHECK_ROW ("%s", wrong_bases[i]);
    CHECK_RESULT (e2ee_link_format (wrong_bases[i], &link, &text), ARGUMENT);
    CHECK (text.data == NULL);
  }
  e2ee_link_clear (&link);
}

static void
test_link_without_its_parts_is_not_written (void)
{
  e2ee_mls_buffer text;
  e2ee_link link;

  memset (&link, 0, sizeof (link));
  strcpy (link.meeting_id, "daily-7");
  CHECK_RESULT (e2ee_link_format ("https://x/", &link, &text), ARGUMENT);
  CHECK_OK (e2ee_link_parse (TEXT (LINK), &link));
  link.meeting_id[0] = '\0';
  CHECK_RESULT (e2ee_link_format ("https://x/", &link, &text), ARGUMENT);
  e2ee_link_clear (&link);
}

static void
test_ticket_that_the_link_does_not_name_is_refused (void)
{
  e2ee_ticket ticket = ticket_of (E2EE_FLOOR_ALLOW, 0);
  const e2ee_ticket other = ticket_of (E2EE_FLOOR_ALLOW, 1);
  e2ee_link link;

  CHECK_OK (e2ee_link_parse (TEXT (LINK), &link));
  CHECK_RESULT (e2ee_link_check_ticket (&link, &ticket), TICKET_HASH);
  memcpy (link.ticket_hash, ticket.hash, 32);
  CHECK_OK (e2ee_link_check_ticket (&link, &ticket));
  CHECK_RESULT (e2ee_link_check_ticket (&link, &other), TICKET_HASH);
  strcpy (link.meeting_id, "daily-8");
  CHECK_RESULT (e2ee_link_check_ticket (&link, &ticket), TICKET_HASH);
  e2ee_link_clear (&link);
}

static const check_case cases[] = {
  CHECK_CASE (test_link_names_meeting_ticket_and_secret),
  CHECK_CASE (test_link_is_written_behind_any_base),
  CHECK_CASE (test_other_parts_of_the_query_are_the_apps),
  CHECK_CASE (test_link_with_a_part_missing_repeated_or_wrong_is_refused),
  CHECK_CASE (test_link_with_a_zero_byte_is_refused),
  CHECK_CASE (test_link_over_4_kib_is_refused),
  CHECK_CASE (test_link_changed_anywhere_is_refused_or_another_meetings),
  CHECK_CASE (test_link_cut_anywhere_is_refused),
  CHECK_CASE (test_base_that_is_no_url_is_refused),
  CHECK_CASE (test_link_without_its_parts_is_not_written),
  CHECK_CASE (test_ticket_that_the_link_does_not_name_is_refused),
};

CHECK_MAIN (cases)
