/* One random history of a group in which ours and ts-mls's members live together.
 *
 * After every step all members must have the same epoch, epoch authenticator, exported secret,
 * GroupContext extensions and roster.
 *
 * gst-e2ee, LGPL-2.1-or-later */

import { OurMember } from './ours.mjs';
import { hex, Refused } from './program.mjs';
import { Random } from './random.mjs';
import { isKnownLimit, isUnnoticedRemoval, TsMember } from './tsmls.mjs';

const EXTENSION = 0xf0e2;
const LEAST = 3;
/* Epochs that both sides keep for late messages. */
const KEPT = 3;

const STEPS = {
  grow: 5, shrink: 4, refresh: 4, updates: 4, mixed: 5, psk: 2, extensions: 2,
  external: 4, resync: 3, restart: 2, talk: 3,
};

/* Leaves of the smallest full tree that holds @leaves. */
function width(leaves) {
  let n = 1;

  while (n <= Math.max(...leaves))
    n *= 2;
  return n;
}

/* Whether somebody is left in the left half once @removed have gone and @nAdded have come. */
function leftHalfLives(leaves, removed, nAdded) {
  const after = new Set([...leaves].filter((leaf) => !removed.includes(leaf)));

  for (let n = 0, leaf = 0; n < nAdded; leaf++) {
    if (!after.has(leaf)) {
      after.add(leaf);
      n++;
    }
  }
  return [...after].some((leaf) => leaf < Math.max(width([...after]) / 2, 1));
}

export class History {
  members = [];
  outside = [];
  /* Leaves whose member could not join for a limit of ts-mls. */
  ghosts = [];
  counts = { steps: 0, epochs: 0, messages: 0, late: 0, refused: 0, limits: 0, largest: 0 };
  log = [];
  #mail = [];
  #named = 0;
  #program;
  #random;
  #settings;

  /* @settings: suite, seed, ours (share of our members, 0 to 1) */
  constructor(program, settings) {
    this.#program = program;
    this.#settings = { ours: 0.5, ...settings };
    this.#random = new Random(settings.seed * 16 + settings.suite);
    this.most = this.#random.between(5, 14);
  }

