/* A member that e2ee-mls plays; the same face as tsmls.mjs.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { bytes } from './program.mjs';

const STORE_KEY = new Uint8Array(32).fill(7);

export class OurMember {
  kind = 'ours';
  #program;
  #settings;
  #state;
  #key;
  /* Whose signature key and credential it uses, when it has been in the group before. */
  #identityOf;

  /* @settings: suite, privateHandshake, extensionTypes */
  constructor(program, name, settings) {
    this.#program = program;
    this.#settings = settings;
    this.name = name;
  }

  #leaf() {
    const identity = this.#identityOf === undefined
      ? { identity: Buffer.from(this.name).toString('hex') } : { identity_of: this.#identityOf };

    return {
      ...identity,
      cipher_suite: this.#settings.suite,
      capabilities: { extensions: this.#settings.extensionTypes },
      encrypt_handshake: this.#settings.privateHandshake,
    };
  }

  #ask(verb, fields = {}) {
    return this.#program.ask(verb, { state_id: this.#state, ...fields });
  }

  async create(groupId, extensions) {
    const answer = await this.#program.ask('create_group',
        { ...this.#leaf(), group_id: groupId, extensions });

    this.#state = answer.state_id;
    this.#identityOf = answer.state_id;
  }

  async keyPackage() {
    const answer = await this.#program.ask('create_key_package', this.#leaf());

    this.#key = answer.transaction_id;
    return bytes(answer.key_package);
  }

  async join(welcome, ratchetTree) {
    await this.#program.ask('join_group', {
      transaction_id: this.#key,
      welcome,
      ratchet_tree: ratchetTree,
      encrypt_handshake: this.#settings.privateHandshake,
    });
    this.#state = this.#key;
    this.#identityOf = this.#key;
  }

  /* The commit; the group is pending until accept(). */
  async joinExternal(groupInfo, ratchetTree, { resync = false, psks = [] } = {}) {
    const answer = await this.#program.ask('external_join', {
      ...this.#leaf(),
      group_info: groupInfo,
      ratchet_tree: ratchetTree,
      remove_prior: resync,
      psks: psks.map(({ id, secret }) => ({ psk_id: id, psk_secret: secret })),
    });

    this.#state = answer.state_id;
    this.#identityOf = answer.state_id;
    return bytes(answer.commit);
  }

  async groupInfo(externalTree) {
    const answer = await this.#ask('group_info', { external_tree: externalTree });

    return [bytes(answer.group_info), externalTree ? bytes(answer.ratchet_tree) : undefined];
  }

  async ratchetTree() {
    return bytes((await this.#ask('ratchet_tree')).ratchet_tree);
  }

  async learnPsk(id, secret, joining = false) {
    await this.#program.ask('store_psk', {
      ...(joining ? { transaction_id: this.#key } : { state_id: this.#state }),
      psk_id: id,
      psk_secret: secret,
    });
  }

  #change(change) {
    switch (change.type) {
      case 'add':
        return { type: 'add', key_package: change.keyPackage };
      case 'psk':
        return { type: 'psk', psk_id: change.id };
      default:
        return change;
    }
  }

  async propose(change) {
    return bytes((await this.#ask('propose', { proposal: this.#change(change) })).message);
  }

  async commit(changes, externalTree, forcePath = false) {
    const answer = await this.#ask('commit', {
      by_value: changes.map((change) => this.#change(change)),
      external_tree: externalTree,
      force_path: forcePath,
    });

    return {
      commit: bytes(answer.commit),
      welcome: answer.welcome ? bytes(answer.welcome) : undefined,
    };
  }

  async accept() {
    await this.#ask('handle_pending_commit');
  }

  async discard() {
    await this.#ask('discard_pending_commit');
  }

  async receive(message) {
    const answer = await this.#ask('receive', { message });

    return {
      type: answer.type,
      plaintext: answer.plaintext === undefined ? undefined : bytes(answer.plaintext),
      removed: answer.removes_us === true,
    };
  }

  async protect(plaintext) {
    return bytes((await this.#ask('protect', { plaintext })).ciphertext);
  }

  async store(key) {
    return bytes((await this.#ask('store', { key })).stored);
  }

  /* As after a restart: what was stored, behind a handle of its own. */
  async restart() {
    const { stored } = await this.#ask('store', { key: STORE_KEY });
    const { state_id: restored } = await this.#program.ask('restore', { key: STORE_KEY, stored });

    /* its identity is still known by the old handle only */
    this.#state = restored;
  }

  /* All that members of an epoch must agree on. */
  async view() {
    const roster = await this.#ask('roster');
    const { exported_secret: exported } = await this.#ask('export',
        { label: 'history', context: '0badcafe', key_length: 32 });

    return {
      epoch: roster.epoch,
      authenticator: roster.epoch_authenticator,
      exported,
      extensions: roster.extensions.map(({ type, data }) => `${type}:${data}`).join(),
      roster: roster.members.map((member) => [member.leaf, member.identity, member.signature_key,
        member.encryption_key].join(':')).join('\n'),
    };
  }

  async leaf() {
    return (await this.#ask('roster')).leaf;
  }

  /* All of it goes. */
  async end() {
    await this.#ask('free');
  }

  /* Its handles go; the identity stays for a rejoin. */
  async leave() {
    if (this.#state !== this.#identityOf)
      await this.#ask('free');
  }
}
