import { existsSync } from 'node:fs';

export const FRAME_RATE = 25;
const SIZE = '960x540';
const SAMPLE_RATE = 48_000;
/** Where the common systems keep a font that everybody can read. */
const FONTS = [
  '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  '/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf',
  '/usr/share/fonts/TTF/DejaVuSans.ttf',
  '/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf',
  '/usr/share/fonts/liberation-sans/LiberationSans-Regular.ttf',
  '/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf',
  '/System/Library/Fonts/Helvetica.ttc',
  'C:/Windows/Fonts/arial.ttf',
];

/** A moving picture with the time of day, and a quiet tone with a beep each second, as a graph for FFmpeg's lavfi. */
export function testPicture(): string {
  const font = FONTS.find(path => existsSync(path));
  return `${font ? pictureWithClock(font) : pictureWithCounter()}[out0];${TONE}[out1]`;
}

function pictureWithClock(font: string): string {
  const text = String.raw`%{localtime\:%T}`;
  // A colon in a path would end the option.
  const file = font.replace(':', String.raw`\\:`);
  const place = 'x=(w-tw)/2:y=(h-th)/2:fontsize=h/6:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=16';
  return `testsrc2=size=${SIZE}:rate=${FRAME_RATE},format=yuv420p,drawtext=fontfile=${file}:text='${text}':${place}`;
}

/** Without a font there is no text, but this source draws the seconds by itself. */
function pictureWithCounter(): string {
  return `testsrc=size=${SIZE}:rate=${FRAME_RATE},format=yuv420p`;
}

const TONE = `aevalsrc='0.04*sin(2*PI*440*t)+0.2*sin(2*PI*1000*t)*lt(mod(t,1),0.08)':s=${SAMPLE_RATE}:n=1024`;
