/* Transcript hashes and the confirmation tag, RFC 9420 sections 8.2 and 6.1.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/transcript.h"

/* Hash (interim[n-1] || ConfirmedTranscriptHashInput[n]): wire format, content and signature. */
e2ee_mls_result
e2ee_mls_confirmed_transcript_hash (const e2ee_mls_suite * suite, e2ee_bytes interim_before,
    const e2ee_mls_authenticated_content * commit, e2ee_mls_digest * out)
{
  e2ee_mls_writer input = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_write_u16 (&input, commit->wire_format);
  e2ee_mls_framed_content_write (&input, &commit->content);
  e2ee_mls_write_vector (&input, commit->signature);
  r = input.result;
  if (r == E2EE_MLS_OK)
    e2ee_mls_hash (suite, (e2ee_bytes[]) { interim_before, e2ee_mls_writer_view (&input) }, 2,
        out->data);
  e2ee_mls_writer_clear (&input);
  return r;
}

/* Hash (confirmed[n] || InterimTranscriptHashInput[n]). */
e2ee_mls_result
e2ee_mls_interim_transcript_hash (const e2ee_mls_suite * suite, e2ee_bytes confirmed,
    e2ee_bytes confirmation_tag, e2ee_mls_digest * out)
{
  e2ee_mls_writer input = E2EE_MLS_WRITER_INIT;
  e2ee_mls_result r;

  e2ee_mls_write_vector (&input, confirmation_tag);
  r = input.result;
  if (r == E2EE_MLS_OK)
    e2ee_mls_hash (suite, (e2ee_bytes[]) { confirmed, e2ee_mls_writer_view (&input) }, 2,
        out->data);
  e2ee_mls_writer_clear (&input);
  return r;
}

void
e2ee_mls_confirmation_tag (const e2ee_mls_suite * suite, const e2ee_mls_digest * confirmation_key,
    e2ee_bytes confirmed, e2ee_mls_digest * out)
{
  e2ee_mls_mac (suite, e2ee_mls_digest_view (suite, confirmation_key), confirmed, out->data);
}

e2ee_mls_result
e2ee_mls_confirmation_tag_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_digest * confirmation_key, e2ee_bytes confirmed, e2ee_bytes tag)
{
  return e2ee_mls_mac_verify (suite, e2ee_mls_digest_view (suite, confirmation_key), confirmed,
      tag) ? E2EE_MLS_OK : E2EE_MLS_ERR_CONFIRMATION_TAG;
}
