/* gst-e2ee: one participant's end-to-end encrypted meeting
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */
#pragma once

#include <gst/e2ee/keyprovider.h>
#include <gst/e2ee/policy.h>
#include <gst/e2ee/status.h>

G_BEGIN_DECLS

/**
 * GST_E2EE_MEETING_ERROR:
 *
 * The domain of errors of meetings; codes are #GstE2eeMeetingError.  The message names the
 * participant where there is one.
 *
 * Since: 0.1
 */
#define GST_E2EE_MEETING_ERROR (gst_e2ee_meeting_error_quark ())
GST_E2EE_API GQuark gst_e2ee_meeting_error_quark (void);

/**
 * GstE2eeMeetingError:
 *
 * One value for each rule; docs/meeting-protocol.md has them all.  Their nicks ("not-host") are the
 * stable codes in signals and in the log.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_MEETING_ERROR_FAILED = 0,
  /* JSON Web Signatures and keys */
  GST_E2EE_MEETING_ERROR_JWS_FORMAT = 1,
  GST_E2EE_MEETING_ERROR_JWS_SIGNATURE = 2,
  GST_E2EE_MEETING_ERROR_JWS_CLAIMS = 3,
  GST_E2EE_MEETING_ERROR_KEY_FORMAT = 4,
  /* account token */
  GST_E2EE_MEETING_ERROR_TOKEN_ISSUER = 10,
  GST_E2EE_MEETING_ERROR_TOKEN_EXPIRED = 11,
  GST_E2EE_MEETING_ERROR_TOKEN_NOT_YET = 12,
  GST_E2EE_MEETING_ERROR_TOKEN_DEVICE = 13,
  /* key binding */
  GST_E2EE_MEETING_ERROR_BINDING_MEETING = 20,
  GST_E2EE_MEETING_ERROR_BINDING_LEAF = 21,
  GST_E2EE_MEETING_ERROR_BINDING_STALE = 22,
  /* ticket and link */
  GST_E2EE_MEETING_ERROR_TICKET_HASH = 30,
  GST_E2EE_MEETING_ERROR_TICKET_TIER = 31,
  GST_E2EE_MEETING_ERROR_TICKET_HOST = 32,
  GST_E2EE_MEETING_ERROR_TICKET_EXPIRED = 33,
  GST_E2EE_MEETING_ERROR_TICKET_NOT_YET = 34,
  GST_E2EE_MEETING_ERROR_LINK_FORMAT = 35,
  /* the host's statements */
  GST_E2EE_MEETING_ERROR_STATEMENT_TICKET = 40,
  GST_E2EE_MEETING_ERROR_STATEMENT_OLD = 41,
  GST_E2EE_MEETING_ERROR_STATEMENT_POLICY = 42,
  GST_E2EE_MEETING_ERROR_NOT_HOST = 43,
  /* messages */
  GST_E2EE_MEETING_ERROR_ENVELOPE = 50,
  GST_E2EE_MEETING_ERROR_MESSAGE_FORMAT = 51,
  /* commits that members refuse */
  GST_E2EE_MEETING_ERROR_COMMIT_EXTERNAL = 60,
  GST_E2EE_MEETING_ERROR_COMMIT_WITHOUT_SECRET = 61,
  GST_E2EE_MEETING_ERROR_COMMIT_ADDS_GUEST = 62,
  GST_E2EE_MEETING_ERROR_COMMIT_KEEPS_GUEST = 63,
  GST_E2EE_MEETING_ERROR_COMMIT_REMOVES_HOST = 64,
  GST_E2EE_MEETING_ERROR_COMMIT_DUPLICATE_DEVICE = 65,
  GST_E2EE_MEETING_ERROR_COMMIT_STATE = 66,
  GST_E2EE_MEETING_ERROR_COMMIT_CONTEXT = 67,
  GST_E2EE_MEETING_ERROR_COMMIT_PROPOSAL = 68,
  GST_E2EE_MEETING_ERROR_MEETING_FULL = 69,
  /* what may be seen of the group */
  GST_E2EE_MEETING_ERROR_BEHIND = 80,
  GST_E2EE_MEETING_ERROR_FORK = 81,
  GST_E2EE_MEETING_ERROR_SILENT = 82,
  GST_E2EE_MEETING_ERROR_STATE_BEHIND = 83,
  /* this participant */
  GST_E2EE_MEETING_ERROR_NOT_JOINED = 90,
  GST_E2EE_MEETING_ERROR_REMOVED = 91,
  GST_E2EE_MEETING_ERROR_GUEST = 92,
  GST_E2EE_MEETING_ERROR_FLOOR_REQUIRE = 93,
  GST_E2EE_MEETING_ERROR_FLOOR_FORBID = 94,
  GST_E2EE_MEETING_ERROR_BUSY = 95,
  GST_E2EE_MEETING_ERROR_TIMEOUT = 96,
  GST_E2EE_MEETING_ERROR_UNKNOWN_MEMBER = 97,
  GST_E2EE_MEETING_ERROR_TEXT = 98,
  GST_E2EE_MEETING_ERROR_STORE = 99,
  GST_E2EE_MEETING_ERROR_LOG = 100,
  GST_E2EE_MEETING_ERROR_ARGUMENT = 101,
  GST_E2EE_MEETING_ERROR_MLS = 102,
  GST_E2EE_MEETING_ERROR_CRYPTO = 103,
  GST_E2EE_MEETING_ERROR_NO_MEMORY = 104,
  /* of this process */
  GST_E2EE_MEETING_ERROR_NAME_TAKEN = 120,
  GST_E2EE_MEETING_ERROR_TOO_MANY_STREAMS = 121
} GstE2eeMeetingError;

