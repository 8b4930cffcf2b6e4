import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Output } from '@flux-iot/core/stream/output';
import type { Stream } from '@flux-iot/core/stream/stream';
import { RtpMuxer } from '@flux-iot/media/rtp/muxer';

/** A stream as RTP packets for all its players. */
export interface RtpOutput {
  readonly output: Output;
  readonly muxer: RtpMuxer;
}

/** What people read in the stream's notes. */
const NAME = 'RTSP';

/** The RTP outputs of streams. The muxer outlives an output, so that a player that pauses goes on with the same source. */
export class RtpOutputs {
  readonly #muxers = new WeakMap<Stream, RtpMuxer>();
  readonly #canonicalName = `${randomBytes(6).toString('hex')}@${hostname()}`;

  /** The output is made where it is not there; whoever asks for it attaches a viewer. */
  of(stream: Stream): RtpOutput {
    const muxer = this.#muxers.get(stream) ?? this.#makeMuxer(stream);
    return { output: stream.output('rtsp', () => ({ name: NAME, muxer })), muxer };
  }

  #makeMuxer(stream: Stream): RtpMuxer {
    const muxer = new RtpMuxer({
      epoch: stream.epoch,
      canonicalName: this.#canonicalName,
      random: () => randomBytes(4).readUInt32BE(),
    });
    this.#muxers.set(stream, muxer);
    return muxer;
  }
}
