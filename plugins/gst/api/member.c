/* GstE2eeMember and GstE2eeStreamInfo: what is known of somebody at one moment.
 *
 * gst-e2ee, LGPL-2.1-or-later */
#include "api/member.h"

struct _GstE2eeStreamInfo
{
  GstMiniObject parent;

  guint number;
  GstE2eeStreamKind kind;
  gchar *label;
};

struct _GstE2eeMember
{
  GstMiniObject parent;

  guint leaf;
  gchar *subject;
  gchar *name;
  gchar *code;
  GstE2eeTier tier;
  gboolean is_self;
  gboolean is_host;
  gboolean is_verified;
  gboolean is_new_device;
  gboolean is_heard;
  gboolean is_ready;
  GList *streams;
};

GST_DEFINE_MINI_OBJECT_TYPE (GstE2eeStreamInfo, gst_e2ee_stream_info);
GST_DEFINE_MINI_OBJECT_TYPE (GstE2eeMember, gst_e2ee_member);

static void
gst_e2ee_stream_info_free (GstE2eeStreamInfo * info)
{
  g_free (info->label);
  g_free (info);
}

static GstE2eeStreamInfo *
stream_info_new (const e2ee_stream * stream)
{
  GstE2eeStreamInfo *info = g_new0 (GstE2eeStreamInfo, 1);

  gst_mini_object_init (GST_MINI_OBJECT_CAST (info), 0, GST_TYPE_E2EE_STREAM_INFO, NULL, NULL,
      (GstMiniObjectFreeFunction) gst_e2ee_stream_info_free);
  info->number = stream->number;
  info->kind = (GstE2eeStreamKind) stream->kind;
  info->label = g_strdup (stream->label);
  return info;
}

static void
gst_e2ee_member_free (GstE2eeMember * member)
{
  g_free (member->subject);
  g_free (member->name);
  g_free (member->code);
  g_list_free_full (member->streams, (GDestroyNotify) gst_e2ee_stream_info_unref);
  g_free (member);
}

static GstE2eeMember *
member_new (guint leaf, const e2ee_account * account, const gchar * code)
{
  GstE2eeMember *member = g_new0 (GstE2eeMember, 1);

  gst_mini_object_init (GST_MINI_OBJECT_CAST (member), 0, GST_TYPE_E2EE_MEMBER, NULL, NULL,
      (GstMiniObjectFreeFunction) gst_e2ee_member_free);
  member->leaf = leaf;
  member->subject = g_strdup (account->subject);
  member->name = g_strdup (account->name);
  member->tier = (GstE2eeTier) account->tier;
  member->code = g_strdup (code);
  return member;
}

GstE2eeMember *
gst_e2ee_member_new (const e2ee_member * source, const gchar * code)
{
  GstE2eeMember *member = member_new (source->leaf, &source->account, code);

  member->is_self = source->is_self != 0;
  member->is_host = source->is_host != 0;
  member->is_verified = source->is_verified != 0;
  member->is_new_device = source->is_new_device != 0;
  member->is_heard = source->is_heard != 0;
  member->is_ready = source->is_ready != 0;
  for (gsize i = source->n_streams; i > 0; i--)
    member->streams = g_list_prepend (member->streams, stream_info_new (&source->streams[i - 1]));
  return member;
}

GstE2eeMember *
gst_e2ee_member_new_of_account (guint leaf, const e2ee_account * account)
{
  return member_new (leaf, account, "");
}

/**
 * gst_e2ee_stream_info_ref:
 * @info: a #GstE2eeStreamInfo
 *
 * Takes a reference; atomic.
 *
 * Returns: (transfer full): @info
 *
 * Since: 0.1
 */
GstE2eeStreamInfo *
gst_e2ee_stream_info_ref (GstE2eeStreamInfo * info)
{
  return (GstE2eeStreamInfo *) gst_mini_object_ref (GST_MINI_OBJECT_CAST (info));
}

/**
 * gst_e2ee_stream_info_unref:
 * @info: (transfer full): a #GstE2eeStreamInfo
 *
 * Gives a reference back; atomic.
 *
 * Since: 0.1
 */
void
gst_e2ee_stream_info_unref (GstE2eeStreamInfo * info)
{
  gst_mini_object_unref (GST_MINI_OBJECT_CAST (info));
}

/**
 * gst_e2ee_stream_info_get_number:
 * @info: a #GstE2eeStreamInfo
 *
 * Returns: the number of the stream in its key ids, 0 to 31
 *
 * Since: 0.1
 */
guint
gst_e2ee_stream_info_get_number (const GstE2eeStreamInfo * info)
{
  g_return_val_if_fail (info != NULL, 0);

  return info->number;
}

/**
 * gst_e2ee_stream_info_get_kind:
 * @info: a #GstE2eeStreamInfo
 *
 * Returns: what its sender says that it is
 *
 * Since: 0.1
 */
