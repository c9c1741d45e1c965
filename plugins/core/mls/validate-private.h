/* What one leaf supports, for validate.c and validate-tree.c.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_VALIDATE_PRIVATE_H
#define E2EE_CORE_MLS_VALIDATE_PRIVATE_H

#include "core/mls/validate.h"

/* By its capabilities, or because every implementation does (section 7.2). */
int e2ee_mls_leaf_supports_extension (const e2ee_mls_leaf_node * leaf, uint16_t type);
int e2ee_mls_leaf_supports_proposal (const e2ee_mls_leaf_node * leaf, uint16_t type);
int e2ee_mls_leaf_supports_credential (const e2ee_mls_leaf_node * leaf, uint16_t type);

/* LEAF_REQUIRED_CAPABILITIES. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_leaf_meets_requirements (const e2ee_mls_leaf_node * leaf,
    const e2ee_mls_required_capabilities * required);

#endif
