/* Proposals of the running epoch, remembered until a commit takes them in or passes them by.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/group-private.h"

static void
cached_free (e2ee_mls_cached_proposal * cached)
{
  if (cached == NULL)
    return;
  e2ee_mls_buffer_clear (&cached->encoded);
  e2ee_mls_secret_clear (&cached->leaf_private);
  e2ee_mls_free (cached);
}

void
e2ee_mls_group_clear_proposals (e2ee_mls_group * group)
{
  while (group->proposals != NULL) {
    e2ee_mls_cached_proposal *first = group->proposals;

    group->proposals = first->next;
    cached_free (first);
  }
  group->n_proposals = 0;
  group->proposal_bytes = 0;
}

size_t
e2ee_mls_group_n_proposals (const e2ee_mls_group * group)
{
  return group->n_proposals;
}

const e2ee_mls_cached_proposal *
e2ee_mls_group_find_proposal (const e2ee_mls_group * group, e2ee_bytes reference)
{
  for (const e2ee_mls_cached_proposal * cached = group->proposals; cached != NULL;
      cached = cached->next) {
    if (e2ee_mls_same (e2ee_mls_digest_view (group->suite, &cached->reference), reference))
      return cached;
  }
  return NULL;
}

/* Takes @cached over, which has all but its decoded form. */
static e2ee_mls_result
append (e2ee_mls_group * group, e2ee_mls_cached_proposal * cached)
{
  e2ee_mls_cached_proposal **end = &group->proposals;
  e2ee_mls_reader reader;
  e2ee_mls_result r;

  e2ee_mls_reader_init (&reader, e2ee_mls_buffer_view (cached->encoded), NULL);
  e2ee_mls_proposal_read (&reader, &cached->proposal);
  r = e2ee_mls_reader_finish (&reader);
  /* A commit has to be able to name them all, and one member must not fill our memory. */
  if (r == E2EE_MLS_OK && (group->n_proposals >= E2EE_MLS_MAX_LIST
          || group->proposal_bytes + cached->encoded.size > E2EE_MLS_MAX_MESSAGE))
    r = E2EE_MLS_ERR_TOO_LARGE;
  if (r != E2EE_MLS_OK) {
    cached_free (cached);
    return r;
  }
  while (*end != NULL)
    end = &(*end)->next;
  *end = cached;
  group->n_proposals++;
  group->proposal_bytes += cached->encoded.size;
  return E2EE_MLS_OK;
}

e2ee_mls_result
e2ee_mls_group_remember_again (e2ee_mls_group * group, const e2ee_mls_digest * reference,
    uint32_t sender, e2ee_bytes encoded, e2ee_bytes leaf_private)
{
  e2ee_mls_cached_proposal *cached = e2ee_mls_alloc (1, sizeof (*cached));
  e2ee_mls_result r;

  if (cached == NULL)
    return E2EE_MLS_ERR_NO_MEMORY;
  cached->reference = *reference;
  cached->sender = sender;
  r = e2ee_mls_buffer_dup (encoded, &cached->encoded);
  if (r == E2EE_MLS_OK && leaf_private.size > 0)
    r = e2ee_mls_secret_dup (leaf_private, &cached->leaf_private);
  if (r == E2EE_MLS_OK)
    return append (group, cached);
  cached_free (cached);
  return r;
}

e2ee_mls_result
e2ee_mls_group_remember (e2ee_mls_group * group, const e2ee_mls_authenticated_content * content,
    const e2ee_mls_secret * leaf_private)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  e2ee_mls_digest reference;
  e2ee_mls_result r;

  r = e2ee_mls_proposal_ref (group->suite, content, &reference);
  if (r != E2EE_MLS_OK || e2ee_mls_group_find_proposal (group,
          e2ee_mls_digest_view (group->suite, &reference)) != NULL)
    return r;
  e2ee_mls_proposal_write (&writer, &content->content.u.proposal);
  r = writer.result;
  if (r == E2EE_MLS_OK)
    r = e2ee_mls_group_remember_again (group, &reference, content->content.sender.index,
        e2ee_mls_writer_view (&writer),
        leaf_private != NULL ? e2ee_mls_secret_view (*leaf_private) : E2EE_NO_BYTES);
  e2ee_mls_writer_clear (&writer);
  return r;
}
