import { describe, expect, it } from 'vitest';
import { externalServer } from './external.ts';

describe('externalServer', () => {
  it('takes an address apart', async () => {
    const flv = 'http://127.0.0.1:8080/live/{name}.flv';
    const server = externalServer(`name=srs,rtmp=1935,flv=${flv},pid=${process.pid}`);
    expect(server).toMatchObject({ name: 'srs', hasFlv: true, hasNodes: false });
    expect(await server.start(new AbortController().signal)).toMatchObject({ rtmpPort: 1935, flvUrl: flv });
  });

  it.each([
    ['rtmp=1935,pid=1', 'name is missing'],
    ['name=a,rtmp=x,pid=1', 'rtmp must be'],
    ['name=a,rtmp=1,pid=1,flv=http://h/', '{name}'],
    ['name=a,rtmp=1,pid=1,port=3', 'unknown key "port"'],
  ])('says what is wrong with %s', (specification, message) => {
    expect(() => externalServer(specification)).toThrow(message);
  });
});