#define GST_TYPE_E2EE_MEETING_ERROR (gst_e2ee_meeting_error_get_type ())
GST_E2EE_API GType gst_e2ee_meeting_error_get_type (void);

/* The stable word for a value: "not-host"; "failed" for a number that is none.  Static. */
GST_E2EE_API const gchar *gst_e2ee_meeting_error_get_code (GstE2eeMeetingError error);
/* One sentence for a person, in English.  Static. */
GST_E2EE_API const gchar *gst_e2ee_meeting_error_get_text (GstE2eeMeetingError error);

/**
 * GstE2eeMeetingPhase:
 * @GST_E2EE_MEETING_PHASE_IDLE: "idle": before join, after leave or removal
 * @GST_E2EE_MEETING_PHASE_JOINING: "joining"
 * @GST_E2EE_MEETING_PHASE_MEMBER: "member"
 * @GST_E2EE_MEETING_PHASE_REJOINING: "rejoining": a member who fell behind has asked again
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_MEETING_PHASE_IDLE = 0,
  GST_E2EE_MEETING_PHASE_JOINING = 1,
  GST_E2EE_MEETING_PHASE_MEMBER = 2,
  GST_E2EE_MEETING_PHASE_REJOINING = 3
} GstE2eeMeetingPhase;

#define GST_TYPE_E2EE_MEETING_PHASE (gst_e2ee_meeting_phase_get_type ())
GST_E2EE_API GType gst_e2ee_meeting_phase_get_type (void);

/**
 * GstE2eeTier:
 * @GST_E2EE_TIER_GUEST: "guest": no account; put out while encryption is on
 * @GST_E2EE_TIER_FREE: "free"
 * @GST_E2EE_TIER_PAID: "paid": may schedule and start encrypted meetings
 *
 * What kind of account somebody has, by the authority's word.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_TIER_GUEST = 0,
  GST_E2EE_TIER_FREE = 1,
  GST_E2EE_TIER_PAID = 2
} GstE2eeTier;

#define GST_TYPE_E2EE_TIER (gst_e2ee_tier_get_type ())
GST_E2EE_API GType gst_e2ee_tier_get_type (void);

/**
 * GstE2eeStreamKind:
 * @GST_E2EE_STREAM_KIND_MICROPHONE: "microphone"
 * @GST_E2EE_STREAM_KIND_CAMERA: "camera"
 * @GST_E2EE_STREAM_KIND_SCREEN: "screen"
 * @GST_E2EE_STREAM_KIND_SCREEN_AUDIO: "screen-audio"
 * @GST_E2EE_STREAM_KIND_PSTN: "pstn": somebody on the phone whom a member connects
 * @GST_E2EE_STREAM_KIND_SIP_H323: "sip-h323": a room system that a member connects
 * @GST_E2EE_STREAM_KIND_DATA: "data": whole buffers, such as files
 *
 * What a stream is, as its sender announces it to the members.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_STREAM_KIND_MICROPHONE = 0,
  GST_E2EE_STREAM_KIND_CAMERA = 1,
  GST_E2EE_STREAM_KIND_SCREEN = 2,
  GST_E2EE_STREAM_KIND_SCREEN_AUDIO = 3,
  GST_E2EE_STREAM_KIND_PSTN = 4,
  GST_E2EE_STREAM_KIND_SIP_H323 = 5,
  GST_E2EE_STREAM_KIND_DATA = 6
} GstE2eeStreamKind;

#define GST_TYPE_E2EE_STREAM_KIND (gst_e2ee_stream_kind_get_type ())
GST_E2EE_API GType gst_e2ee_stream_kind_get_type (void);

/**
 * GstE2eeStreamInfo:
 *
 * One stream of a member.  Immutable, reference-counted, safe in every thread.
 *
 * Since: 0.1
 */
