/* Names and chat of others, as they are shown.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "kit.h"

#include "core/meeting/account.h"
#include "core/meeting/text.h"

typedef struct
{
  const char *name;
  const char *text;
  const char *shown;
} row;

/* Shown as they are when @shown is NULL. */
static void
check_names (const row * rows, size_t n_rows)
{
  for (size_t i = 0; i < n_rows; i++) {
    const char *expected = rows[i].shown != NULL ? rows[i].shown : rows[i].text;
    char out[E2EE_MAX_NAME + 1];

    CHECK_ROW ("%s", rows[i].name);
    CHECK_INT (e2ee_text_sanitize (TEXT (rows[i].text), out, sizeof (out)),
        rows[i].shown == NULL);
    CHECK_STR (out, expected);
  }
}

static const row honest[] = {
  {"plain", "Alice", NULL},
  {"with a space", "Alice B. Carroll", NULL},
  {"a digit and signs", "Alice (2) - she/her, #1 & co.", NULL},
  {"Latin with accents", "Zo\303\253 \303\205ngstr\303\266m", NULL},
  {"accents as marks", "Zoe\314\210", NULL},
  {"Vietnamese with two marks", "Nguye\314\202\314\203n", NULL},
  {"Greek", "\316\221\316\273\316\257\316\272\316\267", NULL},
  {"Cyrillic", "\320\220\320\273\320\270\321\201\320\260", NULL},
  {"Arabic", "\330\243\331\204\331\212\330\263", NULL},
  {"Hebrew with points", "\327\251\326\270\327\201\327\234\327\225\326\271\327\235", NULL},
  {"Devanagari", "\340\244\205\340\244\262\340\244\277\340\244\270", NULL},
  {"Thai", "\340\270\255\340\270\245\340\270\264\340\270\252", NULL},
  {"Chinese", "\347\210\261\344\270\275\344\270\235", NULL},
  {"Korean", "\354\225\250\353\246\254\354\212\244", NULL},
  {"an emoji that means nothing here", "Alice \360\237\220\261", NULL},
  {"a replacement character", "A\357\277\275", NULL}
};

static void
test_honest_names_stay_as_they_are (void)
{
  check_names (honest, CHECK_N (honest));
}

static const row spaces[] = {
  {"in front", "  Alice", "Alice"},
  {"behind", "Alice \t", "Alice"},
  {"twice in between", "Alice  B", "Alice B"},
  {"a tab", "Alice\tB", "Alice B"},
  {"a line break", "Alice\nHost", "Alice Host"},
  {"carriage return and line feed", "Alice\r\nHost", "Alice Host"},
  {"a no-break space", "Alice\302\240B", "Alice B"},
  {"a line separator", "Alice\342\200\250B", "Alice B"},
  {"a paragraph separator", "Alice\342\200\251B", "Alice B"},
  {"an ideographic space", "\347\210\261\343\200\200\344\270\275", "\347\210\261 \344\270\275"},
  {"many kinds", "A \342\200\200\342\200\212\341\232\200 B", "A B"},
  {"spaces alone", " \t\n ", "?"},
  {"nothing", "", "?"}
};

static void
test_spaces_are_collapsed_and_trimmed (void)
{
  check_names (spaces, CHECK_N (spaces));
}

static const row invisible[] = {
  {"right-to-left override", "Alice\342\200\256tsoH", "AlicetsoH"},
  {"left-to-right override", "\342\200\255Alice", "Alice"},
  {"embedding and pop", "\342\200\253Alice\342\200\254", "Alice"},
  {"isolates", "\342\201\246Ali\342\201\247c\342\201\250e\342\201\251", "Alice"},
  {"directional marks", "A\342\200\216l\342\200\217i\330\234ce", "Alice"},
  {"zero width space", "Ali\342\200\213ce", "Alice"},
  {"zero width joiners", "Ali\342\200\214c\342\200\215e", "Alice"},
  {"word joiner", "Ali\342\201\240ce", "Alice"},
  {"byte order mark", "\357\273\277Alice", "Alice"},
  {"soft hyphen", "Ali\302\255ce", "Alice"},
  {"grapheme joiner", "Ali\315\217ce", "Alice"},
  {"Hangul filler", "\343\205\244", "?"},
  {"half-width Hangul filler", "\357\276\240", "?"},
  {"Braille without dots", "\342\240\200\342\240\200", "?"},
  {"variation selector", "Alice\357\270\217", "Alice"},
  {"further variation selector", "Alice\363\240\204\200", "Alice"},
  {"tags", "Alice\363\240\201\210\363\240\201\257", "Alice"},
  {"private use", "Alice\356\200\200", "Alice"},
  {"private use, plane 15", "Alice\363\260\200\200", "Alice"},
  {"private use, plane 16", "Alice\364\200\200\200", "Alice"},
  {"no character", "Alice\357\267\220\357\277\276", "Alice"},
  {"no character of another plane", "Alice\360\237\277\276\360\237\277\277", "Alice"},
  {"object replacement", "Alice\357\277\274", "Alice"},
  {"annotations", "A\357\277\271lice\357\277\273", "Alice"},
  {"bell and escape", "A\007l\033[31mice", "Al[31mice"},
  {"delete", "Alice\177", "Alice"},
  {"a C1 control", "Alice\302\233", "Alice"},
  {"all of it and nothing else", "\342\200\213\342\200\256\357\270\217", "?"}
};

