/* Extensions, RFC 9420 section 13, and those with a structure of their own.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/mls/extension.h"

static void
extension_read (e2ee_mls_reader * reader, e2ee_mls_extension * out)
{
  out->type = e2ee_mls_read_u16 (reader);
  out->data = e2ee_mls_read_vector (reader);
}

void
e2ee_mls_extensions_read (e2ee_mls_reader * reader, e2ee_mls_extensions * out)
{
  e2ee_mls_reader inner = e2ee_mls_read_begin (reader);

  out->list = E2EE_BYTES (inner.at, e2ee_mls_reader_left (&inner));
  while (e2ee_mls_reader_left (&inner) > 0) {
    e2ee_mls_extension ignored;

    extension_read (&inner, &ignored);
  }
  e2ee_mls_read_end (reader, &inner);
  if (!e2ee_mls_reader_ok (reader))
    out->list = E2EE_NO_BYTES;
}

void
e2ee_mls_extensions_write (e2ee_mls_writer * writer, const e2ee_mls_extensions * in)
{
  e2ee_mls_write_vector (writer, in->list);
}

void
e2ee_mls_extension_write (e2ee_mls_writer * writer, uint16_t type, e2ee_bytes data)
{
  e2ee_mls_write_u16 (writer, type);
  e2ee_mls_write_vector (writer, data);
}

int
e2ee_mls_extensions_next (e2ee_mls_extensions * left, e2ee_mls_extension * out)
{
  e2ee_mls_reader reader;

  if (left->list.size == 0)
    return 0;
  e2ee_mls_reader_init (&reader, left->list, NULL);
  extension_read (&reader, out);
  /* Only a list that was put together by hand can be broken here. */
  if (!e2ee_mls_reader_ok (&reader)) {
    left->list = E2EE_NO_BYTES;
    return 0;
  }
  left->list = E2EE_BYTES (reader.at, e2ee_mls_reader_left (&reader));
  return 1;
}

int
e2ee_mls_extensions_find (const e2ee_mls_extensions * extensions, uint16_t type,
    e2ee_bytes * data)
{
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension extension;

  while (e2ee_mls_extensions_next (&left, &extension)) {
    if (extension.type == type) {
      if (data != NULL)
        *data = extension.data;
      return 1;
    }
  }
  return 0;
}

/* One bit for each type: a list of thousands must not cost the square of it. */
int
e2ee_mls_extensions_unique (const e2ee_mls_extensions * extensions)
{
  uint8_t seen[UINT16_MAX / 8 + 1] = { 0 };
  e2ee_mls_extensions left = *extensions;
  e2ee_mls_extension extension;

  while (e2ee_mls_extensions_next (&left, &extension)) {
    const uint8_t bit = (uint8_t) (1 << extension.type % 8);

    if (seen[extension.type / 8] & bit)
      return 0;
    seen[extension.type / 8] |= bit;
  }
  return 1;
}

int
e2ee_mls_extension_is_default (uint16_t type)
{
  return type >= E2EE_MLS_EXT_APPLICATION_ID && type <= E2EE_MLS_EXT_EXTERNAL_SENDERS;
}

int
e2ee_mls_is_grease (uint16_t value)
{
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff) && value != 0xfafa;
}

void
e2ee_mls_required_capabilities_read (e2ee_mls_reader * reader,
    e2ee_mls_required_capabilities * out)
{
  out->extensions = e2ee_mls_read_u16_list (reader);
  out->proposals = e2ee_mls_read_u16_list (reader);
  out->credentials = e2ee_mls_read_u16_list (reader);
}

void
e2ee_mls_required_capabilities_write (e2ee_mls_writer * writer,
    const e2ee_mls_required_capabilities * in)
{
  e2ee_mls_write_vector (writer, in->extensions);
  e2ee_mls_write_vector (writer, in->proposals);
  e2ee_mls_write_vector (writer, in->credentials);
}

e2ee_mls_result
e2ee_mls_required_capabilities_find (const e2ee_mls_extensions * extensions,
    e2ee_mls_required_capabilities * out)
{
  e2ee_mls_reader reader;
  e2ee_bytes data;

  *out = (e2ee_mls_required_capabilities) { E2EE_NO_BYTES, E2EE_NO_BYTES, E2EE_NO_BYTES };
  if (!e2ee_mls_extensions_find (extensions, E2EE_MLS_EXT_REQUIRED_CAPABILITIES, &data))
    return E2EE_MLS_OK;
  e2ee_mls_reader_init (&reader, data, NULL);
  e2ee_mls_required_capabilities_read (&reader, out);
  return e2ee_mls_reader_finish (&reader);
}

e2ee_mls_result
e2ee_mls_external_pub_find (const e2ee_mls_extensions * extensions, e2ee_bytes * external_pub)
{
  e2ee_mls_reader reader;
  e2ee_bytes data;

  *external_pub = E2EE_NO_BYTES;
  if (!e2ee_mls_extensions_find (extensions, E2EE_MLS_EXT_EXTERNAL_PUB, &data))
    return E2EE_MLS_ERR_EXTERNAL_PUB_MISSING;
  e2ee_mls_reader_init (&reader, data, NULL);
  *external_pub = e2ee_mls_read_vector (&reader);
  return e2ee_mls_reader_finish (&reader);
}
