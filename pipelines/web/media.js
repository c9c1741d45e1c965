/* Where a participant's picture and sound come from.
 *
 * gst-e2ee, LGPL-2.1-or-later */

const FRAME_RATE = 25;

/* A picture that never stands still, so that an encoder always has something to say. */
function paint(context, count) {
  const { width, height } = context.canvas;
  const hue = count * 3 % 360;
  const angle = count / 20;

  context.fillStyle = `hsl(${hue} 40% 25%)`;
  context.fillRect(0, 0, width, height);
  context.fillStyle = `hsl(${hue + 180} 80% 60%)`;
  context.beginPath();
  context.arc(width * (0.5 + 0.28 * Math.cos(angle)), height * (0.5 + 0.25 * Math.sin(angle)),
      height / 7.5, 0, 7);
  context.fill();
  context.fillStyle = 'white';
  context.font = '28px sans-serif';
  context.fillText(`picture ${count}`, 16, 40);
}

/* A test picture and a soft tone, as a MediaStream. */
export function testMedia({ width = 320, height = 240 } = {}) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const out = audio.createMediaStreamDestination();
  let count = 0;

  canvas.width = width;
  canvas.height = height;
  paint(context, count);
  setInterval(() => paint(context, ++count), 1000 / FRAME_RATE);

  volume.gain.value = 0.1;
  tone.connect(volume).connect(out);
  tone.start();

  return new MediaStream([...canvas.captureStream(FRAME_RATE).getVideoTracks(),
    ...out.stream.getAudioTracks()]);
}

/* The camera and the microphone. */
export function cameraMedia() {
  return navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
}
