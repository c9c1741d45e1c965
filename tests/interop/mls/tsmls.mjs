/* A member that ts-mls plays, with what its defects ask for; the same face as ours.mjs.
 *
 * What 1.6.4 does otherwise than RFC 9420, and what is done about it here:
 *
 *   external_pub     is written and read without the length of HPKEPublicKey: the suite object
 *                    handed in adds and takes the one byte
 *   Welcome, join    a tree whose unmerged leaves differ along a path is refused: isKnownLimit()
 *   external join    takes no PSK: not asked for
 *   Update           is signed by hand, and the new key put in place when the update is committed,
 *                    since the library keeps the old one
 *   GCE              makes no path with it, and seals one under the old extensions: only received
 *   Remove           is not noticed by the removed one when an Add of the same commit takes its
 *                    leaf: isUnnoticedRemoval()
 *   commit secret    is another one when the root is not in the filtered direct path, so when the
 *                    whole left half of the tree is blank: histories keep somebody there
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { randomBytes } from 'node:crypto';
import * as mls from 'ts-mls';
import { decodeRatchetTree, encodeRatchetTree } from 'ts-mls/ratchetTree.js';
import { signLeafNodeCommit } from 'ts-mls/leafNode.js';

const HOUR = 3600n;
const X25519_SIZE = 32;

const NAMES = {
  1: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
  3: 'MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519',
};

const CONFIG = {
  keyRetentionConfig: {
    retainKeysForGenerations: 200,
    retainKeysForEpochs: 4,
    maximumForwardRatchetSteps: 200,
  },
  lifetimeConfig: { maximumTotalLifetime: 90n * 24n * HOUR, validateLifetimeOnReceive: true },
  keyPackageEqualityConfig: mls.defaultKeyPackageEqualityConfig,
  paddingConfig: mls.defaultPaddingConfig,
  authService: mls.defaultAuthenticationService,
};

const suites = new Map();

/* The library's suite, and the same with external_pub as the RFC has it. */
async function suiteOf(id) {
  if (!suites.has(id)) {
    const plain = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(NAMES[id]));
    const { hpke } = plain;
    const importing = {
      ...plain,
      hpke: {
        ...hpke,
        importPublicKey: (key) => hpke.importPublicKey(
            key.length === X25519_SIZE + 1 && key[0] === X25519_SIZE ? key.subarray(1) : key),
      },
    };
    const exporting = {
      ...plain,
      hpke: {
        ...hpke,
        exportPublicKey: async (key) =>
          new Uint8Array([X25519_SIZE, ...await hpke.exportPublicKey(key)]),
      },
    };

    suites.set(id, { plain, importing, exporting });
  }
  return suites.get(id);
}

/* Errors that tell of ts-mls and not of the one it talks to. */
export function isKnownLimit(error) {
  return /non-blank intermediate node must list leaf node in its unmerged_leaves/
    .test(error?.message ?? '');
}

export function isUnnoticedRemoval(error) {
  return /No overlap between provided private keys and update path/.test(error?.message ?? '');
}

const base64 = (array) => Buffer.from(array).toString('base64');
const hex = (array) => Buffer.from(array).toString('hex');

function decode(message) {
  const decoded = mls.decodeMlsMessage(message, 0);

  if (decoded === undefined)
    throw new Error('ts-mls cannot decode a message');
  if (decoded[1] !== message.length)
    throw new Error('ts-mls leaves bytes of a message unread');
  return decoded[0];
}

/* A blank tree entry is undefined, a type is a number or a name. */
const EXTENSION_NUMBERS = mls.defaultExtensionTypes;
const extensionNumber = (type) => typeof type === 'number' ? type : EXTENSION_NUMBERS[type];

function extensionList(extensions) {
  return (extensions ?? []).map(({ type, data }) => ({
    extensionType: Object.keys(EXTENSION_NUMBERS).find((name) => EXTENSION_NUMBERS[name] === type)
      ?? type,
    extensionData: new Uint8Array(Buffer.from(data, 'hex')),
  }));
}

export class TsMember {
  kind = 'ts-mls';
  #settings;
  #suite;
  #state;
  #pending;
  #signature;
  #key;
  #psks = {};
  #updates = new Map();

  constructor(name, settings) {
    this.name = name;
    this.#settings = settings;
  }