GstE2eeStreamKind
gst_e2ee_stream_info_get_kind (const GstE2eeStreamInfo * info)
{
  g_return_val_if_fail (info != NULL, GST_E2EE_STREAM_KIND_DATA);

  return info->kind;
}

/**
 * gst_e2ee_stream_info_get_label:
 * @info: a #GstE2eeStreamInfo
 *
 * Returns: (transfer none): what its sender calls it, safe to show, "" when he does not; owned by
 * @info
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_stream_info_get_label (const GstE2eeStreamInfo * info)
{
  g_return_val_if_fail (info != NULL, NULL);

  return info->label;
}

/**
 * gst_e2ee_member_ref:
 * @member: a #GstE2eeMember
 *
 * Takes a reference; atomic.
 *
 * Returns: (transfer full): @member
 *
 * Since: 0.1
 */
GstE2eeMember *
gst_e2ee_member_ref (GstE2eeMember * member)
{
  return (GstE2eeMember *) gst_mini_object_ref (GST_MINI_OBJECT_CAST (member));
}

/**
 * gst_e2ee_member_unref:
 * @member: (transfer full): a #GstE2eeMember
 *
 * Gives a reference back; atomic.
 *
 * Since: 0.1
 */
void
gst_e2ee_member_unref (GstE2eeMember * member)
{
  gst_mini_object_unref (GST_MINI_OBJECT_CAST (member));
}

/**
 * gst_e2ee_member_get_leaf:
 * @member: a #GstE2eeMember
 *
 * Returns: his number in the group, which is his alone as long as he is in it, and somebody else's
 * later
 *
 * Since: 0.1
 */
guint
gst_e2ee_member_get_leaf (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, 0);

  return member->leaf;
}

/**
 * gst_e2ee_member_get_subject:
 * @member: a #GstE2eeMember
 *
 * Returns: (transfer none): his account as the authority names it; owned by @member
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_member_get_subject (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, NULL);

  return member->subject;
}

/**
 * gst_e2ee_member_get_name:
 * @member: a #GstE2eeMember
 *
 * Returns: (transfer none): his name, without control characters and signs that imitate the shield;
 * owned by @member
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_member_get_name (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, NULL);

  return member->name;
}

/**
 * gst_e2ee_member_get_tier:
 * @member: a #GstE2eeMember
 *
 * Returns: what kind of account he has
 *
 * Since: 0.1
 */
GstE2eeTier
gst_e2ee_member_get_tier (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, GST_E2EE_TIER_GUEST);

  return member->tier;
}

/**
 * gst_e2ee_member_is_self:
 * @member: a #GstE2eeMember
 *
 * Returns: %TRUE for the participant whose meeting this is
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_member_is_self (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, FALSE);

  return member->is_self;
}

/**
 * gst_e2ee_member_is_host:
 * @member: a #GstE2eeMember
 *
 * Returns: %TRUE when he may turn encryption on and off, by the ticket or a host's word
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_member_is_host (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, FALSE);

  return member->is_host;
}

/**
 * gst_e2ee_member_is_verified:
 * @member: a #GstE2eeMember
 *
 * Returns: %TRUE when a person here has compared codes with him (gst_e2ee_meeting_set_verified())
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_member_is_verified (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, FALSE);

  return member->is_verified;
}

/**
 * gst_e2ee_member_is_new_device:
 * @member: a #GstE2eeMember
 *
 * Returns: %TRUE when his account was seen before, but not with this device
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_member_is_new_device (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, FALSE);

  return member->is_new_device;
}

/**
 * gst_e2ee_member_is_heard:
 * @member: a #GstE2eeMember
 *
 * Returns: %TRUE when something was heard of him lately
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_member_is_heard (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, FALSE);

  return member->is_heard;
}

/**
 * gst_e2ee_member_is_ready:
 * @member: a #GstE2eeMember
 *
 * Returns: %TRUE when he has said that he uses the keys of this epoch
 *
 * Since: 0.1
 */
gboolean
gst_e2ee_member_is_ready (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, FALSE);

  return member->is_ready;
}

/**
 * gst_e2ee_member_get_code:
 * @member: a #GstE2eeMember
 *
 * Returns: (transfer none): the fingerprint of him and his device, 60 digits in groups of five, the
 * same in every meeting; "" of somebody who has left; owned by @member
 *
 * Since: 0.1
 */
const gchar *
gst_e2ee_member_get_code (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, NULL);

  return member->code;
}

/**
 * gst_e2ee_member_list_streams:
 * @member: a #GstE2eeMember
 *
 * Returns: (transfer full) (element-type GstE2eeStreamInfo): what he sends, as he announced it
 *
 * Since: 0.1
 */
GList *
gst_e2ee_member_list_streams (const GstE2eeMember * member)
{
  g_return_val_if_fail (member != NULL, NULL);

  return g_list_copy_deep (member->streams, (GCopyFunc) (void (*)(void)) gst_e2ee_stream_info_ref,
      NULL);
}
