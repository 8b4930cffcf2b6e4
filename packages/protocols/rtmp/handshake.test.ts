import { randomBytes } from 'node:crypto';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { describe, expect, it } from 'vitest';
import { clientAnswer, clientHello, HANDSHAKE_SIZE, serverAnswer } from './handshake.ts';

function plainHello(): Buffer {
  const hello = randomBytes(1 + HANDSHAKE_SIZE);
  hello[0] = 3;
  return hello.fill(0, 1, 9);
}

describe('the handshake', () => {
  it('is plain with a plain client: S2 is C1', () => {
    const hello = plainHello();
    const answer = serverAnswer(hello);
    expect(answer).toHaveLength(1 + 2 * HANDSHAKE_SIZE);
    expect(answer[0]).toBe(3);
    expect(answer.readUInt32BE(5)).toBe(0);
    expect(answer.subarray(1 + HANDSHAKE_SIZE)).toEqual(hello.subarray(1));
  });

  it('is plain with a plain server: C2 is S1', () => {
    const answer = Buffer.concat([plainHello(), randomBytes(HANDSHAKE_SIZE)]);
    expect(clientAnswer(answer)).toEqual(answer.subarray(1, 1 + HANDSHAKE_SIZE));
  });

  it('is signed on both sides where both can', () => {
    const hello = clientHello();
    const answer = serverAnswer(hello);
    expect(answer.readUInt32BE(5)).not.toBe(0);
    // Neither is an echo.
    expect(answer.subarray(1 + HANDSHAKE_SIZE)).not.toEqual(hello.subarray(1));
    expect(clientAnswer(answer)).not.toEqual(answer.subarray(1, 1 + HANDSHAKE_SIZE));
  });

  it('is plain where the digest is wrong', () => {
    const hello = clientHello().fill(0x55, 100);
    expect(serverAnswer(hello).subarray(1 + HANDSHAKE_SIZE)).toEqual(hello.subarray(1));
  });

  it('takes no other version', () => {
    // 6 is RTMPE, 0x16 the beginning of TLS, 0x47 that of an HTTP request.
    for (const version of [0, 6, 0x16, 0x47]) {
      const block = Buffer.alloc(1 + 2 * HANDSHAKE_SIZE, version);
      expect(() => serverAnswer(block)).toThrow(ParseError);
      expect(() => clientAnswer(block)).toThrow(ParseError);
    }
  });
});
