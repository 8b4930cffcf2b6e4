import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, FUZZ, hex } from '../test-support.ts';
import { isRecoveryPoint } from './sei.ts';

function recoveryPoint(text: string) {
  const data = hex(text);
  return isRecoveryPoint(data, 0, data.length);
}

describe('isRecoveryPoint', () => {
  it('tells exact from gradual recovery points', () => {
    expect(recoveryPoint('06 06 01 84 80')).toBe(true);
    expect(recoveryPoint('06 06 02 30 60 80')).toBe(false);
    expect(recoveryPoint('06 01 02 0000 80')).toBe(false);
  });

  it('finds it behind other messages, long ones and escaped ones', () => {
    const userData = `05 ff 02 ${'aa'.repeat(257)}`;
    expect(recoveryPoint(`06 ${userData} 06 01 84 80`)).toBe(true);
    // Three zero bytes of payload, which take an emulation prevention byte.
    expect(recoveryPoint('06 01 03 0000 03 00 06 01 84 80')).toBe(true);
    expect(recoveryPoint('06 ff 06 01 80 06 01 84 80')).toBe(true);
  });

  it('finds none in what is cut off, and stays within its bounds', () => {
    for (const cut of ['06', '06 06', '06 06 01', '06 ff ff', '06 05 ff', '06 05 10 0606018480']) {
      expect(recoveryPoint(cut)).toBe(false);
    }
    expect(isRecoveryPoint(hex('06 06 01 84 80'), 0, 3)).toBe(false);
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(bytes(40), data => {
        expect(typeof isRecoveryPoint(data, 0, data.length)).toBe('boolean');
      }),
      FUZZ,
    );
  });
});
