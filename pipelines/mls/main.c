/* e2ee-mls: MLS groups over JSON lines, for tests and for implementations that want to meet ours.
 *
 * It prints secrets to whoever asks, so it is no place for the keys of a real meeting.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch.h"

/* A GroupInfo with the tree of a full group, twice as long in hexadecimal, and some. */
#define MAX_LINE ((size_t) 40 << 20)

typedef struct
{
  char *text;
  size_t size;
  size_t capacity;
  int too_long;
} Line;

static int
grow (Line * line)
{
  size_t capacity = line->capacity > 0 ? line->capacity * 2 : 65536;
  char *text = realloc (line->text, capacity);

  if (text == NULL)
    return 0;
  line->text = text;
  line->capacity = capacity;
  return 1;
}

/* 0 at the end of the input.  What is over the limit is read and thrown away. */
static int
read_line (FILE * file, Line * line)
{
  int byte;

  line->size = 0;
  line->too_long = 0;
  while ((byte = getc_unlocked (file)) != EOF && byte != '\n') {
    if (line->size == MAX_LINE || (line->size == line->capacity && !grow (line)))
      line->too_long = 1;
    if (!line->too_long)
      line->text[line->size++] = (char) byte;
  }
  return byte != EOF || line->size > 0 || line->too_long;
}

int
main (int argc, char **argv)
{
  Line line = { 0 };

  if (argc > 1) {
    fprintf (stderr, "usage: e2ee-mls    JSON lines in, JSON lines out; see docs/mls-program.md\n");
    return 2;
  }
  if (!dispatch_init ()) {
    fprintf (stderr, "e2ee-mls: the cryptography fails its self-test\n");
    return 1;
  }
  while (read_line (stdin, &line)) {
    char *answer = line.too_long ? dispatch_refusal ("too-large", "the line is too long")
        : dispatch_line (line.text, line.size);

    puts (answer != NULL ? answer
        : "{\"ok\":false,\"error\":\"no-memory\",\"text\":\"there is no memory\"}");
    fflush (stdout);
    dispatch_free (answer);
    if (line.size > 0)
      memset (line.text, 0, line.size);
  }
  free (line.text);
  dispatch_end ();
  return ferror (stdout) ? 1 : 0;
}
