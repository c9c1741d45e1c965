/* Time codes (timecode.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "timecode.h"

#include <math.h>

#define BITS 16
#define DIGITS 4                /* the last one is a check: of two blocks no third can be made */
#define NOTES 16
#define SPACING 100             /* Hz, of which a window holds whole periods */

static const guint lowest[DIGITS] = { 500, 2200, 3900, 5600 };

/* -- Pictures -- */

void
timecode_paint (guint8 * plane, gint stride, gint width, gint height, guint number)
{
  for (gint y = 0; y < height; y++) {
    for (gint x = 0; x < width; x++) {
      guint bit = number >> (x * BITS / width) & 1;

      plane[y * stride + x] = (bit ^ (y >= height / 2)) ? 220 : 30;
    }
  }
}

static guint
middle_of (const guint8 * plane, gint stride, gint x, gint y)
{
  guint sum = 0;

  for (gint dy = -1; dy <= 1; dy++)
    for (gint dx = -1; dx <= 1; dx++)
      sum += plane[(y + dy) * stride + x + dx];
  return sum / 9;
}

gint
timecode_read (const guint8 * plane, gint stride, gint width, gint height)
{
  guint number = 0;

  for (gint i = 0; i < BITS; i++) {
    gint x = (2 * i + 1) * width / (2 * BITS);
    guint upper = middle_of (plane, stride, x, height / 4);
    guint lower = middle_of (plane, stride, x, height * 3 / 4);

    if (MAX (upper, lower) - MIN (upper, lower) < 80)
      return -1;
    number |= (guint) (upper > lower) << i;
  }
  return (gint) number;
}

/* -- Sound -- */

static guint
check_of (guint block)
{
  return (block + 3 * (block >> 4) + 5 * (block >> 8)) & (NOTES - 1);
}

static guint
note (guint block, guint digit)
{
  guint value = digit == DIGITS - 1 ? check_of (block) : block >> (4 * digit);

  return lowest[digit] + SPACING * (value & (NOTES - 1));
}

void
timecode_sing (gint16 * samples, guint n_samples, guint64 first)
{
  for (guint i = 0; i < n_samples; i++) {
    guint64 at = first + i;
    guint block = (guint) (at / TIMECODE_BLOCK % TIMECODE_MAX);
    gdouble sum = 0;

    for (guint digit = 0; digit < DIGITS; digit++)
      sum += sin (2 * G_PI * note (block, digit) * (gdouble) (at % TIMECODE_RATE)
          / TIMECODE_RATE);
    samples[i] = (gint16) (6000 * sum);
  }
}

/* The power of one frequency (Goertzel). */
static gdouble
power_of (const gint16 * samples, guint frequency)
{
  gdouble c = 2 * cos (2 * G_PI * frequency / TIMECODE_RATE);
  gdouble s1 = 0, s2 = 0;

  for (guint i = 0; i < TIMECODE_WINDOW; i++) {
    gdouble s0 = samples[i] + c * s1 - s2;

    s2 = s1;
    s1 = s0;
  }
  return s1 * s1 + s2 * s2 - c * s1 * s2;
}

gint
timecode_hear (const gint16 * samples)
{
  gdouble energy = 0, heard = 0;
  guint block = 0;

  for (guint i = 0; i < TIMECODE_WINDOW; i++)
    energy += (gdouble) samples[i] * samples[i];
  if (energy < 1e6 * TIMECODE_WINDOW)
    return -1;
  for (guint digit = 0; digit < DIGITS; digit++) {
    gdouble best = 0;
    guint which = 0;

    for (guint i = 0; i < NOTES; i++) {
      gdouble power = power_of (samples, lowest[digit] + SPACING * i);

      if (power > best) {
        best = power;
        which = i;
      }
    }
    heard += best;
    block |= which << (4 * digit);
  }
  /* Where two blocks meet, each note has but a part of the window. */
  if (2 * heard / (TIMECODE_WINDOW * energy) < 0.8
      || block >> (4 * (DIGITS - 1)) != check_of (block & (TIMECODE_MAX - 1)))
    return -1;
  return (gint) (block & (TIMECODE_MAX - 1));
}
