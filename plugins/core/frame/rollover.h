/* How far the streams of one element have come: the packet index of each SSRC, kept across keys.
 *
 * SRTP sends 16 bits of a packet's 48-bit index; the rest, the roll-over counter, both ends count
 * for themselves, and it goes on when the key changes (RFC 3711 section 3.3.1).  Keys are made and
 * dropped, so what has to outlive them is here.
 *
 * References are atomic; everything else belongs to the one thread that seals or opens.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_FRAME_ROLLOVER_H
#define E2EE_CORE_FRAME_ROLLOVER_H

#include <stddef.h>
#include <stdint.h>

#include "core/result.h"

/* The streams that are remembered; the one that was quiet for longest gives way. */
#define E2EE_ROLLOVER_MAX_STREAMS 256
#define E2EE_ROLLOVER_MAX_INDEX ((UINT64_C (1) << 48) - 1)
#define E2EE_ROLLOVER_NAME_SIZE 32

typedef struct e2ee_rollover e2ee_rollover;

typedef enum
{
  E2EE_ROLLOVER_REFUSED = 0,    /* somebody else has sent under this key with this SSRC */
  E2EE_ROLLOVER_NEW,            /* nobody has */
  E2EE_ROLLOVER_OURS            /* we have */
} e2ee_rollover_claim;

/* Asked before the first packet of @ssrc is sealed under a static key, whose name (a one-way hash)
 * is @name: such a key may be in use elsewhere in the process, or have been, and a second sender of
 * the same SSRC would repeat nonces.  Any thread. */
typedef e2ee_rollover_claim (*e2ee_rollover_claim_func) (void *user,
    const uint8_t name[E2EE_ROLLOVER_NAME_SIZE], uint32_t ssrc);

/* @claim may be NULL: everything is ours alone, and new when there is nothing known of it here.
 * NULL: no memory. */
E2EE_MUST_USE e2ee_rollover *e2ee_rollover_new (e2ee_rollover_claim_func claim, void *user);
e2ee_rollover *e2ee_rollover_ref (e2ee_rollover * rollover);
void e2ee_rollover_unref (e2ee_rollover * rollover);

e2ee_rollover_claim e2ee_rollover_ask (const e2ee_rollover * rollover,
    const uint8_t name[E2EE_ROLLOVER_NAME_SIZE], uint32_t ssrc);

/* Nonzero when something is known of @ssrc; *@highest is then its highest index so far. */
int e2ee_rollover_find (const e2ee_rollover * rollover, uint32_t ssrc, uint64_t * highest);

/* A packet of @ssrc with @index was sealed, or was authentic. */
void e2ee_rollover_see (e2ee_rollover * rollover, uint32_t ssrc, uint64_t index);

/* RFC 3711 section 3.3.1 and appendix A: the index of a packet with the sequence number @seq when
 * the highest so far is @highest; the nearest one, which may be over E2EE_ROLLOVER_MAX_INDEX. */
uint64_t e2ee_rollover_guess (uint64_t highest, uint16_t seq);

#endif
