/* gst-e2ee: where elements get their keys from
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */
#pragma once

#include <gst/e2ee/status.h>

G_BEGIN_DECLS

/**
 * GstE2eeCipherSuite:
 * @GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2: the passphrase of a LiveKit room
 * @GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF: raw key bytes of a LiveKit room or participant
 * @GST_E2EE_CIPHER_SUITE_JITSI_HKDF: the key of a participant of a Jitsi conference
 * @GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256: a passphrase where the room's key size is 256 bits
 * @GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF_256: raw bytes where the room's key size is 256 bits
 * @GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_128_GCM: master key and salt of SRTP, RFC 7714
 * @GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_256_GCM: likewise
 * @GST_E2EE_CIPHER_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80: master key and salt of SRTP, RFC 3711
 *
 * What a key is for.  SFrame's cipher suites have IANA's numbers (RFC 9605 section 8.1 and
 * draft-barnes-sframe-iana-256), those of other formats stand in the range for private use; the
 * nicks are the names in lower case with dashes: "aes-128-gcm-sha256-128".
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_80 = 1,
  GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_64 = 2,
  GST_E2EE_CIPHER_SUITE_AES_128_CTR_HMAC_SHA256_32 = 3,
  GST_E2EE_CIPHER_SUITE_AES_128_GCM_SHA256_128 = 4,
  GST_E2EE_CIPHER_SUITE_AES_256_GCM_SHA512_128 = 5,
  GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_80 = 6,
  GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_64 = 7,
  GST_E2EE_CIPHER_SUITE_AES_256_CTR_HMAC_SHA512_32 = 8,
  GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2 = 0xf001,
  GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF = 0xf002,
  GST_E2EE_CIPHER_SUITE_JITSI_HKDF = 0xf003,
  GST_E2EE_CIPHER_SUITE_LIVEKIT_PBKDF2_256 = 0xf004,
  GST_E2EE_CIPHER_SUITE_LIVEKIT_HKDF_256 = 0xf005,
  GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_128_GCM = 0xf011,
  GST_E2EE_CIPHER_SUITE_SRTP_AEAD_AES_256_GCM = 0xf012,
  GST_E2EE_CIPHER_SUITE_SRTP_AES_CM_128_HMAC_SHA1_80 = 0xf013
} GstE2eeCipherSuite;

#define GST_TYPE_E2EE_CIPHER_SUITE (gst_e2ee_cipher_suite_get_type ())
GST_E2EE_API GType gst_e2ee_cipher_suite_get_type (void);

/* The name as in the "alg" of a key file, for SFrame the RFC's: "AES_128_GCM_SHA256_128".  Static;
 * NULL for a number that is no suite. */
GST_E2EE_API const gchar *gst_e2ee_cipher_suite_get_name (GstE2eeCipherSuite suite);
/* Bytes that a new base key should have: of SFrame's suites 16 with AES-128 and 32 with AES-256, of
 * SRTP's 28, 44 and 30 (RFC 7714 section 12, RFC 3711 section 8.2), which take no other length; of others,
 * which take more and less, 32; 0 for no suite. */
GST_E2EE_API gsize gst_e2ee_cipher_suite_get_key_size (GstE2eeCipherSuite suite);

/**
 * GstE2eeKeyUsage:
 * @GST_E2EE_KEY_USAGE_ENCRYPT: for e2eeenc
 * @GST_E2EE_KEY_USAGE_DECRYPT: for e2eedec
 *
 * RFC 9605 section 5 wants each key used in one direction by one participant; the flags say
 * which.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_KEY_USAGE_ENCRYPT = (1 << 0),
  GST_E2EE_KEY_USAGE_DECRYPT = (1 << 1)
} GstE2eeKeyUsage;

#define GST_TYPE_E2EE_KEY_USAGE (gst_e2ee_key_usage_get_type ())
GST_E2EE_API GType gst_e2ee_key_usage_get_type (void);

/**
 * GstE2eeKey:
 *
 * One SFrame base key with its key id.  Immutable, reference-counted, safe in every thread; the
 * secret is in locked memory that the last reference wipes.  Nothing prints it.
 *
 * Since: 0.1
 */
typedef struct _GstE2eeKey GstE2eeKey;

#define GST_TYPE_E2EE_KEY (gst_e2ee_key_get_type ())
GST_E2EE_API GType gst_e2ee_key_get_type (void);