static void
test_what_cannot_be_seen_is_removed (void)
{
  check_names (invisible, CHECK_N (invisible));
}

static const row signs[] = {
  {"locked, U+1F512", "Alice \360\237\224\222", "Alice"},
  {"open lock, U+1F513", "\360\237\224\223 Alice", "Alice"},
  {"lock with pen, U+1F50F", "\360\237\224\217Alice", "Alice"},
  {"lock with key, U+1F510", "Alice\360\237\224\220", "Alice"},
  {"key, U+1F511", "\360\237\224\221", "?"},
  {"old key, U+1F5DD", "\360\237\227\235\357\270\217Alice", "Alice"},
  {"squared key, U+26BF", "\342\232\277Alice", "Alice"},
  {"shield, U+1F6E1", "\360\237\233\241\357\270\217 Alice \360\237\233\241", "Alice"},
  {"cross on shield, U+26E8", "\342\233\250Alice", "Alice"},
  {"beginner's shield, U+1F530", "\360\237\224\260Alice", "Alice"},
  {"white heavy tick, U+2705", "Alice \342\234\205 verified", "Alice verified"},
  {"tick, U+2713", "Alice\342\234\223", "Alice"},
  {"heavy tick, U+2714", "Alice \342\234\224\357\270\217", "Alice"},
  {"ballot box with tick, U+2611", "\342\230\221Alice", "Alice"},
  {"light tick, U+1F5F8", "\360\237\227\270Alice", "Alice"},
  {"box with bold tick, U+1F5F9", "\360\237\227\271Alice", "Alice"},
  {"root, U+221A", "Alice\342\210\232", "Alice"},
  {"cross, U+2717", "Alice\342\234\227", "Alice"},
  {"cross mark, U+274C", "Alice\342\235\214", "Alice"},
  {"squared cross mark, U+274E", "Alice\342\235\216", "Alice"},
  {"warning, U+26A0", "\342\232\240\357\270\217 Alice", "Alice"},
  {"no entry, U+26D4", "\342\233\224Alice", "Alice"},
  {"no entry sign, U+1F6AB", "\360\237\232\253Alice", "Alice"},
  {"prohibited, U+1F6C7", "\360\237\233\207Alice", "Alice"},
  {"stop sign, U+1F6D1", "\360\237\233\221Alice", "Alice"},
  {"exclamation mark, U+2757", "\342\235\227Alice", "Alice"},
  {"red circle, U+1F534", "\360\237\224\264 Alice", "Alice"},
  {"yellow circle, U+1F7E1", "\360\237\237\241 Alice", "Alice"},
  {"green circle, U+1F7E2", "\360\237\237\242 Alice", "Alice"},
  {"red square, U+1F7E5", "\360\237\237\245 Alice", "Alice"},
  {"yellow square, U+1F7E8", "\360\237\237\250 Alice", "Alice"},
  {"green square, U+1F7E9", "\360\237\237\251 Alice", "Alice"},
  {"black circle, U+25CF", "\342\227\217 Alice", "Alice"},
  {"squared OK, U+1F197", "\360\237\206\227 Alice", "Alice"},
  {"enclosing prohibition, U+20E0", "A\342\203\240", "A"},
  {"enclosing triangle, U+20E4", "!\342\203\244", "!"}
};

