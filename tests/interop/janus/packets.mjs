/* Media as a server has them: RTP packets, out of its recordings or from its wire, and the frames
 * in them.
 *
 * gst-e2ee, LGPL-2.1-or-later */

/* RFC 3550 section 5.1. */
export function parseRtp(bytes) {
  const extension = bytes[0] & 0x10;
  let head = 12 + 4 * (bytes[0] & 15);

  if (extension)
    head += 4 + 4 * bytes.readUInt16BE(head + 2);

  const padding = bytes[0] & 0x20 ? bytes.at(-1) : 0;

  return {
    marker: Boolean(bytes[1] & 0x80),
    seq: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(head, bytes.length - padding),
  };
}

/* The packets of a recording (.mjr): "MJR00002", a JSON header with its size in front, and for each
 * packet "MEET", the time, the size.  { header, packets } */
export function parseRecording(file) {
  const packets = [];

  if (file.toString('latin1', 0, 8) !== 'MJR00002')
    throw new Error('no recording of Janus');

  const headerSize = file.readUInt16BE(8);
  const header = JSON.parse(file.toString('utf8', 10, 10 + headerSize));

  for (let at = 10 + headerSize; at < file.length;) {
    if (file.toString('latin1', at, at + 4) !== 'MEET')
      throw new Error(`no packet at ${at}`);

    const size = file.readUInt16BE(at + 8);

    packets.push(parseRtp(file.subarray(at + 10, at + 10 + size)));
    at += 10 + size;
  }
  return { header, packets };
}

/* Each gives { begins, ends, rest }: whether this packet begins a frame and ends one, where the
 * payload tells, and what it holds of it. */

/* RFC 7741 section 4.2. */
function vp8(payload) {
  let at = 1;

  if (payload[0] & 0x80) {
    const extension = payload[at++];

    if (extension & 0x80)
      at += payload[at] & 0x80 ? 2 : 1;
    if (extension & 0x40)
      at++;
    if (extension & 0x30)
      at++;
  }
  return { begins: Boolean(payload[0] & 0x10) && !(payload[0] & 7), rest: payload.subarray(at) };
}

/* RFC 9628 section 4.2, in the flexible mode and the other.  Each layer is a frame. */
function vp9(payload) {
  const [flags] = payload;
  let at = 1;

  if (flags & 0x80)
    at += payload[at] & 0x80 ? 2 : 1;
  if (flags & 0x20)
    at += flags & 0x10 ? 1 : 2;
  if (flags & 0x40 && flags & 0x10)
    while (payload[at++] & 1);
  if (flags & 0x02) {
    const structure = payload[at++];

    if (structure & 0x10)
      at += 4 * ((structure >> 5) + 1);
    if (structure & 0x08)
      for (let pictures = payload[at++]; pictures > 0; pictures--)
        at += 1 + (payload[at] >> 2 & 3);
  }
  return { begins: Boolean(flags & 0x08), ends: Boolean(flags & 0x04), rest: payload.subarray(at) };
}

/* RFC 6184: single units, STAP-A and FU-A, to units behind start codes.  What begins a frame is not
 * told; the marker of the packet before is. */
function h264(payload) {
  const code = Buffer.from([0, 0, 0, 1]);
  const type = payload[0] & 31;
  const units = [];

  if (type === 28) {
    const header = Buffer.from([payload[0] & 0xe0 | payload[1] & 31]);

    return { rest: Buffer.concat([...(payload[1] & 0x80 ? [code, header] : []),
      payload.subarray(2)]) };
  }
  if (type !== 24)
    return { rest: Buffer.concat([code, payload]) };
  for (let at = 1; at < payload.length;) {
    const size = payload.readUInt16BE(at);

    units.push(code, payload.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return { rest: Buffer.concat(units) };
}

const opus = (payload) => ({ begins: true, ends: true, rest: payload });
const DEPACKETIZERS = { vp8, vp9, h264, opus };

/* The whole frames of @packets, of one stream: a frame of which a packet is missing is left out,
 * and what came twice counts once. */
export function framesOf(codec, packets) {
  const depacketize = DEPACKETIZERS[codec];
  const inOrder = sorted(packets);
  const frames = [];
  let parts = null;
  let previous = null;

  for (const { seq, marker, payload } of inOrder) {
    const { begins = previous?.marker ?? true, ends = marker, rest } = depacketize(payload);
    const follows = previous && seq === (previous.seq + 1 & 0xffff);

    if (begins && (codec !== 'h264' || !previous || follows))
      parts = [];
    else if (!follows)
      parts = null;
    parts?.push(rest);
    if (ends && parts) {
      frames.push(Buffer.concat(parts));
      parts = null;
    }
    previous = { seq, marker };
  }
  return frames;
}

/* By sequence number, which wraps. */
function sorted(packets) {
  const seen = new Map();
  let highest = packets[0]?.seq ?? 0;

  for (const packet of packets) {
    const distance = (packet.seq - highest & 0xffff ^ 0x8000) - 0x8000;
    const extended = highest + distance;

    highest = Math.max(highest, extended);
    seen.set(extended, packet);
  }
  return [...seen].sort(([a], [b]) => a - b).map(([, packet]) => packet);
}