typedef struct _GstE2eeStreamInfo GstE2eeStreamInfo;

#define GST_TYPE_E2EE_STREAM_INFO (gst_e2ee_stream_info_get_type ())
GST_E2EE_API GType gst_e2ee_stream_info_get_type (void);

GST_E2EE_API GstE2eeStreamInfo *gst_e2ee_stream_info_ref (GstE2eeStreamInfo * info);
GST_E2EE_API void gst_e2ee_stream_info_unref (GstE2eeStreamInfo * info);
/* The number in its key ids, 0 to 31. */
GST_E2EE_API guint gst_e2ee_stream_info_get_number (const GstE2eeStreamInfo * info);
GST_E2EE_API GstE2eeStreamKind gst_e2ee_stream_info_get_kind (const GstE2eeStreamInfo * info);
/* What its sender calls it, safe to show; may be "". */
GST_E2EE_API const gchar *gst_e2ee_stream_info_get_label (const GstE2eeStreamInfo * info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstE2eeStreamInfo, gst_e2ee_stream_info_unref)

/**
 * GstE2eeMember:
 *
 * What is known of one member at one moment.  Immutable, reference-counted, safe in every thread.
 *
 * Since: 0.1
 */
typedef struct _GstE2eeMember GstE2eeMember;

#define GST_TYPE_E2EE_MEMBER (gst_e2ee_member_get_type ())
GST_E2EE_API GType gst_e2ee_member_get_type (void);

GST_E2EE_API GstE2eeMember *gst_e2ee_member_ref (GstE2eeMember * member);
GST_E2EE_API void gst_e2ee_member_unref (GstE2eeMember * member);
/* His number in the group as long as he is in it. */
GST_E2EE_API guint gst_e2ee_member_get_leaf (const GstE2eeMember * member);
/* The account, as the authority names it. */
GST_E2EE_API const gchar *gst_e2ee_member_get_subject (const GstE2eeMember * member);
/* Safe to show: without control characters and signs that imitate the shield. */
GST_E2EE_API const gchar *gst_e2ee_member_get_name (const GstE2eeMember * member);
GST_E2EE_API GstE2eeTier gst_e2ee_member_get_tier (const GstE2eeMember * member);
GST_E2EE_API gboolean gst_e2ee_member_is_self (const GstE2eeMember * member);
GST_E2EE_API gboolean gst_e2ee_member_is_host (const GstE2eeMember * member);
/* A person here has compared codes with him. */
GST_E2EE_API gboolean gst_e2ee_member_is_verified (const GstE2eeMember * member);
/* This account comes with a device that was not seen before, though others were. */
GST_E2EE_API gboolean gst_e2ee_member_is_new_device (const GstE2eeMember * member);
/* He was heard lately. */
GST_E2EE_API gboolean gst_e2ee_member_is_heard (const GstE2eeMember * member);
/* He has said that he uses the keys of this epoch. */
GST_E2EE_API gboolean gst_e2ee_member_is_ready (const GstE2eeMember * member);
/* 60 digits in groups of five, for him and his device, the same in every meeting. */
GST_E2EE_API const gchar *gst_e2ee_member_get_code (const GstE2eeMember * member);
/* (transfer full) (element-type GstE2eeStreamInfo) */
GST_E2EE_API GList *gst_e2ee_member_list_streams (const GstE2eeMember * member);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstE2eeMember, gst_e2ee_member_unref)

