/* What the gates of one meeting tell each other, so that they close and open at one running time.
 *
 * Every gate writes down what its stream said, and from which running time on.  A gate that looks
 * at a buffer looks up what the streams of the others said at that running time and judges it by
 * its own rule.  So the first stream that turns private at T closes all gates from T on, a gate
 * that lags behind closes and opens at the same T as one that ran ahead, and nobody needs to call
 * anybody.  What a gate had passed before another one knew of T cannot be recalled.
 *
 * A stream that has ended, has not begun, or is E2EE_GATE_GROUP_SILENCE behind has no say.  Streams
 * that can begin anywhere wait for those of the same feature that need a key frame, no longer than
 * E2EE_GATE_GROUP_PATIENCE.
 *
 * A group is one pipeline and one meeting: running times of different pipelines say nothing to each
 * other.  One short lock a group; nothing is called or sent with it held, but the rule.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/gaterule.h"

G_BEGIN_DECLS

#define E2EE_GATE_GROUP_SILENCE GST_SECOND
#define E2EE_GATE_GROUP_PATIENCE (3 * GST_SECOND)

typedef struct _E2eeGateMember E2eeGateMember;

/* What a stream says from one buffer on. */
typedef struct
{
  GstE2eeState state;
  guint64 epoch;
  gboolean broken;              /* closed for another reason than its state; for everybody */
} E2eeGateWord;

/* The rule of the gate that asks: whether a stream that says @word may pass. */
typedef gboolean (*E2eeGateRule) (gpointer user_data, const E2eeGateWord * word);

/* @pipeline and @meeting (nullable) name the group and are not looked at.  Gates of one @feature
 * wait for each other's key frames. */
E2eeGateMember *e2ee_gate_group_join (gconstpointer pipeline, gconstpointer meeting, guint feature);
/* NULL is allowed. */
void e2ee_gate_group_leave (E2eeGateMember * member);

/* A new stream, or a flush: what it said does not count any more. */
void e2ee_gate_group_forget (E2eeGateMember * member);
/* Its stream has ended. */
void e2ee_gate_group_end (E2eeGateMember * member);
/* It has come to @running_time without saying anything: a gap. */
void e2ee_gate_group_advance (E2eeGateMember * member, GstClockTime running_time);

typedef enum
{
  E2EE_GATE_GROUP_GO,
  E2EE_GATE_GROUP_TOGETHER,     /* another stream keeps it back */
  E2EE_GATE_GROUP_ENTRY         /* it must wait for a buffer at which it can begin */
} E2eeGateAnswer;

/* A buffer at @running_time, whose stream says @word.
 *
 *   @passes    by its own rule
 *   @is_open   the gate is open
 *   @anywhere  the stream can begin at any buffer; otherwise
 *   @entry     it could begin at this one
 *
 * Writes it down, and answers whether a buffer that @passes may go. */
E2eeGateAnswer e2ee_gate_group_ask (E2eeGateMember * member, GstClockTime running_time,
    const E2eeGateWord * word, gboolean passes, gboolean is_open, gboolean anywhere, gboolean entry,
    E2eeGateRule rule, gpointer user_data);

G_END_DECLS
