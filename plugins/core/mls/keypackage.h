/* KeyPackage, RFC 9420 section 10.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_KEYPACKAGE_H
#define E2EE_CORE_MLS_KEYPACKAGE_H

#include "core/mls/leafnode.h"

typedef struct
{
  uint16_t version;
  uint16_t cipher_suite;
  e2ee_bytes init_key;
  e2ee_mls_leaf_node leaf;
  e2ee_mls_extensions extensions;
  e2ee_bytes signature;
} e2ee_mls_key_package;

/* Needs no arena.  Version and suite are read, not judged (validate.h does). */
void e2ee_mls_key_package_read (e2ee_mls_reader * reader, e2ee_mls_key_package * out);
void e2ee_mls_key_package_write (e2ee_mls_writer * writer, const e2ee_mls_key_package * in);

/* KeyPackageRef, section 5.2. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_key_package_ref (const e2ee_mls_suite * suite,
    const e2ee_mls_key_package * key_package, e2ee_mls_digest * ref);

/* As e2ee_mls_leaf_node_sign(), for KeyPackageTBS. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_key_package_sign (const e2ee_mls_suite * suite,
    e2ee_mls_key_package * key_package, e2ee_bytes private_key, e2ee_mls_buffer * signature);
/* KEY_PACKAGE_SIGNATURE when it is not right.  Says nothing of the leaf inside. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_key_package_verify (const e2ee_mls_suite * suite,
    const e2ee_mls_key_package * key_package);

#endif