/**
 * GstE2eeMeeting:
 *
 * One participant's meeting: who is in it, whether media is encrypted, and with which keys.
 *
 * It is a #GstE2eeKeyProvider for decrypting, and e2eeenc, e2eedec, e2eepolicy and shieldoverlay
 * find it by name (property `meeting`), as property `key-provider`, or as #GstContext
 * %GST_E2EE_MEETING_CONTEXT.
 *
 * The app carries messages: what #GstE2eeMeeting::outgoing-message brings goes to everybody in the
 * meeting's channel, its sender included, in one order, and what the channel brings goes to
 * gst_e2ee_meeting_receive().
 *
 * Properties: `name`, `meeting-id`, `state-file` (given at construction); `e2ee` (#GstE2eeFloor,
 * writable); `state`, `reason`, `phase`, `on`, `is-host`, `features`, `epoch`, `revision`
 * (readable, notified).
 *
 * Signals (codes are nicks of #GstE2eeMeetingError, or "ok"):
 * - `outgoing-message` (GBytes message)
 * - `state-changed` (GstE2eeState state, gchar *code): state, media mode or features; the code says why
 * - `phase-changed` (GstE2eeMeetingPhase phase, gchar *code)
 * - `member-joined` (GstE2eeMember member)
 * - `member-left` (GstE2eeMember member, gchar *code): "ok" left by himself, "removed", "guest" ...
 * - `member-changed` (GstE2eeMember member): heard, ready, host, verified
 * - `streams-changed` (GstE2eeMember member)
 * - `new-device` (GstE2eeMember member)
 * - `code-changed` (gchar *code): the meeting's; NULL when there is none
 * - `chat-received` (GstE2eeMember member, gchar *text): of others
 * - `refused` (gchar *code, gchar *text, GstE2eeMember member): member is NULL when not known
 * - `request-done` (guint64 request, gchar *code, gchar *text)
 * - `log-line` (gchar *line): one JSON object
 *
 * Safe in every thread.  Signals come in the order of what happened, one at a time, with no lock
 * held, in the thread whose call caused them or, for what time causes, in the main context that
 * was the thread default when the meeting was made: that context must run.  Handlers may call
 * everything; what such a call causes is told after the handler has returned.
 *
 * Since: 0.1
 */
#define GST_TYPE_E2EE_MEETING (gst_e2ee_meeting_get_type ())
GST_E2EE_API
G_DECLARE_FINAL_TYPE (GstE2eeMeeting, gst_e2ee_meeting, GST, E2EE_MEETING, GObject)

/* @name (nullable): under which gst_e2ee_meeting_find() and elements of this process find it
 * while it lives; NAME_TAKEN.  @ticket and @account_token: their text.  @link: its text with the
 * join secret, of which no copy is kept in ordinary memory.  @device_key_file: a private Ed25519
 * JWK (RFC 8037) that only its owner may read.  @authorities: JWK Set of the account authorities
 * that are trusted.  @state_file (nullable): what must survive a restart, sealed under a key from
 * the device key; read when it exists.
 * Errors: GST_E2EE_MEETING_ERROR, and for files those of gst_e2ee_key_file_new(). */
GST_E2EE_API GstE2eeMeeting *gst_e2ee_meeting_new (const gchar * name, const gchar * ticket,
    const gchar * link, const gchar * account_token, const gchar * device_key_file,
    const gchar * authorities, const gchar * state_file, GError ** error);
/* (transfer full) (nullable) */
GST_E2EE_API GstE2eeMeeting *gst_e2ee_meeting_find (const gchar * name);

/* ---- being in it ---- */

GST_E2EE_API gboolean gst_e2ee_meeting_join (GstE2eeMeeting * self, GError ** error);
GST_E2EE_API void gst_e2ee_meeting_leave (GstE2eeMeeting * self);
/* A whole message.  FALSE: it was refused and has changed nothing; also told as `refused` where
 * somebody may have meant harm. */
GST_E2EE_API gboolean gst_e2ee_meeting_receive (GstE2eeMeeting * self, GBytes * message,
    GError ** error);
/* A fresh token of the same account and device. */
GST_E2EE_API gboolean gst_e2ee_meeting_set_token (GstE2eeMeeting * self,
    const gchar * account_token, GError ** error);
/* Property `e2ee`. */
GST_E2EE_API void gst_e2ee_meeting_set_floor (GstE2eeMeeting * self, GstE2eeFloor floor);
GST_E2EE_API GstE2eeFloor gst_e2ee_meeting_get_floor (GstE2eeMeeting * self);

/* ---- asking for a change ----
 *
 * FALSE: it cannot be asked for.  Otherwise `request-done` tells how the request of this number
 * (@request, out, optional) ended. */

GST_E2EE_API gboolean gst_e2ee_meeting_request_e2ee (GstE2eeMeeting * self, gboolean on,
    guint64 * request, GError ** error);
GST_E2EE_API gboolean gst_e2ee_meeting_request_feature (GstE2eeMeeting * self,
    GstE2eeFeature feature, gboolean available, guint64 * request, GError ** error);
GST_E2EE_API gboolean gst_e2ee_meeting_request_host (GstE2eeMeeting * self, guint leaf,
    guint64 * request, GError ** error);
