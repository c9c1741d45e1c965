/* RTP packets, SRTP keys and both ends of a stream, for the tests of SRTP.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_TESTS_SRTP_PACKETS_H
#define E2EE_TESTS_SRTP_PACKETS_H

#include "check.h"
#include "frame-keys.h"

#include "core/frame/format.h"
#include "core/frame/srtp.h"

#define GCM_128 E2EE_SUITE_SRTP_AEAD_AES_128_GCM
#define GCM_256 E2EE_SUITE_SRTP_AEAD_AES_256_GCM
#define CM_80 E2EE_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80

#define MAX_PACKET 2048
#define UNTOUCHED 0xaa
#define SSRC 0x11223344

static const e2ee_suite_id srtp_suites[] = { GCM_128, GCM_256, CM_80 };

typedef struct
{
  uint8_t bytes[MAX_PACKET];
  size_t size;
} test_packet;

#define PACKET(p) E2EE_BYTES ((p)->bytes, (p)->size)

/* A packet with @payload bytes, none of which is 0 or UNTOUCHED, so that they cannot hide in wiped
 * memory. */
static inline test_packet
make_packet (uint32_t ssrc, uint16_t seq, size_t payload)
{
  test_packet p = {.size = 12 + payload };

  p.bytes[0] = 0x80;
  p.bytes[1] = 96;
  e2ee_put_be (p.bytes + 2, seq, 2);
  e2ee_put_be (p.bytes + 4, 1000 + seq, 4);
  e2ee_put_be (p.bytes + 8, ssrc, 4);
  for (size_t i = 0; i < payload; i++)
    p.bytes[12 + i] = (uint8_t) (1 + (i + seq) % 100);
  return p;
}

/* @secret is the one byte that master key and salt consist of. */
static inline e2ee_key_params
srtp_params (e2ee_key_usage usage, e2ee_suite_id suite, uint64_t kid, uint8_t secret,
    size_t mki_size, e2ee_rollover * rollover)
{
  static uint8_t masters[256][E2EE_SRTP_MAX_MASTER_SIZE];

  memset (masters[secret], secret, sizeof masters[secret]);
  return (e2ee_key_params) {
    .suite = e2ee_suite_find (suite),
    .kid = kid,
    .base_key = E2EE_BYTES (masters[secret], e2ee_srtp_master_size (e2ee_suite_find (suite))),
    .usage = usage,
    .origin = E2EE_KEY_STATIC,
    .mki_size = mki_size,
    .rollover = rollover,
  };
}

static inline e2ee_key *
srtp_sender (e2ee_suite_id suite, uint64_t kid, uint8_t secret, e2ee_rollover * rollover)
{
  return make_key_with (e2ee_env_default (),
      srtp_params (E2EE_KEY_ENCRYPT, suite, kid, secret, 4, rollover));
}

static inline e2ee_keyring *
srtp_ring_new (size_t mki_size)
{
  e2ee_keyring *ring = e2ee_keyring_new ();

  e2ee_keyring_set_mki_size (ring, mki_size);
  return ring;
}

static inline void
srtp_ring_take (e2ee_keyring ** ring, e2ee_suite_id suite, uint64_t kid, uint8_t secret,
    uint64_t epoch, e2ee_rollover * rollover)
{
  e2ee_key *key = make_key_with (e2ee_env_default (), srtp_params (E2EE_KEY_DECRYPT, suite, kid,
          secret, e2ee_keyring_get_mki_size (*ring), rollover));

  if (key == NULL || ring_take (ring, key, epoch) != E2EE_OK)
    check_fail (__FILE__, __LINE__, "no key for the ring");
}

/* A ring with one key, whose MKI has four bytes. */
static inline e2ee_keyring *
srtp_ring (e2ee_suite_id suite, uint64_t kid, uint8_t secret, e2ee_rollover * rollover)
{
  e2ee_keyring *ring = srtp_ring_new (4);

  srtp_ring_take (&ring, suite, kid, secret, 1, rollover);
  return ring;
}

static inline e2ee_result
seal (e2ee_key * key, const test_packet * plain, test_packet * sealed)
{
  e2ee_frame_info info;
  e2ee_result r;

  memset (sealed, UNTOUCHED, sizeof *sealed);
  if (e2ee_format_srtp.seal_bound (key, E2EE_CODEC_NONE, plain->size) > sizeof sealed->bytes)
    return E2EE_ERR_TOO_LARGE;
  r = e2ee_format_srtp.seal (key, E2EE_CODEC_NONE, PACKET (plain), sealed->bytes, &sealed->size,
      &info);
  for (size_t i = e2ee_format_srtp.seal_bound (key, E2EE_CODEC_NONE, plain->size);
      i < sizeof sealed->bytes; i++) {
    if (sealed->bytes[i] != UNTOUCHED)
      check_fail (__FILE__, __LINE__, "byte %zu behind the bound was written", i);
  }
  if (r != E2EE_OK && sealed->size != 0)
    check_fail (__FILE__, __LINE__, "a size was given for a packet that was not sealed");
  return r;
}

/* The sealed packet with the sequence number @seq; what it holds follows from that. */
static inline e2ee_result
seal_seq (e2ee_key * key, uint16_t seq, test_packet * sealed)
{
  const test_packet plain = make_packet (SSRC, seq, 100);

  return seal (key, &plain, sealed);
}

/* Opens at @now_ms, and checks what a failure must leave behind. */
static inline e2ee_result
open_at (const e2ee_keyring * ring, uint64_t now_ms, const test_packet * sealed,
    test_packet * plain, e2ee_frame_info * info)
{
  e2ee_result r;

  memset (plain->bytes, UNTOUCHED, sizeof plain->bytes);
  plain->size = 12345;
  r = e2ee_format_srtp.open (ring, now_ms, E2EE_CODEC_NONE, PACKET (sealed), plain->bytes,
      &plain->size, info);
  for (size_t i = r == E2EE_OK ? sealed->size : 0; i < sizeof plain->bytes; i++) {
    if (plain->bytes[i] != UNTOUCHED && (i >= sealed->size || plain->bytes[i] != 0))
      check_fail (__FILE__, __LINE__, "byte %zu came out", i);
  }
  if (r != E2EE_OK && plain->size != 0)
    check_fail (__FILE__, __LINE__, "a size was given for a packet that did not open");
  return r;
}

static inline e2ee_result
open_packet (const e2ee_keyring * ring, const test_packet * sealed)
{
  e2ee_frame_info info;
  test_packet plain;

  return open_at (ring, 0, sealed, &plain, &info);
}

/* As open_packet(), and it must be the one that seal_seq() made. */
static inline e2ee_result
open_seq (const e2ee_keyring * ring, uint16_t seq, const test_packet * sealed)
{
  const test_packet expected = make_packet (SSRC, seq, 100);
  e2ee_frame_info info;
  test_packet plain;
  e2ee_result r = open_at (ring, 0, sealed, &plain, &info);

  if (r == E2EE_OK && !check_same (PACKET (&plain), PACKET (&expected)))
    check_fail (__FILE__, __LINE__, "the packet opened to something else");
  return r;
}

#endif
