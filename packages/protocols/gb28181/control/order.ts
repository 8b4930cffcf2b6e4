import type { DeviceOrder } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { XmlNode } from '../manscdp/xml.ts';
import {
  auxiliaryCommand,
  cruiseCommand,
  lensCommand,
  movementCommand,
  presetCommand,
  scanCommand,
} from './ptz.ts';

/** What is sent for an order: the content of a Control message, and what it is called. */
export interface ControlContent {
  readonly command: 'DeviceControl' | 'DeviceConfig';
  readonly nodes: readonly XmlNode[];
  /** Whether the device sends an answer of its own after the SIP response (§9.3.2). */
  readonly hasAnswer: boolean;
}

const EXPECTS_NONE = { command: 'DeviceControl', hasAnswer: false } as const;
const EXPECTS_ONE = { command: 'DeviceControl', hasAnswer: true } as const;

/** The content of A.2.3 for an order of the API. Throws `REQUEST_INVALID`. */
export function controlContent(order: DeviceOrder): ControlContent {
  switch (order.order) {
    case 'move':
      return ptz(
        movementCommand({
          pan: oneOf(order, 'pan', ['left', 'right']),
          tilt: oneOf(order, 'tilt', ['up', 'down']),
          zoom: oneOf(order, 'zoom', ['in', 'out']),
          panSpeed: optionalNumber(order, 'pan_speed'),
          tiltSpeed: optionalNumber(order, 'tilt_speed'),
          zoomSpeed: optionalNumber(order, 'zoom_speed'),
        }),
      );
    case 'stop':
      return ptz(movementCommand({}));
    case 'lens':
      return ptz(
        lensCommand({
          focus: oneOf(order, 'focus', ['near', 'far']),
          iris: oneOf(order, 'iris', ['open', 'close']),
          focusSpeed: optionalNumber(order, 'focus_speed'),
          irisSpeed: optionalNumber(order, 'iris_speed'),
        }),
      );
    case 'preset':
      return ptz(
        presetCommand(required(order, 'action', ['set', 'call', 'remove']), number(order, 'preset')),
      );
    case 'cruise':
      return ptz(cruise(order));
    case 'scan':
      return ptz(scan(order));
    case 'auxiliary':
      return ptz(auxiliaryCommand(flag(order, 'on'), number(order, 'number')));
    case 'home':
      return { ...EXPECTS_ONE, nodes: [['HomePosition', homePosition(order)]] };
    case 'drag-zoom':
      return { ...EXPECTS_NONE, nodes: [[dragZoomName(order), dragZoom(order)]] };
    case 'guard':
      return { ...EXPECTS_ONE, nodes: [['GuardCmd', flag(order, 'on') ? 'SetGuard' : 'ResetGuard']] };
    case 'reset-alarm':
      return {
        ...EXPECTS_ONE,
        nodes: [
          ['AlarmCmd', 'ResetAlarm'],
          ['Info', alarmInfo(order)],
        ],
      };
    case 'record':
      return { ...EXPECTS_ONE, nodes: [['RecordCmd', flag(order, 'on') ? 'Record' : 'StopRecord']] };
    case 'reboot':
      return { ...EXPECTS_NONE, nodes: [['TeleBoot', 'Boot']] };
    case 'key-frame':
      // -2016 prints it without the r, and devices follow what is printed; -2022 has it right.
      return {
        ...EXPECTS_NONE,
        nodes: [
          ['IFameCmd', 'Send'],
          ['IFrameCmd', 'Send'],
        ],
      };
    case 'snapshot':
      return { command: 'DeviceConfig', hasAnswer: true, nodes: [['SnapShotConfig', snapshot(order)]] };
    case 'configure':
      return { command: 'DeviceConfig', hasAnswer: true, nodes: [['BasicParam', basicParameters(order)]] };
    default:
      throw new FluxError('REQUEST_INVALID', `There is no order "${order.order.slice(0, 40)}".`);
  }
}

function ptz(command: string): ControlContent {
  return {
    ...EXPECTS_NONE,
    nodes: [
      ['PTZCmd', command],
      ['Info', [['ControlPriority', 5]]],
    ],
  };
}

