import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { INVALID_MESSAGES } from '@flux-iot/protocols/gb28181/sip/torture/invalid-messages';
import { SENSELESS_MESSAGES } from '@flux-iot/protocols/gb28181/sip/torture/senseless-messages';
import { VALID_MESSAGES } from '@flux-iot/protocols/gb28181/sip/torture/valid-messages';
import { expect, it } from 'vitest';
import { TestPlatform, until } from './test-platform.ts';

const MESSAGES: Readonly<Record<string, Buffer>> = {
  ...VALID_MESSAGES,
  ...INVALID_MESSAGES,
  ...SENSELESS_MESSAGES,
};
/** What each is answered by a platform of devices; not those that it cannot answer, or need not. */
const ANSWERS: Readonly<Record<string, number>> = {
  ...{ wsinv: 488, intmeth: 405, esc01: 488, escnull: 400, esc02: 405, lwsdisp: 200, longreq: 488 },
  ...{ dblreq: 400, semiuri: 200, transports: 200, mpart01: 403 },
  ...{ badinv01: 488, quotbal: 488, ltgtruri: 488, lwsruri: 488, lwsstart: 488, trws: 200, escruri: 488 },
  ...{ baddate: 488, regbadct: 400, badaspec: 200, baddn: 200 },
  ...{ badbranch: 200, unkscm: 200, novelsc: 200, unksm2: 400, bext01: 420, invut: 488, regaut01: 400 },
  ...{ zeromf: 200, cparam01: 401, cparam02: 401, regescrt: 400, sdp01: 488, inv2543: 488 },
};

/** RFC 4475: the messages that its authors found implementations to stumble over. */
it('answers each torture message as it deserves, and goes on', async () => {
  const platform = await new TestPlatform().start();
  try {
    const { port } = platform.adapter;
    const answers: Record<string, number> = {};
    const sockets = Object.entries(MESSAGES).map(([name, data]) => {
      const socket = createSocket('udp4');
      socket.on('message', answer => {
        answers[name] ??= Number(answer.toString('latin1').split(' ')[1]);
      });
      socket.send(data, port, '127.0.0.1');
      return socket;
    });
    await until(() => Object.keys(answers).length === Object.keys(ANSWERS).length, 'the answers').catch(
      () => {},
    );
    expect(answers).toEqual(ANSWERS);
    for (const socket of sockets) socket.close();
    for (const data of Object.values(MESSAGES)) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume().end(data);
      await once(socket, 'close');
    }
    const device = await platform.device();
    expect(await device.register()).toBe(200);
    expect(platform.adapter.registry.size).toBe(1);
  } finally {
    await platform.stop();
  }
});