static void
test_signs_of_the_meeting_are_removed (void)
{
  check_names (signs, CHECK_N (signs));
}

static const row marks[] = {
  {"three marks", "a\314\200\314\201\314\202", NULL},
  {"four marks", "a\314\200\314\201\314\202\314\203b", "a\314\200\314\201\314\202b"},
  {"a mark in front", "\314\200Alice", "Alice"},
  {"a mark behind a space", "Alice \314\200B", "Alice B"},
  {"a mark behind a sign that goes", "\360\237\224\222\314\200Alice", "Alice"},
  {"marks alone", "\314\200\314\201", "?"}
};

static void
test_marks_do_not_pile_up (void)
{
  check_names (marks, CHECK_N (marks));
}

static void
test_zalgo_is_cut_down_to_three_marks_a_letter (void)
{
  char text[2048] = "", out[65];

  for (int letter = 0; letter < 5; letter++) {
    strcat (text, "x");
    for (int mark = 0; mark < 60; mark++)
      strcat (text, "\314\215");
  }
  CHECK_INT (e2ee_text_sanitize (TEXT (text), out, sizeof (out)), 0);
  CHECK_INT (strlen (out), 5 * (1 + 3 * 2));
}

#define FFFD "\357\277\275"

/* One U+FFFD for the longest part that might have begun a character (Unicode 3.9). */
static const row broken[] = {
  {"a lone continuation", "A\200B", "A" FFFD "B"},
  {"a byte that never stands", "A\377B", "A" FFFD "B"},
  {"an overlong slash", "A\300\257B", "A" FFFD FFFD "B"},
  {"an overlong slash of three", "A\340\200\257B", "A" FFFD FFFD FFFD "B"},
  {"an overlong slash of four", "A\360\200\200\257B", "A" FFFD FFFD FFFD FFFD "B"},
  {"a surrogate", "A\355\240\200B", "A" FFFD FFFD FFFD "B"},
  {"over U+10FFFF", "A\364\220\200\200B", "A" FFFD FFFD FFFD FFFD "B"},
  {"cut after two of four", "A\360\237", "A" FFFD},
  {"cut after three of four", "\360\237\224", FFFD},
  {"cut and then another", "\360\237\224\303\251", FFFD "\303\251"},
  {"Latin-1", "Zo\353", "Zo" FFFD}
};

static void
test_broken_utf8_becomes_replacement_characters (void)
{
  check_names (broken, CHECK_N (broken));
}

static void
test_zero_bytes_are_removed (void)
{
  char out[16];

  CHECK_INT (e2ee_text_sanitize (E2EE_BYTES ("Al\0ice", 6), out, sizeof (out)), 0);
  CHECK_STR (out, "Alice");
}

static const struct
{
  const char *text;
  size_t size;
  const char *shown;
  int kept;
} cuts[] = {
  {"Alice", 6, "Alice", 1},
  {"Alice", 5, "Alic", 0},
  {"Alice", 2, "A", 0},
  {"Alice", 1, "", 0},
  {"Zo\303\253", 4, "Zo", 0},
  {"Zo\303\253", 5, "Zo\303\253", 1},
  {"A B", 3, "A", 0},
  {"A B", 4, "A B", 1},
  {"A  \303\253", 4, "A", 0},
  {"\360\237\220\261", 4, "?", 0},
  {"\360\237\220\261", 5, "\360\237\220\261", 1}
};

static void
test_name_is_cut_at_a_character (void)
{
  for (size_t i = 0; i < CHECK_N (cuts); i++) {
    char out[16];

    memset (out, 'x', sizeof (out));
    CHECK_ROW ("%s in %zu", cuts[i].text, cuts[i].size);
    CHECK_INT (e2ee_text_sanitize (TEXT (cuts[i].text), out, cuts[i].size), cuts[i].kept);
    CHECK_STR (out, cuts[i].shown);
    CHECK_INT (out[cuts[i].size], 'x');
  }
}

static void
test_no_room_is_no_output (void)
{
  char out = 'x';

  CHECK_INT (e2ee_text_sanitize (TEXT ("A"), &out, 0), 0);
  CHECK_INT (e2ee_text_sanitize_chat (TEXT ("A"), &out, 0), 0);
  CHECK_INT (out, 'x');
}