  async #start() {
    this.#suite ??= await suiteOf(this.#settings.suite);
    this.#signature ??= await this.#suite.plain.signature.keygen();
  }

  async #newKeyPackage() {
    const now = BigInt(Math.floor(Date.now() / 1000));

    await this.#start();
    return mls.generateKeyPackageWithKey(
        { credentialType: 'basic', identity: new TextEncoder().encode(this.name) },
        {
          versions: ['mls10'],
          ciphersuites: [NAMES[this.#settings.suite]],
          extensions: this.#settings.extensionTypes,
          proposals: [],
          credentials: ['basic'],
        },
        { notBefore: now - HOUR, notAfter: now + 30n * 24n * HOUR }, [],
        { signKey: this.#signature.signKey, publicKey: this.#signature.publicKey },
        this.#suite.plain);
  }

  get #pskIndex() {
    return mls.makePskIndex(this.#state, this.#psks);
  }

  async create(groupId, extensions) {
    const { publicPackage, privatePackage } = await this.#newKeyPackage();

    this.#state = await mls.createGroup(groupId, publicPackage, privatePackage,
        extensionList(extensions), this.#suite.plain, CONFIG);
  }

  async keyPackage() {
    this.#key = await this.#newKeyPackage();
    return mls.encodeMlsMessage({
      version: 'mls10', wireformat: 'mls_key_package', keyPackage: this.#key.publicPackage,
    });
  }

  async join(welcome, ratchetTree) {
    this.#state = await mls.joinGroup(decode(welcome).welcome, this.#key.publicPackage,
        this.#key.privatePackage, mls.makePskIndex(undefined, this.#psks), this.#suite.plain,
        ratchetTree && decodeRatchetTree(ratchetTree, 0)[0], undefined, CONFIG);
    this.#updates.clear();
  }

  async joinExternal(groupInfo, ratchetTree, { resync = false } = {}) {
    const { publicPackage, privatePackage } = await this.#newKeyPackage();
    const { publicMessage, newState } = await mls.joinGroupExternal(decode(groupInfo).groupInfo,
        publicPackage, privatePackage, resync, this.#suite.importing,
        ratchetTree && decodeRatchetTree(ratchetTree, 0)[0], CONFIG);

    this.#pending = newState;
    return mls.encodeMlsMessage({
      version: 'mls10', wireformat: 'mls_public_message', publicMessage,
    });
  }

  async groupInfo(externalTree) {
    const make = externalTree ? mls.createGroupInfoWithExternalPub
      : mls.createGroupInfoWithExternalPubAndRatchetTree;
    const groupInfo = await make(this.#state, [], this.#suite.exporting);

    return [
      mls.encodeMlsMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo }),
      externalTree ? await this.ratchetTree() : undefined,
    ];
  }

  async ratchetTree() {
    return encodeRatchetTree(this.#state.ratchetTree);
  }

  async learnPsk(id, secret) {
    this.#psks[base64(id)] = secret;
  }

  async #update() {
    const own = this.#state.ratchetTree[2 * this.#state.privatePath.leafIndex].leaf;
    const { hpke, signature } = this.#suite.plain;
    const pair = await hpke.generateKeyPair();
    const leafNode = await signLeafNodeCommit({
      leafNodeSource: 'update',
      hpkePublicKey: await hpke.exportPublicKey(pair.publicKey),
      signaturePublicKey: own.signaturePublicKey,
      credential: own.credential,
      capabilities: own.capabilities,
      extensions: own.extensions,
      groupId: this.#state.groupContext.groupId,
      leafIndex: this.#state.privatePath.leafIndex,
    }, this.#state.signaturePrivateKey, signature);

    this.#updates.set(hex(leafNode.hpkePublicKey), await hpke.exportPrivateKey(pair.privateKey));
    return { proposalType: 'update', update: { leafNode } };
  }

  async #change(change) {
    switch (change.type) {
      case 'add':
        return { proposalType: 'add', add: { keyPackage: decode(change.keyPackage).keyPackage } };
      case 'remove':
        return { proposalType: 'remove', remove: { removed: change.leaf } };
      case 'update':
        return this.#update();
      case 'psk':
        return {
          proposalType: 'psk',
          psk: {
            preSharedKeyId: {
              psktype: 'external',
              pskId: change.id,
              pskNonce: new Uint8Array(randomBytes(this.#suite.plain.kdf.size)),
            },
          },
        };
      case 'group_context_extensions':
        return {
          proposalType: 'group_context_extensions',
          groupContextExtensions: { extensions: extensionList(change.extensions) },
        };
      default:
        throw new Error(`no change ${change.type}`);
    }
  }

  async propose(change) {
    const { newState, message } = await mls.createProposal(this.#state,
        !this.#settings.privateHandshake, await this.#change(change), this.#suite.plain);

    this.#state = newState;
    return mls.encodeMlsMessage(message);
  }

  async commit(changes, externalTree) {
    const result = await mls.createCommit(
        { state: this.#state, cipherSuite: this.#suite.plain, pskIndex: this.#pskIndex },
        {
          wireAsPublicMessage: !this.#settings.privateHandshake,
          extraProposals: await Promise.all(changes.map((change) => this.#change(change))),
          ratchetTreeExtension: !externalTree,
        });

    this.#pending = result.newState;
    return {
      commit: mls.encodeMlsMessage(result.commit),
      welcome: result.welcome && mls.encodeMlsMessage({
        version: 'mls10', wireformat: 'mls_welcome', welcome: result.welcome,
      }),
    };
  }

  async accept() {
    this.#state = this.#pending;
    this.#pending = undefined;
    this.#updates.clear();
  }

  async discard() {
    this.#pending = undefined;
  }

  async receive(message) {
    const decoded = decode(message);
    const state = {
      ...this.#state,
      privatePath: {
        ...this.#state.privatePath, privateKeys: { ...this.#state.privatePath.privateKeys },
      },
    };
    const own = state.privatePath.leafIndex;
    let type = 'application';
    const look = (incoming) => {
      type = incoming.kind;
      for (const { proposal, senderLeafIndex } of incoming.proposals ?? []) {
        if (proposal.proposalType === 'update' && senderLeafIndex === own) {
          state.privatePath.privateKeys[2 * own]
            = this.#updates.get(hex(proposal.update.leafNode.hpkePublicKey));
        }
      }
      return 'accept';
    };
    const result = decoded.wireformat === 'mls_public_message'
      ? await mls.processPublicMessage(state, decoded.publicMessage, this.#pskIndex,
          this.#suite.plain, look)
      : await mls.processPrivateMessage(state, decoded.privateMessage, this.#pskIndex,
          this.#suite.plain, look);

    this.#state = result.newState;
    if (type === 'commit') {
      this.#pending = undefined;
      this.#updates.clear();
    }
    return {
      type,
      plaintext: result.message,
      removed: this.#state.groupActiveState.kind === 'removedFromGroup',
    };
  }

  async protect(plaintext) {
    const { newState, privateMessage } = await mls.createApplicationMessage(this.#state,
        plaintext, this.#suite.plain);

    this.#state = newState;
    return mls.encodeMlsMessage({
      version: 'mls10', wireformat: 'mls_private_message', privateMessage,
    });
  }

  async restart() {
    const encoded = mls.encodeGroupState(this.#state);

    this.#state = { ...mls.decodeGroupState(encoded, 0)[0], clientConfig: CONFIG };
  }

  async view() {
    const { groupContext, keySchedule, ratchetTree } = this.#state;
    const exported = await mls.mlsExporter(keySchedule.exporterSecret, 'history',
        new Uint8Array([0x0b, 0xad, 0xca, 0xfe]), 32, this.#suite.plain);
    const roster = [];

    for (const [index, node] of ratchetTree.entries()) {
      if (node?.nodeType === 'leaf') {
        roster.push([index / 2, hex(node.leaf.credential.identity),
          hex(node.leaf.signaturePublicKey), hex(node.leaf.hpkePublicKey)].join(':'));
      }
    }
    return {
      epoch: Number(groupContext.epoch),
      authenticator: hex(keySchedule.epochAuthenticator),
      exported: hex(exported),
      extensions: groupContext.extensions
        .map((one) => `${extensionNumber(one.extensionType)}:${hex(one.extensionData)}`).join(),
      roster: roster.join('\n'),
    };
  }

  async leaf() {
    return this.#state.privatePath.leafIndex;
  }

  async leave() {
    this.#state = undefined;
  }
}
