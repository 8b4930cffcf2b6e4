import { describe, expect, it } from 'vitest';
import { createClient, take } from './client.ts';

/** A client whose requests are answered here. */
function clientOf(answer: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = [];
  const client = createClient({
    baseUrl: 'http://flux.example:8080',
    token: () => 'key-1',
    csrfToken: () => 'proof',
    fetch: async request => {
      requests.push(request);
      return answer(request);
    },
  });
  return { client, requests };
}

describe('createClient', () => {
  it('sends parameters in path and query, and who asks', async () => {
    const { client, requests } = clientOf(() =>
      Response.json({ viewers: [], total: 0, limit: 5, offset: 0 }),
    );
    const viewers = await take(
      client.GET('/api/v1/streams/{stream_id}/viewers', {
        params: { path: { stream_id: 'acme~cam 1' }, query: { limit: 5 } },
      }),
    );
    expect(viewers.total).toBe(0);
    const [request] = requests;
    expect(request?.url).toBe('http://flux.example:8080/api/v1/streams/acme~cam%201/viewers?limit=5');
    expect(request?.headers.get('authorization')).toBe('Bearer key-1');
    expect(request?.headers.get('x-csrf-token')).toBeNull();
  });

  it('proves changes', async () => {
    const { client, requests } = clientOf(() => new Response(null, { status: 204 }));
    const stopped = await take(
      client.POST('/api/v1/streams/{stream_id}/stop', { params: { path: { stream_id: 'cam1' } } }),
    );
    expect(stopped).toBeUndefined();
    expect(requests[0]?.method).toBe('POST');
    expect(requests[0]?.headers.get('x-csrf-token')).toBe('proof');
  });

  it('throws what the problem document says', async () => {
    const problem = { code: 'STREAM_NOT_FOUND', detail: 'There is no stream x.', request_id: 'r1' };
    const { client } = clientOf(() =>
      Response.json(problem, {
        status: 404,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '7' },
      }),
    );
    const asked = client.GET('/api/v1/streams/{stream_id}', { params: { path: { stream_id: 'x' } } });
    await expect(take(asked)).rejects.toMatchObject({
      name: 'ApiError',
      status: 404,
      code: 'STREAM_NOT_FOUND',
      message: 'There is no stream x.',
      requestId: 'r1',
      retryAfter: 7,
    });
  });

  it.each(['<html>Bad gateway</html>', '', 'null', '"text"'])('bears the error page %j', async body => {
    const { client } = clientOf(() => new Response(body, { status: 502 }));
    await expect(take(client.GET('/api/v1/server'))).rejects.toMatchObject({
      status: 502,
      code: undefined,
      message: 'The server answered 502.',
    });
  });

  it('says that there is no answer, and waits for none for ever', async () => {
    const { client } = clientOf(() => Promise.reject(new TypeError('fetch failed')));
    await expect(take(client.GET('/api/v1/server'))).rejects.toMatchObject({ status: 0 });
    const impatient = createClient({
      baseUrl: 'http://flux.example',
      timeout: 20,
      fetch: request =>
        new Promise((_resolve, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason));
        }),
    });
    await expect(take(impatient.GET('/api/v1/server'))).rejects.toMatchObject({ status: 0 });
  });
});
