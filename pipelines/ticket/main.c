/* e2ee-ticket: keys, accounts, tickets and links of meetings.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * Does without gst_init(): nothing here needs a plugin, and a registry scan takes seconds. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/crypto/secret.h"
#include "tool.h"

#define EXIT_USAGE 2

static const struct
{
  const gchar *name;
  const gchar *usage;
  ToolVerb verb;
} verbs[] = {
  {"authority", "FILE                make the key of an account authority", tool_authority},
  {"device", "FILE                   make the key of a device", tool_device},
  {"account", "--authority FILE --device FILE --subject S --name N OUT", tool_account},
  {"ticket", "--device FILE --account FILE OUT", tool_ticket},
  {"show", "FILE                     print what a token, ticket or link says", tool_show},
  {"thumbprint", "FILE               print the thumbprint of a key", tool_thumbprint},
  {"verify-log", "FILE               verify the log of a meeting", tool_verify_log}
};

static void
print_usage (void)
{
  g_print ("Usage: " TOOL_NAME " VERB [OPTION]... FILE\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  " TOOL_NAME " %s %s\n", verbs[i].name, verbs[i].usage);
  g_print ("\n" TOOL_NAME " VERB --help says more.  Secrets go into files of mode 0600 and are never "
      "printed.\nExit status: 0, 1 when it failed, 2 when the options make no sense.\n");
}

static gint
run (ToolVerb verb, int argc, char **argv)
{
  gint status = EXIT_SUCCESS;
  GError *error = NULL;
  gchar *program = g_strconcat (TOOL_NAME " ", argv[0], NULL);

  g_set_prgname (program);      /* for --help */
  g_free (program);
  if (!verb (argc, argv, &error)) {
    g_printerr (TOOL_NAME ": %s\n", error->message);
    status = error->domain == G_OPTION_ERROR ? EXIT_USAGE : EXIT_FAILURE;
  }
  g_clear_error (&error);
  return status;
}

int
main (int argc, char **argv)
{
  const struct rlimit no_core = { 0, 0 };
  const gchar *name = argc > 1 ? argv[1] : "";

  setlocale (LC_ALL, "");
  setrlimit (RLIMIT_CORE, &no_core);
  if (e2ee_crypto_init () != E2EE_OK) {
    g_printerr (TOOL_NAME ": the cryptography does not start\n");
    return EXIT_FAILURE;
  }
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0) {
    print_usage ();
    return EXIT_SUCCESS;
  }
  if (strcmp (name, "--version") == 0) {
    g_print (TOOL_NAME " " VERSION "\n");
    return EXIT_SUCCESS;
  }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (name, verbs[i].name) == 0)
      return run (verbs[i].verb, argc - 1, argv + 1);
  g_printerr (TOOL_NAME ": no verb \"%s\"; --help lists them\n", name);
  return EXIT_USAGE;
}
