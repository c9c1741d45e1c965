/* No copy of a key stays in memory: the test looks through all of its own process.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * The key is in this program only behind a mask, so whatever is found was left by the library. */
#include "kit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#define MASK 0x5a
#define KEY_SIZE 32
/* Shorter pieces than this would be found by chance. */
#define PIECE 8
/* Offset of "k" in the file is past a token that makes a parser's buffer grow. */
#define BEFORE "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"k\":\""
#define AFTER "\",\"sender\":\"alice\"}]}"

static const guint8 masked_key[KEY_SIZE] = {
  0x9b, 0x10, 0xe7, 0x42, 0x3c, 0xf1, 0x08, 0xad, 0x66, 0xd9, 0x27, 0xb4, 0x71, 0x8e, 0x05, 0xc2,
  0x3f, 0xa8, 0x54, 0xeb, 0x19, 0x7d, 0xc6, 0x30, 0x8b, 0x62, 0xfe, 0x0d, 0xb7, 0x41, 0x96, 0x2c
};

static guint8 masked_text[64];
static gsize text_size;

/* How often does one of the PIECE bytes long beginnings of every eighth byte of @masked stand in
 * @memory? */
static guint
count_pieces (const guint8 * memory, gsize size, const guint8 * masked, gsize masked_size)
{
  guint found = 0;

  for (gsize at = 0; at + PIECE <= size; at++) {
    for (gsize piece = 0; piece + PIECE <= masked_size; piece += PIECE) {
      gsize i = 0;

      while (i < PIECE && (memory[at + i] ^ MASK) == masked[piece + i])
        i++;
      if (i == PIECE)
        found++;
    }
  }
  return found;
}

/* Over every page that this process can write.  Reading through /proc/self/mem answers an error
 * where a guard page is, instead of a signal. */
static void
scan (guint * n_keys, guint * n_texts)
{
  FILE *maps = fopen ("/proc/self/maps", "r");
  int mem = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  guint8 *copy = sodium_malloc (65536 + 64);
  char line[512];

  fail_unless (maps != NULL && mem >= 0 && copy != NULL);
  *n_keys = *n_texts = 0;
  while (fgets (line, sizeof line, maps)) {
    unsigned long long begin, end;
    char mode[5];

    if (sscanf (line, "%llx-%llx %4s", &begin, &end, mode) != 3 || mode[1] != 'w')
      continue;
    for (; begin < end; begin += 65536) {
      /* Pages overlap by one piece less a byte, so that none is cut. */
      ssize_t got = pread (mem, copy, MIN (end - begin, 65536 + PIECE - 1), (off_t) begin);

      if (got <= 0 || (begin <= (gsize) copy && (gsize) copy < begin + 65536))
        continue;
      *n_keys += count_pieces (copy, got, masked_key, KEY_SIZE);
      *n_texts += count_pieces (copy, got, masked_text, text_size);
    }
  }
  sodium_free (copy);
  close (mem);
  fclose (maps);
}

static const gchar *
write_key_file (const gchar * before, const gchar * after)
{
  guint8 *key = sodium_malloc (KEY_SIZE);
  char *text = sodium_malloc (64);
  const gchar *path = kit_path ("keys.json");
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  for (guint i = 0; i < KEY_SIZE; i++)
    key[i] = masked_key[i] ^ MASK;
  sodium_bin2base64 (text, 64, key, KEY_SIZE, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text_size = strlen (text);
  for (guint i = 0; i < text_size; i++)
    masked_text[i] = text[i] ^ MASK;
  fail_unless (write (fd, before, strlen (before)) > 0);
  fail_unless (write (fd, text, text_size) > 0);
  fail_unless (write (fd, after, strlen (after)) > 0);
  close (fd);
  sodium_free (text);
  sodium_free (key);
  return path;
}

static void
assert_memory_holds (guint wanted_keys)
{
  guint n_keys, n_texts;

  scan (&n_keys, &n_texts);
  fail_unless (n_keys == wanted_keys && n_texts == 0,
      "%u pieces of the key instead of %u, %u of its text", n_keys, wanted_keys, n_texts);
}

GST_START_TEST (test_a_loaded_key_is_in_memory_once_and_its_text_not_at_all)
{
  const gchar *path = write_key_file (BEFORE, AFTER);
  GstE2eeKeyFile *file;

  assert_memory_holds (0);
  file = kit_load (path);
  assert_memory_holds (KEY_SIZE / PIECE);
  fail_unless (gst_e2ee_key_file_reload (file, NULL));
  assert_memory_holds (KEY_SIZE / PIECE);
  g_object_unref (file);
  assert_memory_holds (0);
}

GST_END_TEST;

static void
assert_refused_without_a_trace (const gchar * before, const gchar * after)
{
  const gchar *path = write_key_file (before, after);
  GError *error = NULL;

  fail_unless (gst_e2ee_key_file_new (path, &error) == NULL);
  assert_memory_holds (0);
  g_error_free (error);
}

GST_START_TEST (test_a_refused_key_leaves_no_trace)
{
  assert_refused_without_a_trace (BEFORE, "\",\"alg\":\"AES_128_GCM_SHA256_128\"}]}");
}

GST_END_TEST;

GST_START_TEST (test_a_broken_text_leaves_no_trace)
{
  assert_refused_without_a_trace (BEFORE, "\"}]");
}

GST_END_TEST;

GST_START_TEST (test_a_key_in_the_wrong_member_leaves_no_trace)
{
  assert_refused_without_a_trace ("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"1\",\"key\":\"", AFTER);
}

GST_END_TEST;

GST_START_TEST (test_a_key_that_breaks_off_leaves_no_trace)
{
  assert_refused_without_a_trace (BEFORE, "\n}]}");
}

GST_END_TEST;

static guint
count_mappings (void)
{
  FILE *maps = fopen ("/proc/self/maps", "r");
  char line[512];
  guint n = 0;

  while (fgets (line, sizeof line, maps))
    n++;
  fclose (maps);
  return n;
}

/* Memory checkers do not see locked memory, but each piece of it is a mapping. */
GST_START_TEST (test_loading_again_and_again_takes_no_more_locked_memory)
{
  const gchar *path = write_key_file (BEFORE, AFTER);
  const gchar *bad = kit_write ("bad.json", "{\"keys\":[1]}");
  GstE2eeKeyFile *file = kit_load (path);
  guint before, after;

  before = count_mappings ();
  for (guint i = 0; i < 100; i++) {
    fail_unless (gst_e2ee_key_file_reload (file, NULL));
    fail_unless (gst_e2ee_key_file_new (bad, NULL) == NULL);
  }
  after = count_mappings ();
  fail_unless (after < before + 50, "%u mappings instead of %u", after, before);
  g_object_unref (file);
}

GST_END_TEST;

static void
setup (void)
{
  kit_setup ();
  fail_unless (sodium_init () >= 0);
}

static Suite *
secrets_suite (void)
{
  Suite *s = suite_create ("secrets");
  TCase *tc = tcase_create ("secrets");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, kit_teardown);
  tcase_add_test (tc, test_a_loaded_key_is_in_memory_once_and_its_text_not_at_all);
  tcase_add_test (tc, test_a_refused_key_leaves_no_trace);
  tcase_add_test (tc, test_a_broken_text_leaves_no_trace);
  tcase_add_test (tc, test_a_key_in_the_wrong_member_leaves_no_trace);
  tcase_add_test (tc, test_a_key_that_breaks_off_leaves_no_trace);
  tcase_add_test (tc, test_loading_again_and_again_takes_no_more_locked_memory);
  return s;
}

KIT_MAIN (secrets)