function cruise(order: DeviceOrder): string {
  const action = required(order, 'action', ['add', 'remove', 'clear', 'start', 'speed', 'dwell']);
  const cruiseNumber = number(order, 'number');
  if (action === 'add' || action === 'remove')
    return cruiseCommand({ action, number: cruiseNumber, preset: number(order, 'preset') });
  if (action === 'speed' || action === 'dwell')
    return cruiseCommand({ action, number: cruiseNumber, value: number(order, 'value') });
  return cruiseCommand({ action, number: cruiseNumber });
}

function scan(order: DeviceOrder): string {
  const action = required(order, 'action', ['start', 'left', 'right', 'speed']);
  const scanNumber = number(order, 'number');
  if (action === 'speed') return scanCommand({ action, number: scanNumber, value: number(order, 'value') });
  return scanCommand({ action, number: scanNumber });
}

function homePosition(order: DeviceOrder): XmlNode[] {
  const isOn = flag(order, 'on');
  return [
    ['Enabled', isOn ? 1 : 0],
    ['ResetTime', isOn ? number(order, 'seconds') : undefined],
    ['PresetIndex', isOn ? number(order, 'preset') : undefined],
  ];
}

function dragZoomName(order: DeviceOrder): string {
  return required(order, 'zoom', ['in', 'out']) === 'in' ? 'DragZoomIn' : 'DragZoomOut';
}

/** A box in the picture as the window shows it, in its pixels. */
function dragZoom(order: DeviceOrder): XmlNode[] {
  return [
    ['Length', number(order, 'window_width')],
    ['Width', number(order, 'window_height')],
    ['MidPointX', number(order, 'x')],
    ['MidPointY', number(order, 'y')],
    ['LengthX', number(order, 'width')],
    ['LengthY', number(order, 'height')],
  ];
}

function alarmInfo(order: DeviceOrder): XmlNode[] | undefined {
  const method = optionalNumber(order, 'method');
  return method === undefined ? undefined : [['AlarmMethod', method]];
}

/** -2022 §A.2.3.2.5: the device uploads the pictures by HTTP to the address. */
function snapshot(order: DeviceOrder): XmlNode[] {
  return [
    ['SnapNum', optionalNumber(order, 'count') ?? 1],
    ['Interval', optionalNumber(order, 'interval') ?? 1],
    ['UploadURL', text(order, 'upload_url')],
    ['SessionID', text(order, 'session_id')],
  ];
}

function basicParameters(order: DeviceOrder): XmlNode[] {
  const name = order.name === undefined ? undefined : text(order, 'name');
  return [
    ['Name', name],
    ['Expiration', optionalNumber(order, 'expiration')],
    ['HeartBeatInterval', optionalNumber(order, 'heartbeat_interval')],
    ['HeartBeatCount', optionalNumber(order, 'heartbeat_count')],
  ];
}

function oneOf<const Value extends string>(
  order: DeviceOrder,
  name: string,
  values: readonly Value[],
): Value | undefined {
  if (order[name] === undefined) return undefined;
  return required(order, name, values);
}

function required<const Value extends string>(
  order: DeviceOrder,
  name: string,
  values: readonly Value[],
): Value {
  const value = values.find(candidate => candidate === order[name]);
  if (value !== undefined) return value;
  throw new FluxError('REQUEST_INVALID', `body.${name} is one of ${values.join(', ')}.`);
}

function number(order: DeviceOrder, name: string): number {
  const value = order[name];
  if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 1_000_000) return value;
  throw new FluxError('REQUEST_INVALID', `body.${name} is a number.`);
}

function optionalNumber(order: DeviceOrder, name: string): number | undefined {
  return order[name] === undefined ? undefined : number(order, name);
}

function flag(order: DeviceOrder, name: string): boolean {
  const value = order[name];
  if (typeof value === 'boolean') return value;
  throw new FluxError('REQUEST_INVALID', `body.${name} is true or false.`);
}

function text(order: DeviceOrder, name: string): string {
  const value = order[name];
  if (typeof value === 'string' && value.length > 0 && value.length <= 512) return value;
  throw new FluxError('REQUEST_INVALID', `body.${name} is a text of 1 to 512 characters.`);
}
