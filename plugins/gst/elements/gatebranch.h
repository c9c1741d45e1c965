/* The branch behind a gate: what it sees of the gate's closing and opening, and what it gets in
 * the place of private media.
 *
 * Belongs to the streaming thread.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#pragma once

#include "elements/policyenums.h"

G_BEGIN_DECLS

typedef struct _E2eeGateBranch E2eeGateBranch;

/* @element owns the pads and posts the warnings, and must outlive the branch. */
E2eeGateBranch *e2ee_gate_branch_new (GstElement * element, GstPad * sinkpad, GstPad * srcpad);
/* NULL is allowed. */
void e2ee_gate_branch_free (E2eeGateBranch * branch);
void e2ee_gate_branch_reset (E2eeGateBranch * branch);
void e2ee_gate_branch_set_caps (E2eeGateBranch * branch, const GstCaps * caps);
/* Timestamps begin again. */
void e2ee_gate_branch_forget (E2eeGateBranch * branch);

/* The gate has opened: a branch whose stream was ended gets a new one. */
void e2ee_gate_branch_open (E2eeGateBranch * branch);
/* The gate has closed after something had passed: with @eos the stream ends, with @flush the branch
 * forgets what it holds.  Returns whether it was flushed. */
gboolean e2ee_gate_branch_close (E2eeGateBranch * branch, gboolean eos, gboolean flush);
/* TRUE between the end of a stream and the next opening: nothing may be sent. */
gboolean e2ee_gate_branch_has_ended (E2eeGateBranch * branch);

/* A gap as long as @buffer; the packets of one frame share a timestamp and leave one.  Returns
 * whether it was sent. */
gboolean e2ee_gate_branch_push_gap (E2eeGateBranch * branch, GstBuffer * buffer);
/* NULL when nothing can stand in for @buffer; the first time a warning says so.  Encoded media: what
 * stands in for it would have to be encoded alike. */
GstBuffer *e2ee_gate_branch_make_blank (E2eeGateBranch * branch, GstBuffer * buffer,
    GstE2eePolicyFeature feature);

G_END_DECLS
