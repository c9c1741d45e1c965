/* The two halves of judging proposals, for a committer who picks those that can stand together.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_PROPOSALLIST_PRIVATE_H
#define E2EE_CORE_MLS_PROPOSALLIST_PRIVATE_H

#include "core/mls/proposallist.h"

/* One proposal by itself under the extensions that the commit leaves behind: signatures,
 * credentials, capabilities. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_proposal_validate_alone (const e2ee_mls_list_check * check,
    const e2ee_mls_extensions * extensions, const e2ee_mls_listed_proposal * proposal);

/* A member's list as a whole; every proposal has passed alone.  No signature is verified here. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_proposal_list_validate_together (
    const e2ee_mls_list_check * check, const e2ee_mls_listed_proposal * proposals,
    size_t n_proposals);

/* The extensions that hold after the list. */
const e2ee_mls_extensions *e2ee_mls_proposal_list_extensions (const e2ee_mls_list_check * check,
    const e2ee_mls_listed_proposal * proposals, size_t n_proposals);

#endif
