/* Extensions, RFC 9420 section 13, and those with a structure of their own.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#ifndef E2EE_CORE_MLS_EXTENSION_H
#define E2EE_CORE_MLS_EXTENSION_H

#include "core/mls/codec.h"

#define E2EE_MLS_EXT_APPLICATION_ID 0x0001
#define E2EE_MLS_EXT_RATCHET_TREE 0x0002
#define E2EE_MLS_EXT_REQUIRED_CAPABILITIES 0x0003
#define E2EE_MLS_EXT_EXTERNAL_PUB 0x0004
#define E2EE_MLS_EXT_EXTERNAL_SENDERS 0x0005

/* The contents of an Extension<V>, kept as they came; empty is the empty list.  A list that was
 * read holds whole extensions only. */
typedef struct
{
  e2ee_bytes list;
} e2ee_mls_extensions;

typedef struct
{
  uint16_t type;
  e2ee_bytes data;
} e2ee_mls_extension;

/* Needs no arena.  Does not look for duplicates: see e2ee_mls_extensions_unique(). */
void e2ee_mls_extensions_read (e2ee_mls_reader * reader, e2ee_mls_extensions * out);
void e2ee_mls_extensions_write (e2ee_mls_writer * writer, const e2ee_mls_extensions * in);
/* One extension of a list that is being written between write_begin and write_end. */
void e2ee_mls_extension_write (e2ee_mls_writer * writer, uint16_t type, e2ee_bytes data);

/* Takes the first extension off *@left (start with a copy of the list); 0 at the end. */
int e2ee_mls_extensions_next (e2ee_mls_extensions * left, e2ee_mls_extension * out);
/* 1 and its data when the list has @type; @data may be NULL. */
int e2ee_mls_extensions_find (const e2ee_mls_extensions * extensions, uint16_t type,
    e2ee_bytes * data);
/* 1 when no type comes twice. */
int e2ee_mls_extensions_unique (const e2ee_mls_extensions * extensions);

/* 1 for the types of this RFC, which are never listed in capabilities (section 7.2). */
int e2ee_mls_extension_is_default (uint16_t type);
/* GREASE values 0x0A0A to 0xEAEA of section 13.5. */
int e2ee_mls_is_grease (uint16_t value);

/* required_capabilities, section 11.1; lists as in codec.h. */
typedef struct
{
  e2ee_bytes extensions;
  e2ee_bytes proposals;
  e2ee_bytes credentials;
} e2ee_mls_required_capabilities;

void e2ee_mls_required_capabilities_read (e2ee_mls_reader * reader,
    e2ee_mls_required_capabilities * out);
void e2ee_mls_required_capabilities_write (e2ee_mls_writer * writer,
    const e2ee_mls_required_capabilities * in);
/* From an extension list: all empty when the extension is absent.  ENCODING or TRAILING when it is
 * there and broken. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_required_capabilities_find (
    const e2ee_mls_extensions * extensions, e2ee_mls_required_capabilities * out);

/* external_pub, section 12.4.3.2: struct { HPKEPublicKey external_pub; }, so with a length. */
E2EE_MUST_USE e2ee_mls_result e2ee_mls_external_pub_find (const e2ee_mls_extensions * extensions,
    e2ee_bytes * external_pub);

#endif
