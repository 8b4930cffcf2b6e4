import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FluxError } from '../errors/flux-error.ts';
import { proveSharedSecret } from './shared-secret.ts';
import { type SocketAddress, socketOptions } from './socket-address.ts';

/** Milliseconds for the connection and for the proof each. */
const HANDSHAKE_TIMEOUT = 5000;

/**
 * Resolves with a socket to another of our programs, on which both have proven themselves; its owner listens for
 * errors. Throws the system's error, or `NOT_ALLOWED`, `TIMED_OUT`, `UPSTREAM_FAILED`.
 */
export async function dial(address: SocketAddress, secret: string, signal?: AbortSignal): Promise<Socket> {
  const socket = connect({ ...socketOptions(address), noDelay: true });
  socket.on('error', () => {});
  const destroy = () => socket.destroy(new Error('No longer wanted.'));
  signal?.addEventListener('abort', destroy);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(HANDSHAKE_TIMEOUT) });
    await proveSharedSecret(socket, 'client', secret, HANDSHAKE_TIMEOUT).catch(explainProof);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', destroy);
  }
}

/** Who does not know the secret is given no reason. */
function explainProof(error: FluxError): never {
  if (error.code !== 'UPSTREAM_FAILED') throw error;
  throw new FluxError('UPSTREAM_FAILED', 'It closed the connection: the shared secret may be another one.', {
    cause: error,
  });
}
