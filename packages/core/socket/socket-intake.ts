import {
  connect,
  type OnReadOpts,
  Socket,
  type SocketConstructorOpts,
  type TcpNetConnectOpts,
} from 'node:net';

/** As much as libuv offers to read at a time. */
const BUFFER_SIZE = 64 * 1024;

/** What Node keeps in an accepted socket without documenting it. */
interface AcceptedSocket {
  _handle?: { readonly reading?: boolean } | null;
  _server?: unknown;
  server?: unknown;
}

/**
 * Reads many sockets into one buffer. Node otherwise makes a buffer of 64 KiB for every read, shrinks it to what came
 * and passes it through a stream: with three hundred encoders that is a quarter of all work.
 *
 * Node has this for sockets that one makes (`onread`), not for those that a server accepts: the accepted socket's
 * handle is moved into a socket made for it. That is not documented: where the handle is not there (TLS, another
 * version of Node) the socket is read as usual.
 */
export class SocketIntake {
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE);

  /**
   * Returns the socket to use from now on, which flows. `accepted` comes from a server with `pauseOnConnect` and was
   * not touched yet; any other is read as usual. The bytes are valid during the call of `onBytes` alone.
   */
  take(accepted: Socket, onBytes: (bytes: Buffer) => void): Socket {
    const socket = this.#move(accepted, onBytes);
    if (socket) return socket;
    accepted.on('data', onBytes);
    return accepted.resume();
  }

  /** Connects a socket of one's own, which is read in the same way. */
  connect(target: Pick<TcpNetConnectOpts, 'host' | 'port'>, onBytes: (bytes: Buffer) => void): Socket {
    return connect({ ...target, onread: this.#into(onBytes) });
  }

  #into(onBytes: (bytes: Buffer) => void): OnReadOpts {
    const buffer = this.#buffer;
    return {
      buffer,
      callback: size => {
        onBytes(buffer.subarray(0, size));
        return true;
      },
    };
  }

  #move(accepted: Socket, onBytes: (bytes: Buffer) => void): Socket | undefined {
    const internals = accepted as unknown as AcceptedSocket;
    const handle = internals._handle;
    // A TLS socket is a subclass and has a handle of another kind.
    if (handle?.reading !== false || accepted.constructor !== Socket || !accepted.isPaused())
      return undefined;
    const options: SocketConstructorOpts = { readable: true, writable: true, onread: this.#into(onBytes) };
    const socket = new Socket(Object.assign(options, { handle }));
    // The server counts its connections by this.
    const moved = socket as unknown as AcceptedSocket;
    moved._server = internals._server;
    moved.server = internals.server;
    internals._server = null;
    internals._handle = null;
    return socket.resume();
  }
}
