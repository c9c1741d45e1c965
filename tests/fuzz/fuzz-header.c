/* Fuzz target: whatever is read as an SFrame header is the one encoding of what it says.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "fuzz.h"

#include "core/frame/header.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  uint8_t written[E2EE_SFRAME_MAX_HEADER_SIZE];
  e2ee_sframe_header header;
  e2ee_result r = e2ee_sframe_header_read (E2EE_BYTES (data, size), &header);

  if (r != E2EE_OK) {
    FUZZ_ASSERT (r == E2EE_ERR_TRUNCATED || r == E2EE_ERR_HEADER);
    FUZZ_ASSERT (r != E2EE_ERR_TRUNCATED || size < sizeof written);
    FUZZ_ASSERT (header.size == 0);
    return 0;
  }

  FUZZ_ASSERT (header.size >= 1 && header.size <= size && header.size <= sizeof written);
  FUZZ_ASSERT (e2ee_sframe_header_write (header.kid, header.ctr, written) == header.size);
  FUZZ_ASSERT (memcmp (written, data, header.size) == 0);
  return 0;
}
