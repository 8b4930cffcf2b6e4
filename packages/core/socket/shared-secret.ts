import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { FluxError } from '../errors/flux-error.ts';

const NONCE_SIZE = 32;
const PROOF_SIZE = 32;
const TIMEOUT = 5000;

/**
 * Both ends of a connection between our own programs prove that they know the same secret, without sending it:
 *
 *     server → client   nonce S
 *     client → server   nonce C, HMAC-SHA-256(secret, "client" S C)
 *     server → client   HMAC-SHA-256(secret, "server" S C)
 *
 * Resolves when both did; what the peer sent after it is left in the socket. Throws `NOT_ALLOWED`, `TIMED_OUT` or
 * `UPSTREAM_FAILED`, with the socket destroyed. Nothing may have been read from the socket before.
 */
export async function proveSharedSecret(
  socket: Socket,
  role: 'server' | 'client',
  secret: string,
  timeout = TIMEOUT,
): Promise<void> {
  const timer = setTimeout(
    () =>
      socket.destroy(new FluxError('TIMED_OUT', 'The peer did not prove in time that it is one of ours.')),
    timeout,
  );
  try {
    if (role === 'server') await proveAsServer(socket, secret);
    else await proveAsClient(socket, secret);
  } catch (cause) {
    socket.destroy();
    throw cause instanceof FluxError
      ? cause
      : new FluxError('UPSTREAM_FAILED', 'The peer closed the connection.', { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function proveAsServer(socket: Socket, secret: string): Promise<void> {
  const serverNonce = randomBytes(NONCE_SIZE);
  socket.write(serverNonce);
  const answer = await readExactly(socket, NONCE_SIZE + PROOF_SIZE);
  const clientNonce = answer.subarray(0, NONCE_SIZE);
  check(answer.subarray(NONCE_SIZE), proof(secret, 'client', serverNonce, clientNonce));
  socket.write(proof(secret, 'server', serverNonce, clientNonce));
}

async function proveAsClient(socket: Socket, secret: string): Promise<void> {
  const serverNonce = await readExactly(socket, NONCE_SIZE);
  const clientNonce = randomBytes(NONCE_SIZE);
  socket.write(Buffer.concat([clientNonce, proof(secret, 'client', serverNonce, clientNonce)]));
  check(await readExactly(socket, PROOF_SIZE), proof(secret, 'server', serverNonce, clientNonce));
}

function proof(secret: string, role: string, serverNonce: Buffer, clientNonce: Buffer): Buffer {
  return createHmac('sha256', secret).update(role).update(serverNonce).update(clientNonce).digest();
}

function check(given: Buffer, expected: Buffer): void {
  if (timingSafeEqual(given, expected)) return;
  throw new FluxError('NOT_ALLOWED', 'The peer does not know the shared secret.');
}

function readExactly(socket: Socket, size: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (error: Error | undefined, bytes?: Buffer) => {
      socket.off('readable', onReadable);
      socket.off('error', onError);
      socket.off('close', onClose);
      if (bytes) resolve(bytes);
      else reject(error);
    };
    const onReadable = () => {
      const bytes = socket.read(size) as Buffer | null;
      // At the end of the stream, `read` gives what is left, however little.
      if (bytes?.length === size) finish(undefined, bytes);
      else if (bytes) finish(new Error('cut off'));
    };
    const onError = (error: Error) => finish(error);
    const onClose = () => finish(new Error('closed'));
    socket.on('readable', onReadable);
    socket.on('error', onError);
    socket.on('close', onClose);
    onReadable();
  });
}