/* @base_key is copied: 16 bytes for SFrame suites with AES-128, 32 for those with AES-256, 1 to 256
 * for passphrases, master key and salt for SRTP, 16 to 256 for other suites; @error is GST_LIBRARY_ERROR_SETTINGS when it is not.  @epoch orders keys in time: the newest epoch
 * encrypts.  @sender (nullable) names who encrypts with it. */
GST_E2EE_API GstE2eeKey *gst_e2ee_key_new (guint64 key_id, GstE2eeCipherSuite suite,
    gconstpointer base_key, gsize size, GstE2eeKeyUsage usage, guint64 epoch,
    const gchar * sender, GError ** error);
GST_E2EE_API GstE2eeKey *gst_e2ee_key_ref (GstE2eeKey * key);
GST_E2EE_API void gst_e2ee_key_unref (GstE2eeKey * key);
GST_E2EE_API guint64 gst_e2ee_key_get_key_id (const GstE2eeKey * key);
GST_E2EE_API GstE2eeCipherSuite gst_e2ee_key_get_suite (const GstE2eeKey * key);
GST_E2EE_API GstE2eeKeyUsage gst_e2ee_key_get_usage (const GstE2eeKey * key);
GST_E2EE_API guint64 gst_e2ee_key_get_epoch (const GstE2eeKey * key);
GST_E2EE_API const gchar *gst_e2ee_key_get_sender (const GstE2eeKey * key);
/* Whether frames under this key come from @sender: the account or the leaf (in decimal) of a
 * member of the meeting, or the sender that a key file names. */
GST_E2EE_API gboolean gst_e2ee_key_is_of_sender (const GstE2eeKey * key, const gchar * sender);
/* A key that one element alone counts with, from 0; others may be in use elsewhere or have been
 * before.  Meetings have such keys. */
GST_E2EE_API gboolean gst_e2ee_key_is_of_group (const GstE2eeKey * key);
/* The secret itself, valid as long as @key; the caller makes no copy outside of locked memory.
 * (skip)ped in language bindings. */
GST_E2EE_API const guint8 *gst_e2ee_key_peek_base_key (const GstE2eeKey * key, gsize * size);
/* The same key: key id, suite and secret.  Usage, epoch and sender are only said about it and not
 * compared.  Constant time in the secret. */
GST_E2EE_API gboolean gst_e2ee_key_is_equal (const GstE2eeKey * a, const GstE2eeKey * b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstE2eeKey, gst_e2ee_key_unref)

/**
 * GstE2eeMediaMode:
 * @GST_E2EE_MEDIA_MODE_CLOSED: "closed": nothing goes out, nothing comes in
 * @GST_E2EE_MEDIA_MODE_CLEAR: "clear": encryption is off, and may be
 * @GST_E2EE_MEDIA_MODE_PROTECTED: "protected": nothing goes out or comes in that is not protected
 *
 * What may be done with media now.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_E2EE_MEDIA_MODE_CLOSED = 0,
  GST_E2EE_MEDIA_MODE_CLEAR = 1,
  GST_E2EE_MEDIA_MODE_PROTECTED = 2
} GstE2eeMediaMode;

#define GST_TYPE_E2EE_MEDIA_MODE (gst_e2ee_media_mode_get_type ())
GST_E2EE_API GType gst_e2ee_media_mode_get_type (void);

/**
 * GstE2eeMedia:
 * @mode: what may be done with media
 * @state: what is said of media that is protected
 * @key_id_mask: 0, or which bits of a key id tell that a frame was protected under keys of this
 *   provider, whether it has that key or not
 * @key_id_value: what these bits are
 *
 * How the owner of keys wants media to be treated.
 *
 * Since: 0.1
 */
typedef struct _GstE2eeMedia GstE2eeMedia;

struct _GstE2eeMedia
{
  GstE2eeMediaMode mode;
  GstE2eeState state;
  guint64 key_id_mask;
  guint64 key_id_value;

  /*< private >*/
  gpointer _gst_reserved[4];
};

/**
 * GstE2eeKeyProvider:
 *
 * An object that owns the keys of some streams: a key file, a meeting, or an app's own.  Elements
 * ask it when they start and after every `keys-changed`.
 *
 * Since: 0.1
 */
#define GST_TYPE_E2EE_KEY_PROVIDER (gst_e2ee_key_provider_get_type ())
GST_E2EE_API
G_DECLARE_INTERFACE (GstE2eeKeyProvider, gst_e2ee_key_provider, GST, E2EE_KEY_PROVIDER, GObject)

