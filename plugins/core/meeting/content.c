/* Kinds of content (content.h).
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "core/meeting/content.h"

#include <string.h>

#include "core/meeting/text.h"

static e2ee_meeting_result
finish_reading (const e2ee_mls_reader * reader)
{
  return e2ee_mls_reader_finish (reader) == E2EE_MLS_OK
      ? E2EE_MEETING_OK : E2EE_MEETING_ERR_MESSAGE_FORMAT;
}

static e2ee_meeting_result
finish_writing (e2ee_mls_writer * writer, e2ee_mls_buffer * out)
{
  const e2ee_mls_result r = e2ee_mls_writer_finish (writer, out);

  e2ee_mls_writer_clear (writer);
  return r == E2EE_MLS_OK ? E2EE_MEETING_OK : E2EE_MEETING_ERR_NO_MEMORY;
}

e2ee_meeting_result
e2ee_content_read (e2ee_bytes in, e2ee_content * content)
{
  e2ee_mls_reader reader;

  memset (content, 0, sizeof (*content));
  e2ee_mls_reader_init (&reader, in, NULL);
  content->kind = e2ee_mls_read_u8 (&reader);
  if (e2ee_mls_reader_ok (&reader) && content->kind > E2EE_CONTENT_STATE)
    return E2EE_MEETING_OK;
  content->body = e2ee_mls_read_vector (&reader);
  if (content->kind == E2EE_CONTENT_JOIN) {
    content->statement = e2ee_mls_read_vector (&reader);
    content->version = e2ee_mls_read_vector (&reader);
  }
  if (content->kind == 0)
    e2ee_mls_reader_fail (&reader, E2EE_MLS_ERR_ENCODING);
  return finish_reading (&reader);
}

e2ee_meeting_result
e2ee_content_write (const e2ee_content * content, e2ee_mls_buffer * out)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;

  e2ee_mls_write_u8 (&writer, content->kind);
  e2ee_mls_write_vector (&writer, content->body);
  if (content->kind == E2EE_CONTENT_JOIN) {
    e2ee_mls_write_vector (&writer, content->statement);
    e2ee_mls_write_vector (&writer, content->version);
  }
  return finish_writing (&writer, out);
}

/* ---- application messages ---- */

static void
read_stream (e2ee_mls_reader * reader, e2ee_application * application)
{
  e2ee_stream *stream = &application->streams[application->n_streams];
  const uint8_t number = e2ee_mls_read_u8 (reader);
  const uint8_t kind = e2ee_mls_read_u8 (reader);
  const e2ee_bytes label = e2ee_mls_read_vector (reader);

  if (number >= E2EE_MAX_STREAMS || kind >= E2EE_N_STREAM_KINDS || label.size > E2EE_MAX_LABEL)
    e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  for (size_t i = 0; i < application->n_streams; i++) {
    if (application->streams[i].number == number)
      e2ee_mls_reader_fail (reader, E2EE_MLS_ERR_ENCODING);
  }
  if (!e2ee_mls_reader_ok (reader))
    return;
  stream->number = number;
  stream->kind = (e2ee_stream_kind) kind;
  if (label.size > 0)
    e2ee_text_sanitize (label, stream->label, sizeof (stream->label));
  application->n_streams++;
}

e2ee_meeting_result
e2ee_application_read (e2ee_bytes in, e2ee_application * application)
{
  e2ee_mls_reader reader, inner;

  memset (application, 0, sizeof (*application));
  e2ee_mls_reader_init (&reader, in, NULL);
  application->kind = e2ee_mls_read_u8 (&reader);
  switch (application->kind) {
    case 0:
      return E2EE_MEETING_ERR_MESSAGE_FORMAT;
    case E2EE_APPLICATION_ALIVE:
      application->flags = e2ee_mls_read_u8 (&reader);
      break;
    case E2EE_APPLICATION_CHAT:
      application->text = e2ee_mls_read_vector (&reader);
      if (application->text.size > E2EE_MAX_CHAT)
        e2ee_mls_reader_fail (&reader, E2EE_MLS_ERR_ENCODING);
      break;
    case E2EE_APPLICATION_STREAMS:
      inner = e2ee_mls_read_begin (&reader);
      while (e2ee_mls_reader_left (&inner) > 0) {
        if (application->n_streams == E2EE_MAX_STREAMS)
          e2ee_mls_reader_fail (&inner, E2EE_MLS_ERR_ENCODING);
        else
          read_stream (&inner, application);
      }
      e2ee_mls_read_end (&reader, &inner);
      break;
    default:
      return E2EE_MEETING_OK;
  }
  return finish_reading (&reader);
}

e2ee_meeting_result
e2ee_application_write (const e2ee_application * application, e2ee_mls_buffer * out)
{
  e2ee_mls_writer writer = E2EE_MLS_WRITER_INIT;
  size_t begun;

  e2ee_mls_write_u8 (&writer, application->kind);
  switch (application->kind) {
    case E2EE_APPLICATION_ALIVE:
      e2ee_mls_write_u8 (&writer, application->flags);
      break;
    case E2EE_APPLICATION_CHAT:
      e2ee_mls_write_vector (&writer, application->text);
      break;
    default:
      begun = e2ee_mls_write_begin (&writer);
      for (size_t i = 0; i < application->n_streams; i++) {
        const e2ee_stream *stream = &application->streams[i];

        e2ee_mls_write_u8 (&writer, (uint8_t) stream->number);
        e2ee_mls_write_u8 (&writer, (uint8_t) stream->kind);
        e2ee_mls_write_vector (&writer, E2EE_BYTES (stream->label, strlen (stream->label)));
      }
      e2ee_mls_write_end (&writer, begun);
  }
  return finish_writing (&writer, out);
}

/* ---- versions of the meeting ---- */

void
e2ee_version_write (const e2ee_version * version, uint8_t out[E2EE_VERSION_SIZE])
{
  e2ee_put_be (out, version->rank, 8);
  e2ee_put_be (out + 8, version->epoch, 8);
  e2ee_put_be (out + 16, version->n_members, 2);
  memcpy (out + 18, version->branch, E2EE_BRANCH_SIZE);
}

int
e2ee_version_read (e2ee_bytes in, e2ee_version * version)
{
  memset (version, 0, sizeof (*version));
  if (in.size != E2EE_VERSION_SIZE)
    return 0;
  version->rank = e2ee_get_be (in.data, 8);
  version->epoch = e2ee_get_be (in.data + 8, 8);
  version->n_members = (uint16_t) e2ee_get_be (in.data + 16, 2);
  memcpy (version->branch, in.data + 18, E2EE_BRANCH_SIZE);
  return 1;
}

int
e2ee_version_compare (const e2ee_version * a, const e2ee_version * b)
{
  if (a->rank != b->rank)
    return a->rank > b->rank ? 1 : -1;
  if (a->epoch != b->epoch)
    return a->epoch > b->epoch ? 1 : -1;
  if (a->n_members != b->n_members)
    return a->n_members > b->n_members ? 1 : -1;
  return memcmp (a->branch, b->branch, E2EE_BRANCH_SIZE);
}