/* Every code point: what comes out goes in again unchanged, and is UTF-8 that jansson takes. */
static void
test_what_is_shown_is_safe_to_show_again (void)
{
  unsigned kept = 0;

  for (uint32_t c = 1; c <= 0x10ffff; c++) {
    char in[8] = "a", out[16], again[16];
    size_t size = 1;

    if (c >= 0xd800 && c <= 0xdfff)
      continue;
    if (c < 0x80) {
      in[size++] = (char) c;
    } else {
      const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

      in[size++] = (char) ((0xf0 << (3 - more)) | c >> 6 * more);
      for (int i = more; i-- > 0;)
        in[size++] = (char) (0x80 | (c >> 6 * i & 0x3f));
    }
    kept += (unsigned) e2ee_text_sanitize (E2EE_BYTES (in, size), out, sizeof (out));
    CHECK_ROW ("U+%04X", (unsigned) c);
    CHECK_INT (e2ee_text_sanitize (TEXT (out), again, sizeof (again)), 1);
    CHECK_STR (again, out);
  }
  /* Planes 14 to 16 and the private use area are out, nearly everything else stays. */
  CHECK (kept > 900000 && kept < 917504 - 6400);
}

static const row chat[] = {
  {"plain", "Hello", NULL},
  {"lines and tabs", "a\n\tb\n", NULL},
  {"spaces stay", "  a  b ", NULL},
  {"locks and ticks stay", "\360\237\224\222 \342\234\205", NULL},
  {"a family with joiners", "\360\237\221\251\342\200\215\360\237\221\247", NULL},
  {"a heart with variation selector", "\342\235\244\357\270\217", NULL},
  {"a flag with tags", "\360\237\217\264\363\240\201\247\363\240\201\277", NULL},
  {"right-to-left override", "a\342\200\256b", "ab"},
  {"isolates and marks", "\342\201\246a\342\201\251\342\200\217b\330\234", "ab"},
  {"a carriage return", "a\r\nb", "a\nb"},
  {"escape", "\033[2Ja", "[2Ja"},
  {"a C1 control", "a\302\233b", "ab"},
  {"a line separator", "a\342\200\250b", "ab"},
  {"a broken sequence", "a\377b", "a" FFFD "b"},
  {"nothing", "", NULL}
};

static void
test_chat_keeps_emoji_and_lines_but_no_controls (void)
{
  for (size_t i = 0; i < CHECK_N (chat); i++) {
    const char *expected = chat[i].shown != NULL ? chat[i].shown : chat[i].text;
    char out[64];

    CHECK_ROW ("%s", chat[i].name);
    CHECK_INT (e2ee_text_sanitize_chat (TEXT (chat[i].text), out, sizeof (out)),
        chat[i].shown == NULL);
    CHECK_STR (out, expected);
  }
}

static void
test_chat_is_never_longer_than_three_times_its_bytes (void)
{
  uint8_t text[64];
  char out[3 * sizeof (text) + 1];

  memset (text, 0xff, sizeof (text));
  CHECK_INT (e2ee_text_sanitize_chat (E2EE_BYTES (text, sizeof (text)), out, sizeof (out)), 0);
  CHECK_INT (strlen (out), 3 * sizeof (text));
  CHECK_INT (e2ee_text_sanitize_chat (E2EE_BYTES (text, sizeof (text)), out, 8), 0);
  CHECK_STR (out, FFFD FFFD);
}

static const check_case cases[] = {
  CHECK_CASE (test_honest_names_stay_as_they_are),
  CHECK_CASE (test_spaces_are_collapsed_and_trimmed),
  CHECK_CASE (test_what_cannot_be_seen_is_removed),
  CHECK_CASE (test_signs_of_the_meeting_are_removed),
  CHECK_CASE (test_marks_do_not_pile_up),
  CHECK_CASE (test_zalgo_is_cut_down_to_three_marks_a_letter),
  CHECK_CASE (test_broken_utf8_becomes_replacement_characters),
  CHECK_CASE (test_zero_bytes_are_removed),
  CHECK_CASE (test_name_is_cut_at_a_character),
  CHECK_CASE (test_no_room_is_no_output),
  CHECK_CASE (test_what_is_shown_is_safe_to_show_again),
  CHECK_CASE (test_chat_keeps_emoji_and_lines_but_no_controls),
  CHECK_CASE (test_chat_is_never_longer_than_three_times_its_bytes),
};

CHECK_MAIN (cases)
