import type { DeviceOrder } from '@flux-iot/core/control/gb28181-control';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlContent } from './order.ts';
import {
  auxiliaryCommand,
  cruiseCommand,
  lensCommand,
  movementCommand,
  presetCommand,
  ptzCommand,
  scanCommand,
} from './ptz.ts';

describe('the bytes of A.3', () => {
  it("are those of the standard's own example: zoom in at the address 4D", () => {
    expect(ptzCommand(0x10, 0, 0, 1, 0x4d)).toBe('A50F4D1000001021');
  });

  it.each<[Parameters<typeof movementCommand>[0], string]>([
    [{}, 'A50F0100000000B5'],
    [{ pan: 'right', panSpeed: 0x1f }, 'A50F01011F0000D5'],
    [{ pan: 'left', panSpeed: 0x1f }, 'A50F01021F0000D6'],
    [{ tilt: 'down', tiltSpeed: 0x1f }, 'A50F0104001F00D8'],
    [{ tilt: 'up', tiltSpeed: 0x1f }, 'A50F0108001F00DC'],
    [{ pan: 'right', tilt: 'up', panSpeed: 1, tiltSpeed: 2 }, 'A50F0109010200C1'],
    [{ pan: 'left', tilt: 'up', panSpeed: 1, tiltSpeed: 2 }, 'A50F010A010200C2'],
    [{ pan: 'right', tilt: 'down', panSpeed: 1, tiltSpeed: 2 }, 'A50F0105010200BD'],
    [{ pan: 'left', tilt: 'down', panSpeed: 1, tiltSpeed: 2 }, 'A50F0106010200BE'],
    [{ zoom: 'in', zoomSpeed: 15 }, 'A50F01100000F0B5'],
    [{ zoom: 'out', zoomSpeed: 1 }, 'A50F0120000010E5'],
  ])('move %j', (movement, expected) => {
    expect(movementCommand(movement)).toBe(expected);
  });

  it.each<[string, string]>([
    [lensCommand({}), 'A50F0140000000F5'],
    [lensCommand({ focus: 'far', focusSpeed: 0x10 }), 'A50F014110000006'],
    [lensCommand({ focus: 'near', focusSpeed: 0x10 }), 'A50F014210000007'],
    [lensCommand({ iris: 'open', irisSpeed: 0x10 }), 'A50F014400100009'],
    [lensCommand({ iris: 'close', irisSpeed: 0x10 }), 'A50F01480010000D'],
    [presetCommand('set', 1), 'A50F018100010037'],
    [presetCommand('call', 1), 'A50F018200010038'],
    [presetCommand('remove', 255), 'A50F018300FF0037'],
    [cruiseCommand({ action: 'add', number: 1, preset: 2 }), 'A50F01840102003C'],
    [cruiseCommand({ action: 'remove', number: 1, preset: 2 }), 'A50F01850102003D'],
    [cruiseCommand({ action: 'clear', number: 1 }), 'A50F01850100003B'],
    [cruiseCommand({ action: 'speed', number: 1, value: 0x123 }), 'A50F01860123106F'],
    [cruiseCommand({ action: 'dwell', number: 1, value: 10 }), 'A50F0187010A0047'],
    [cruiseCommand({ action: 'start', number: 1 }), 'A50F01880100003E'],
    [scanCommand({ action: 'start', number: 1 }), 'A50F01890100003F'],
    [scanCommand({ action: 'left', number: 1 }), 'A50F018901010040'],
    [scanCommand({ action: 'right', number: 1 }), 'A50F018901020041'],
    [scanCommand({ action: 'speed', number: 1, value: 5 }), 'A50F018A01050045'],
    [auxiliaryCommand(true, 1), 'A50F018C01000042'],
    [auxiliaryCommand(false, 1), 'A50F018D01000043'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
  });

  it('have their sum, whatever they say', () => {
    const byte = fc.nat(255);
    const property = fc.property(byte, byte, byte, fc.nat(15), fc.nat(0xfff), (...given) => {
      const bytes = Buffer.from(ptzCommand(...given), 'hex');
      expect(bytes).toHaveLength(8);
      expect(bytes.subarray(0, 7).reduce((sum, value) => sum + value, 0) % 256).toBe(bytes[7]);
    });
    fc.assert(property, { seed: 1 });
  });
});

describe('orders', () => {
  it.each<DeviceOrder>([
    { order: 'nonsense' },
    { order: 'move', pan: 'up' },
    { order: 'move', pan: 'left', pan_speed: 256 },
    { order: 'preset', action: 'call' },
    { order: 'preset', action: 'call', preset: 0 },
    { order: 'cruise', action: 'add', number: 1 },
    { order: 'guard' },
    { order: 'record', on: 'yes' },
    { order: 'snapshot', session_id: 'x' },
  ])('%j is refused', order => {
    expect(() => controlContent(order)).toThrowError(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  it('say whether an answer follows (§9.3.2)', () => {
    expect(controlContent({ order: 'stop' }).hasAnswer).toBe(false);
    expect(controlContent({ order: 'reboot' })).toMatchObject({
      hasAnswer: false,
      nodes: [['TeleBoot', 'Boot']],
    });
    expect(controlContent({ order: 'record', on: true }).hasAnswer).toBe(true);
    expect(controlContent({ order: 'home', on: false }).nodes).toEqual([
      [
        'HomePosition',
        [
          ['Enabled', 0],
          ['ResetTime', undefined],
          ['PresetIndex', undefined],
        ],
      ],
    ]);
  });
});
