/* A Janus gateway of the tests' own: its configuration, its life, and what its administrator does.
 *
 * gst-e2ee, LGPL-2.1-or-later
 *
 * E2EE_LOOPBACK is loopback.c as a library. */

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAKE_CONFIG = fileURLToPath(new URL('../../../pipelines/janus/make-config',
    import.meta.url));
const START_MS = 30_000;
const STOP_MS = 10_000;

/* Why there can be no gateway here, or false. */
export function missingGateway() {
  const there = (process.env.PATH ?? '').split(delimiter)
    .some((folder) => existsSync(join(folder, 'janus')));

  if (!there)
    return 'no janus in PATH';
  return process.env.E2EE_LOOPBACK && existsSync(process.env.E2EE_LOOPBACK)
    ? false : 'E2EE_LOOPBACK names no library';
}

/* Ports that were free when they were asked for. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());

  await Promise.all(servers.map((server) => new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  })));

  const ports = servers.map((server) => server.address().port);

  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
  return ports;
}

class Gateway {
  /* FALSE: it does not come up, as when somebody else has taken a port meanwhile. */
  async start(folder) {
    const [ws, http] = await freePorts(2);

    await promisify(execFile)(MAKE_CONFIG, [folder, '--ws-port', ws, '--http-port', http,
      '--room', '0', '--ice-address', '127.0.0.1']);
    this.url = `ws://127.0.0.1:${ws}/`;
    this.http = `http://127.0.0.1:${http}/janus`;
    this.log = [];
    this.child = spawn('janus', [`--configs-folder=${folder}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      /* It makes a folder for recordings where it is. */
      cwd: folder,
      env: { ...process.env, LD_PRELOAD: process.env.E2EE_LOOPBACK },
    });
    this.child.stdout.on('data', (data) => this.log.push(data));
    this.child.stderr.on('data', (data) => this.log.push(data));
    this.exited = once(this.child, 'close');

    for (const end = Date.now() + START_MS; Date.now() < end && this.child.exitCode === null;) {
      if (await this.isThere())
        return true;
      await setTimeout(50);
    }
    await this.stop();
    return false;
  }

  async isThere() {
    const up = [...this.log].join('').includes('WebSockets thread started');

    try {
      return up && (await (await fetch(`${this.http}/info`)).json()).janus === 'server_info';
    } catch {
      return false;
    }
  }

  async post(path, message) {
    const response = await fetch(this.http + path, {
      method: 'POST',
      body: JSON.stringify({ ...message, transaction: 'test' }),
    });

    return response.json();
  }

  /* What the room plugin answers; throws what it refuses. */
  async ask(body) {
    const session = (await this.post('', { janus: 'create' })).data.id;
    const handle = (await this.post(`/${session}`,
        { janus: 'attach', plugin: 'janus.plugin.videoroom' })).data.id;
    const { plugindata } = await this.post(`/${session}/${handle}`, { janus: 'message', body });

    await this.post(`/${session}`, { janus: 'destroy' });
    if (!plugindata || plugindata.data.error)
      throw new Error(`${body.request}: ${plugindata?.data.error ?? 'no answer'}`);
    return plugindata.data;
  }

  /* A room of the codecs that are tested, with @settings of Janus' own. */
  async createRoom(room, settings = {}) {
    await this.ask({
      request: 'create',
      room,
      publishers: 6,
      require_e2ee: true,
      audiocodec: 'opus',
      videocodec: 'vp8,vp9,h264',
      bitrate: 2_000_000,
      ...settings,
    });
  }

  /* Every packet that this publisher sends, to a port of this machine; the audio's and the video's
   * are apart. */
  async forward(room, publisher, video, audio) {
    const { participants } = await this.ask({ request: 'listparticipants', room });
    const { id } = participants.find(({ display }) => display === publisher);

    await this.ask({ request: 'rtp_forward', room, publisher_id: id, host: '127.0.0.1',
      video_port: video, audio_port: audio });
  }

  tail() {
    return Buffer.concat(this.log).toString().slice(-4000);
  }

  async stop() {
    this.child.kill('SIGINT');

    const kill = globalThis.setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);

    await this.exited;
    clearTimeout(kill);
  }
}

/* @folder is for its configuration. */
export async function startGateway(folder) {
  const gateway = new Gateway();

  for (let tries = 0; tries < 3; tries++)
    if (await gateway.start(folder))
      return gateway;
  throw new Error(`janus does not start:\n${gateway.tail()}`);
}
