import { FluxError } from '@flux-iot/core/errors/flux-error';

/**
 * The instructions of A.3: eight bytes, written as hexadecimal digits in `PTZCmd`.
 *
 * | Byte | |
 * | --- | --- |
 * | 1 | A5 |
 * | 2 | version, and a check of the first one and a half bytes |
 * | 3 | address, low eight bits |
 * | 4 | instruction |
 * | 5, 6 | data |
 * | 7 | more data (high four bits), address (high four bits) |
 * | 8 | sum of the others |
 */
export function ptzCommand(instruction: number, data1 = 0, data2 = 0, data3 = 0, address = 1): string {
  const bytes = Buffer.alloc(8);
  bytes[0] = 0xa5;
  // (A + 5 + version 0) modulo 16.
  bytes[1] = 0x0f;
  bytes[2] = address & 0xff;
  bytes[3] = instruction;
  bytes[4] = data1;
  bytes[5] = data2;
  bytes[6] = (data3 << 4) | ((address >> 8) & 0x0f);
  bytes[7] = bytes.subarray(0, 7).reduce((sum, byte) => sum + byte, 0) & 0xff;
  return bytes.toString('hex').toUpperCase();
}

/** What moves. Speeds are 0 to 255, of the zoom 0 to 15. */
export interface Movement {
  readonly pan?: 'left' | 'right';
  readonly tilt?: 'up' | 'down';
  readonly zoom?: 'in' | 'out';
  readonly panSpeed?: number;
  readonly tiltSpeed?: number;
  readonly zoomSpeed?: number;
}

const DEFAULT_SPEED = 64;
const DEFAULT_ZOOM_SPEED = 4;

/** A.3.2. Without any direction everything stops. */
export function movementCommand(movement: Movement): string {
  const { pan, tilt, zoom } = movement;
  let instruction = 0;
  if (zoom === 'out') instruction |= 0x20;
  if (zoom === 'in') instruction |= 0x10;
  if (tilt === 'up') instruction |= 0x08;
  if (tilt === 'down') instruction |= 0x04;
  if (pan === 'left') instruction |= 0x02;
  if (pan === 'right') instruction |= 0x01;
  return ptzCommand(
    instruction,
    pan ? ranged('pan_speed', movement.panSpeed ?? DEFAULT_SPEED, 0, 255) : 0,
    tilt ? ranged('tilt_speed', movement.tiltSpeed ?? DEFAULT_SPEED, 0, 255) : 0,
    zoom ? ranged('zoom_speed', movement.zoomSpeed ?? DEFAULT_ZOOM_SPEED, 0, 15) : 0,
  );
}

export interface LensMovement {
  readonly focus?: 'near' | 'far';
  readonly iris?: 'open' | 'close';
  readonly focusSpeed?: number;
  readonly irisSpeed?: number;
}

/** A.3.3. Without any direction both stop. */
export function lensCommand({ focus, iris, focusSpeed, irisSpeed }: LensMovement): string {
  let instruction = 0x40;
  if (iris === 'close') instruction |= 0x08;
  if (iris === 'open') instruction |= 0x04;
  if (focus === 'near') instruction |= 0x02;
  if (focus === 'far') instruction |= 0x01;
  return ptzCommand(
    instruction,
    focus ? ranged('focus_speed', focusSpeed ?? DEFAULT_SPEED, 0, 255) : 0,
    iris ? ranged('iris_speed', irisSpeed ?? DEFAULT_SPEED, 0, 255) : 0,
  );
}

const PRESET = { set: 0x81, call: 0x82, remove: 0x83 } as const;
export type PresetAction = keyof typeof PRESET;

/** A.3.4; 0 is reserved. */
export function presetCommand(action: PresetAction, preset: number): string {
  return ptzCommand(PRESET[action], 0, ranged('preset', preset, 1, 255));
}

/** A.3.5: what is done to the cruise `number`. Speed and seconds have twelve bits. */
export type Cruise =
  | { readonly action: 'add' | 'remove'; readonly number: number; readonly preset: number }
  | { readonly action: 'clear' | 'start'; readonly number: number }
  | { readonly action: 'speed' | 'dwell'; readonly number: number; readonly value: number };

export function cruiseCommand(cruise: Cruise): string {
  const number = ranged('number', cruise.number, 0, 255);
  switch (cruise.action) {
    case 'add':
      return ptzCommand(0x84, number, ranged('preset', cruise.preset, 1, 255));
    case 'remove':
      return ptzCommand(0x85, number, ranged('preset', cruise.preset, 1, 255));
    // Preset 0 stands for the whole cruise.
    case 'clear':
      return ptzCommand(0x85, number, 0);
    case 'speed':
      return withTwelveBits(0x86, number, cruise.value);
    case 'dwell':
      return withTwelveBits(0x87, number, cruise.value);
    case 'start':
      return ptzCommand(0x88, number);
  }
}

/** A.3.6: the automatic scan between two borders. */
export type Scan =
  | { readonly action: 'start' | 'left' | 'right'; readonly number: number }
  | { readonly action: 'speed'; readonly number: number; readonly value: number };

const SCAN = { start: 0, left: 1, right: 2 } as const;

export function scanCommand(scan: Scan): string {
  const number = ranged('number', scan.number, 0, 255);
  if (scan.action === 'speed') return withTwelveBits(0x8a, number, scan.value);
  return ptzCommand(0x89, number, SCAN[scan.action]);
}

/** A.3.7: the switch 1 is the wiper. */
export function auxiliaryCommand(isOn: boolean, number: number): string {
  return ptzCommand(isOn ? 0x8c : 0x8d, ranged('number', number, 1, 255));
}

function withTwelveBits(instruction: number, number: number, value: number): string {
  const given = ranged('value', value, 0, 0xfff);
  return ptzCommand(instruction, number, given & 0xff, given >> 8);
}

/** Throws `REQUEST_INVALID`. */
function ranged(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new FluxError('REQUEST_INVALID', `${name} has to be a whole number from ${least} to ${most}.`);
}