/**
 * GstE2eeKeyProviderInterface:
 * @parent: the parent
 * @list_keys: every key that may be used for @usage now, in the provider's order; the list and a
 *   reference to each key are the caller's.  Called from any thread, with no lock of an element held
 * @find_keys: optional: every key of the stream that @key_id is of, in the order of @list_keys,
 *   also of one that @list_keys does not have; none when it is nobody's.  May be slow: it is not
 *   called on a streaming thread
 * @get_media: optional: how media is to be treated; protected always when it is missing
 * @acquire: optional: an element begins to use the keys for @usage; %FALSE with an error when
 *   they are in use already and can be one element's only
 * @release: optional: it has ended
 *
 * Since: 0.1
 */
struct _GstE2eeKeyProviderInterface
{
  GTypeInterface parent;

  GList *(*list_keys) (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage);
  GList *(*find_keys) (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage, guint64 key_id);
  void (*get_media) (GstE2eeKeyProvider * self, GstE2eeMedia * media);
  gboolean (*acquire) (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage, GError ** error);
  void (*release) (GstE2eeKeyProvider * self, GstE2eeKeyUsage usage);

  gpointer _gst_reserved[4];
};

/* (transfer full) (element-type GstE2eeKey): free it with g_list_free_full (keys, (GDestroyNotify)
 * gst_e2ee_key_unref); keys that an implementation gave but that are not for @usage are left out. */
GST_E2EE_API GList *gst_e2ee_key_provider_list_keys (GstE2eeKeyProvider * self,
    GstE2eeKeyUsage usage);

/* As list_keys, but only those of the stream that @key_id is of, known so far or not.  Not for
 * streaming threads. */
GST_E2EE_API GList *gst_e2ee_key_provider_find_keys (GstE2eeKeyProvider * self,
    GstE2eeKeyUsage usage, guint64 key_id);
/* Whether it knows more keys than it lists. */
GST_E2EE_API gboolean gst_e2ee_key_provider_can_find (GstE2eeKeyProvider * self);

/* How media is to be treated; `keys-changed` tells that this has changed, too. */
GST_E2EE_API void gst_e2ee_key_provider_get_media (GstE2eeKeyProvider * self,
    GstE2eeMedia * media);

/* For elements: begin and end of using the keys. */
GST_E2EE_API gboolean gst_e2ee_key_provider_acquire (GstE2eeKeyProvider * self,
    GstE2eeKeyUsage usage, GError ** error);
GST_E2EE_API void gst_e2ee_key_provider_release (GstE2eeKeyProvider * self,
    GstE2eeKeyUsage usage);

/* For implementations: emits `keys-changed`.  Call it with no lock held. */
GST_E2EE_API void gst_e2ee_key_provider_changed (GstE2eeKeyProvider * self);

/**
 * GstE2eeKeyFile:
 *
 * A key provider over a JWK Set file (RFC 7517), docs/key-files.md.  Safe in every thread.
 *
 * Since: 0.1
 */
#define GST_TYPE_E2EE_KEY_FILE (gst_e2ee_key_file_get_type ())
GST_E2EE_API
G_DECLARE_FINAL_TYPE (GstE2eeKeyFile, gst_e2ee_key_file, GST, E2EE_KEY_FILE, GObject)

/* Reads @path once; no I/O happens later but in gst_e2ee_key_file_reload().  @error names the
 * file and the fault, never key bytes: GST_RESOURCE_ERROR_NOT_FOUND, _OPEN_READ (unreadable),
 * _NOT_AUTHORIZED (others than its owner may touch it, or it is not a regular file of ours),
 * GST_LIBRARY_ERROR_SETTINGS (what it says is wrong). */
GST_E2EE_API GstE2eeKeyFile *gst_e2ee_key_file_new (const gchar * path, GError ** error);

/* Reads the file again; on failure the keys stay what they were.  Emits `keys-changed` when it
 * could.  Keys that are new or changed belong to a new epoch, the others keep theirs; the first
 * load is epoch 1. */
GST_E2EE_API gboolean gst_e2ee_key_file_reload (GstE2eeKeyFile * self, GError ** error);

/* The suite of keys without "alg", now and after every reload.  Until it is called their length
 * decides: 16 bytes AES_128_GCM_SHA256_128, 32 bytes AES_256_GCM_SHA512_128.  FALSE with
 * GST_LIBRARY_ERROR_SETTINGS when one of them has another length than @suite takes; nothing has
 * changed then.  Emits `keys-changed` when a key has changed. */
GST_E2EE_API gboolean gst_e2ee_key_file_set_default_suite (GstE2eeKeyFile * self,
    GstE2eeCipherSuite suite, GError ** error);

G_END_DECLS
