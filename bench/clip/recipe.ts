/** What the clip is made of: a moving test picture of 720p and a tone, as sources of FFmpeg's lavfi. */
const FRAME_RATE = 25;
const SECONDS = 20;
export const PICTURE = `testsrc2=size=1280x720:rate=${FRAME_RATE}:duration=${SECONDS}`;
export const SOUND = `sine=frequency=440:sample_rate=44100:duration=${SECONDS}`;
const KILOBITS = 900;

/** Parameters of x264: constant bit rate, no B-frames, key frames exactly `gop` seconds apart. */
export function x264(gop: number): string {
  const frames = gop * FRAME_RATE;
  return [
    `keyint=${frames}:min-keyint=${frames}:scenecut=0:bframes=0`,
    `bitrate=${KILOBITS}:vbv-maxrate=${KILOBITS}:vbv-bufsize=${KILOBITS}:nal-hrd=cbr`,
  ].join(':');
}