  #note(...words) {
    this.log.push(words.join(' '));
  }

  #newMember(kind = this.#random.chance(this.#settings.ours) ? 'ours' : 'ts-mls') {
    const name = `${kind}-${++this.#named}`;
    const settings = {
      suite: this.#settings.suite,
      privateHandshake: this.#random.chance(0.4),
      extensionTypes: [EXTENSION],
    };

    return kind === 'ours' ? new OurMember(this.#program, name, settings)
      : new TsMember(name, settings);
  }

  /* Someone who was here, or has never been. */
  #newcomer() {
    const back = this.outside.length > 0 && this.#random.chance(0.4)
      ? this.#random.pick(this.outside) : undefined;

    if (back)
      this.outside.splice(this.outside.indexOf(back), 1);
    return back ?? this.#newMember();
  }

  async start() {
    const first = this.#newMember();

    await this.#program.ask('configure', { max_past_epochs: KEPT, max_past_ms: 3_600_000 });
    await first.create(this.#random.bytes(16), [{ type: EXTENSION, data: 'c0ffee' }]);
    first.since = 0;
    this.members.push(first);
    this.#note('create', first.name);
    while (this.members.length < LEAST)
      await this.#commit({ committer: this.#random.pick(this.members), nAdd: 1 });
    await this.compare();
  }

  async #epoch() {
    return (await this.members[0].view()).epoch;
  }

  async #leaves() {
    const view = await this.members[0].view();

    return view.roster.split('\n').map((line) => Number(line.split(':')[0]));
  }

  async #leafOfName(name) {
    const view = await this.members[0].view();
    const identity = Buffer.from(name).toString('hex');

    return Number(view.roster.split('\n').find((line) => line.split(':')[1] === identity)
      .split(':')[0]);
  }

  async compare() {
    const views = await Promise.all(this.members.map((member) => member.view()));

    this.counts.largest = Math.max(this.counts.largest, views.length);
    for (const [i, view] of views.entries()) {
      for (const [what, value] of Object.entries(view)) {
        if (value !== views[0][what]) {
          throw new Error(`${this.members[i].name} and ${this.members[0].name} disagree on ${what}:`
            + `\n${value}\n${views[0][what]}`);
        }
      }
    }
    this.counts.epochs = views[0].epoch;
  }

  /* A member must refuse a message that was changed on its way, and be none the worse for it. */
  async #tamper(member, message) {
    const spoiled = message.slice();

    spoiled[this.#random.below(spoiled.length)] ^= 1 << this.#random.below(8);
    try {
      await member.receive(spoiled);
    } catch (error) {
      if (!(error instanceof Refused))
        throw error;
      this.counts.refused++;
      return;
    }
    throw new Error(`${member.name} took a message that was changed on its way`);
  }

  /* Who of the others finds itself removed.  @replaced are members whose leaf is taken anew. */
  async #deliver(message, sender, type, replaced = []) {
    const gone = [];

    for (const member of this.#random.shuffled(this.members)) {
      if (member === sender)
        continue;
      if (member.kind === 'ours' && this.#random.chance(0.05))
        await this.#tamper(member, message);
      const got = await member.receive(message).catch((error) => {
        if (member.kind === 'ts-mls' && replaced.includes(member) && isUnnoticedRemoval(error)) {
          this.counts.limits++;
          return { type, removed: true };
        }
        throw new Error(`${member.name} refuses a ${type} of ${sender.name}: ${error.message}`,
            { cause: error });
      });

      if (got.type !== type)
        throw new Error(`${member.name} took a ${type} for ${got.type}`);
      if (got.removed)
        gone.push(member);
    }
    return gone;
  }

  async #join(member, welcome, tree) {
    try {
      await member.join(welcome, tree);
    } catch (error) {
      if (member.kind !== 'ts-mls' || !isKnownLimit(error))
        throw new Error(`${member.name} cannot join: ${error.message}`, { cause: error });
      this.counts.limits++;
      this.ghosts.push(await this.#leafOfName(member.name));
      this.#note('  ghost', member.name);
      return;
    }
    member.since = await this.#epoch();
    this.members.push(member);
  }

  /* A whole step of proposals, commit and Welcome. */
  async #commit({ committer, nAdd = 0, nRemove = 0, nUpdate = 0, psk = false, extensions = false,
    remove = [], leave = false }) {
    const random = this.#random;
    const others = this.members.filter((member) => member !== committer);
    const leaves = await this.#leaves();
    const adding = [];
    let removing = random.some(others, Math.min(nRemove, this.members.length - LEAST));
    let removed = [];
    const byReference = [], byValue = [];
    const add = (change, proposer) => (proposer ? byReference : byValue).push({ change, proposer });
    const maybeProposed = (from = this.members) =>
      random.chance(0.4) ? random.pick(from) : undefined;

    for (let i = 0; i < nAdd; i++)
      adding.push(this.#newcomer());
    removed = [...remove, ...await Promise.all(removing.map((member) => member.leaf()))];
    if (!leftHalfLives(leaves, removed, adding.length)) {
      removing = [];
      removed = remove;
    }
    for (const leaf of removed) {
      const target = removing[removed.indexOf(leaf) - remove.length];

      add({ type: 'remove', leaf }, leave && target ? target
        : maybeProposed(this.members.filter((member) => member !== target)));
    }
    for (const member of random.some(others.filter((one) => !removing.includes(one)), nUpdate))
      add({ type: 'update' }, member);
    for (const member of adding)
      add({ type: 'add', keyPackage: await member.keyPackage() }, maybeProposed());
    if (psk) {
      const secret = { id: random.bytes(8), secret: random.bytes(32) };

      for (const member of [...this.members, ...adding])
        await member.learnPsk(secret.id, secret.secret, adding.includes(member));
      add({ type: 'psk', id: secret.id }, maybeProposed());
    }
    if (extensions) {
      add({
        type: 'group_context_extensions',
        extensions: [{ type: EXTENSION, data: hex(random.bytes(random.between(1, 40))) }],
      }, maybeProposed());
    }
    this.#note('commit by', committer.name, '- by value',
        byValue.map(({ change }) => change.type).join() || '-', '- by reference',
        byReference.map(({ change, proposer }) => `${change.type} ${proposer.name}`).join() || '-');

    for (const { change, proposer } of random.shuffled(byReference))
      await this.#deliver(await proposer.propose(change), proposer, 'proposal');

    const rival = random.chance(0.1) ? random.pick(others.filter((one) => one.kind === 'ours'))
      : undefined;

    await rival?.commit([], false, true);
    const externalTree = random.chance(0.3);
    const { commit, welcome } = await committer.commit(byValue.map(({ change }) => change),
        externalTree);
    const gone = await this.#deliver(commit, committer, 'commit',
        adding.length > 0 ? removing : []);

    await committer.accept();
    for (const member of this.members) {
      if (gone.includes(member) !== removing.includes(member))
        throw new Error(`${member.name} is wrong about having been removed`);
    }
    for (const member of gone) {
      await member.leave();
      this.members.splice(this.members.indexOf(member), 1);
      this.outside.push(member);
    }
    this.ghosts = this.ghosts.filter((leaf) => !removed.includes(leaf));
    if ((welcome !== undefined) !== (adding.length > 0))
      throw new Error(`${committer.name} gives ${welcome ? 'a' : 'no'} Welcome`);
    const tree = externalTree && welcome ? await committer.ratchetTree() : undefined;

    for (const member of adding)
      await this.#join(member, welcome, tree);
  }

  async #external(joiner, resync) {
    const random = this.#random;
    const [groupInfo, tree] = await random.pick(this.members).groupInfo(random.chance(0.3));
    const psks = joiner.kind === 'ours' && random.chance(0.3)
      ? [{ id: random.bytes(8), secret: random.bytes(32) }] : [];
    let commit;

    this.#note(resync ? 'resync' : 'external join', joiner.name, psks.length ? 'psk' : '');
    try {
      commit = await joiner.joinExternal(groupInfo, tree, { resync, psks });
    } catch (error) {
      if (joiner.kind !== 'ts-mls' || !isKnownLimit(error))
        throw new Error(`${joiner.name} cannot join from outside: ${error.message}`,
            { cause: error });
      this.counts.limits++;
      this.#note('  given up');
      if (!resync)
        this.outside.push(joiner);
      return;
    }
    for (const { id, secret } of psks) {
      for (const member of this.members) {
        if (member !== joiner)
          await member.learnPsk(id, secret);
      }
    }
    await this.#deliver(commit, joiner, 'commit');
    await joiner.accept();
    joiner.since = (await joiner.view()).epoch;
    if (!resync)
      this.members.push(joiner);
  }

  /* Everybody is sent some messages; who gets them when is left to chance. */
  async #talk(n) {
    const random = this.#random;
    const epoch = await this.#epoch();

    for (let i = 0; i < n; i++) {
      const sender = random.pick(this.members);
      const plaintext = random.bytes(random.below(300));
      const message = await sender.protect(plaintext);

      for (const member of this.members) {
        if (member !== sender) {
          this.#mail.push({
            member, message, plaintext, epoch, sender: sender.name,
            due: epoch + random.weighted({ 0: 6, 1: 2, 2: 1 }) * 1,
          });
        }
      }
    }
  }

  async #deliverMail() {
    const epoch = await this.#epoch();
    const due = this.#mail.filter((letter) => letter.due <= epoch);

    this.#mail = this.#mail.filter((letter) => letter.due > epoch);
    for (const letter of this.#random.shuffled(due)) {
      const { member, message, plaintext } = letter;

      /* Who has left or come anew since then has no keys for it. */
      if (!this.members.includes(member) || member.since > letter.epoch
        || epoch - letter.epoch > KEPT)
        continue;
      if (member.kind === 'ours' && this.#random.chance(0.05))
        await this.#tamper(member, message);
      const got = await member.receive(message).catch((error) => {
        throw new Error(`${member.name} cannot open a message of ${letter.sender}, epoch `
          + `${letter.epoch}, in ${epoch}: ${error.message}`, { cause: error });
      });

      if (got.type !== 'application' || hex(got.plaintext) !== hex(plaintext))
        throw new Error(`${member.name} reads something else than ${letter.sender} wrote`);
      this.counts.messages++;
      this.counts.late += epoch > letter.epoch;
      if (member.kind === 'ours' && this.#random.chance(0.1))
        await this.#replay(member, message);
    }
  }

  async #replay(member, message) {
    try {
      await member.receive(message);
    } catch (error) {
      if (!(error instanceof Refused))
        throw error;
      this.counts.refused++;
      return;
    }
    throw new Error(`${member.name} opened a message twice`);
  }

  async step() {
    const random = this.#random;
    const room = this.most - this.members.length;
    const committer = random.pick(this.members);
    let name = random.weighted(STEPS);

    this.counts.steps++;
    if (random.chance(0.5))
      await this.#talk(random.between(1, 4));
    await this.#deliverMail();

    if (this.ghosts.length > 0)
      name = 'ghosts';
    else if (room <= 0 && (name === 'grow' || name === 'external'))
      name = 'shrink';
    this.#note(`step ${this.counts.steps}: ${name}`);
    switch (name) {
      case 'ghosts':
        await this.#commit({ committer, remove: [...this.ghosts] });
        break;
      case 'grow':
        await this.#commit({ committer, nAdd: random.between(1, Math.min(room, 3)) });
        break;
      case 'shrink':
        await this.#commit({ committer, nRemove: random.between(1, 2), leave: random.chance(0.3) });
        break;
      case 'refresh':
        await this.#commit({ committer });
        break;
      case 'updates':
        await this.#commit({ committer, nUpdate: random.between(1, 3) });
        break;
      case 'mixed':
        await this.#commit({
          committer,
          nAdd: random.between(0, Math.max(0, Math.min(room, 2))),
          nRemove: random.between(0, 2),
          nUpdate: random.between(0, 2),
          psk: random.chance(0.3),
        });
        break;
      case 'psk':
        await this.#commit({ committer, psk: true, nAdd: room > 0 && random.chance(0.5) ? 1 : 0 });
        break;
      case 'extensions': {
        const ours = this.members.filter((member) => member.kind === 'ours');

        /* ts-mls makes no commit of this kind that the RFC allows */
        if (ours.length > 0) {
          await this.#commit({
            committer: random.pick(ours),
            extensions: true,
            nUpdate: random.between(0, 1),
          });
        }
        break;
      }
      case 'external':
        await this.#external(this.#newcomer(), false);
        break;
      case 'resync':
        await this.#external(committer, true);
        break;
      case 'restart':
        await committer.restart();
        break;
      default:
        await this.#talk(random.between(3, 8));
    }
    await this.compare();
    await this.#deliverMail();
  }
}
