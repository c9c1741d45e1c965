/* Runs a fuzz target over the seeds in a folder, one TAP line each, where libFuzzer is not at hand.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

#define MAX_SEED_SIZE (1 << 20)

static int
is_seed (const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

static int
run_seed (const char *folder, const char *name)
{
  char path[4096];
  FILE *file;
  uint8_t *seed, *exact;
  size_t size;

  snprintf (path, sizeof path, "%s/%s", folder, name);
  file = fopen (path, "rb");
  if (file == NULL)
    return 0;
  seed = malloc (MAX_SEED_SIZE);
  size = fread (seed, 1, MAX_SEED_SIZE, file);
  fclose (file);

  /* a block of just this size, so that a read past its end is seen */
  exact = malloc (size > 0 ? size : 1);
  memcpy (exact, seed, size);
  LLVMFuzzerTestOneInput (exact, size);
  free (exact);
  free (seed);
  return 1;
}

int
main (int argc, char **argv)
{
  struct dirent **seeds;
  int n_seeds = argc == 2 ? scandir (argv[1], &seeds, is_seed, alphasort) : -1;
  int failures = 0;

  if (n_seeds <= 0) {
    printf ("Bail out! no seeds\n");
    return 1;
  }

  printf ("1..%d\n", n_seeds);
  for (int i = 0; i < n_seeds; i++) {
    int ran = run_seed (argv[1], seeds[i]->d_name);

    printf ("%sok %d - %s\n", ran ? "" : "not ", i + 1, seeds[i]->d_name);
    fflush (stdout);
    failures += !ran;
    free (seeds[i]);
  }
  free (seeds);
  return failures > 0;
}