GST_E2EE_API gboolean gst_e2ee_meeting_request_removal (GstE2eeMeeting * self, guint leaf,
    guint64 * request, GError ** error);
GST_E2EE_API gboolean gst_e2ee_meeting_request_rekey (GstE2eeMeeting * self, guint64 * request,
    GError ** error);

GST_E2EE_API gboolean gst_e2ee_meeting_send_chat (GstE2eeMeeting * self, const gchar * text,
    GError ** error);
GST_E2EE_API gboolean gst_e2ee_meeting_set_verified (GstE2eeMeeting * self, guint leaf,
    gboolean verified, GError ** error);
/* A line of evidence from outside, such as a gate that closed: @kind in kebab-case; of @fields
 * (nullable) strings, booleans and integers are taken. */
GST_E2EE_API gboolean gst_e2ee_meeting_log (GstE2eeMeeting * self, const gchar * kind,
    const GstStructure * fields, GError ** error);

/* ---- looking ---- */

GST_E2EE_API const gchar *gst_e2ee_meeting_get_name (GstE2eeMeeting * self);
GST_E2EE_API const gchar *gst_e2ee_meeting_get_meeting_id (GstE2eeMeeting * self);
GST_E2EE_API GstE2eeState gst_e2ee_meeting_get_state (GstE2eeMeeting * self);
/* State, our own name and the epoch: what may be said of media of our own.  (transfer full) */
GST_E2EE_API GstE2eeStatus *gst_e2ee_meeting_dup_status (GstE2eeMeeting * self);
/* Why the state is unknown or degraded or media is closed: a code; NULL when all is well. */
GST_E2EE_API const gchar *gst_e2ee_meeting_get_reason (GstE2eeMeeting * self);
GST_E2EE_API GstE2eeMeetingPhase gst_e2ee_meeting_get_phase (GstE2eeMeeting * self);
/* What the group has agreed on, whatever our own floor says. */
GST_E2EE_API gboolean gst_e2ee_meeting_is_on (GstE2eeMeeting * self);
GST_E2EE_API gboolean gst_e2ee_meeting_is_host (GstE2eeMeeting * self);
GST_E2EE_API GstE2eeFeatures gst_e2ee_meeting_get_features (GstE2eeMeeting * self);
GST_E2EE_API guint64 gst_e2ee_meeting_get_epoch (GstE2eeMeeting * self);
GST_E2EE_API guint64 gst_e2ee_meeting_get_revision (GstE2eeMeeting * self);
/* (transfer full) (element-type GstE2eeMember): by leaf */
GST_E2EE_API GList *gst_e2ee_meeting_list_members (GstE2eeMeeting * self);
/* 60 digits in groups of five, the same for all; NULL while there is none.  (transfer full) */
GST_E2EE_API gchar *gst_e2ee_meeting_dup_code (GstE2eeMeeting * self);

/* ---- sending ---- */

/**
 * GstE2eeMeetingStream:
 *
 * One stream that this participant sends: a #GstE2eeKeyProvider for encrypting, under a number of
 * its own.  It can be the provider of one element once, because its keys count frames from 0.
 * e2eeenc makes one by itself; the stream is announced as long as the object lives.
 *
 * Since: 0.1
 */
#define GST_TYPE_E2EE_MEETING_STREAM (gst_e2ee_meeting_stream_get_type ())
GST_E2EE_API
G_DECLARE_FINAL_TYPE (GstE2eeMeetingStream, gst_e2ee_meeting_stream, GST, E2EE_MEETING_STREAM,
    GObject)

/* (transfer full); @label (nullable) up to 64 bytes of UTF-8.  TOO_MANY_STREAMS. */
GST_E2EE_API GstE2eeMeetingStream *gst_e2ee_meeting_add_stream (GstE2eeMeeting * self,
    GstE2eeStreamKind kind, const gchar * label, GError ** error);
GST_E2EE_API guint gst_e2ee_meeting_stream_get_number (GstE2eeMeetingStream * self);

/* ---- handing it to elements ---- */

#define GST_E2EE_MEETING_CONTEXT "gst.e2ee.meeting"

/* A GstContext of type GST_E2EE_MEETING_CONTEXT for gst_element_set_context() on a pipeline.
 * (transfer full) */
GST_E2EE_API GstContext *gst_context_new_e2ee_meeting (GstE2eeMeeting * meeting);
/* (transfer full) (nullable): NULL when @context is another. */
GST_E2EE_API GstE2eeMeeting *gst_context_get_e2ee_meeting (GstContext * context);

G_END_DECLS
