/* What the tests of libgste2ee-1.0 share: a folder of their own, key files in it.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstcheck.h>
#include <gst/e2ee/e2ee.h>

/* 00 01 02 ... 0f and 00 01 02 ... 1f */
#define KIT_KEY_16 "AAECAwQFBgcICQoLDA0ODw"
#define KIT_KEY_32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define KIT_OTHER_KEY_16 "8PHy8_T19vf4-fr7_P3-_w"

/* A key file with one key of @members besides "kty". */
#define KIT_ONE_KEY(members) "{\"keys\":[{\"kty\":\"oct\"," members "}]}"

/* As GST_CHECK_MAIN(), but CK_VERBOSITY is obeyed: TAP allows no other lines. */
#define KIT_MAIN(name) \
  int \
  main (int argc, char **argv) \
  { \
    gst_check_init (&argc, &argv); \
    return kit_run (name ## _suite ()); \
  }

int kit_run (Suite * suite);

/* For tcase_add_checked_fixture(): an empty folder for each test. */
void kit_setup (void);
void kit_teardown (void);

/* The path of @name in that folder; freed with it. */
const gchar *kit_path (const gchar * name);

/* Writes a file of mode 0600 and returns its path. */
const gchar *kit_write (const gchar * name, const gchar * text);
const gchar *kit_write_bytes (const gchar * name, const void *bytes, gsize size);

/* Fails the test when the file is refused. */
GstE2eeKeyFile *kit_load (const gchar * path);

/* The key with @key_id among all of @file, or NULL; (transfer full). */
GstE2eeKey *kit_find_key (GstE2eeKeyFile * file, guint64 key_id);
guint kit_count_keys (GstE2eeKeyFile * file, GstE2eeKeyUsage usage);

/* Asserts that @path is refused with this error, that the message names @path and @fault, and
 * that it holds no piece of the kit's keys. */
void kit_assert_refused (const gchar * path, GQuark domain, gint code, const gchar * fault);
