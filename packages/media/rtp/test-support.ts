import { RTP_HEADER_SIZE, type RtpHeader, RtpPacket, writeRtpHeader } from './packet.ts';

/** A packet with a payload of some bytes, by default ones that its sequence number makes its own. */
export function rtpPacket(header: Partial<RtpHeader>, payload?: Buffer): RtpPacket {
  const packet = new RtpPacket();
  Object.assign(packet, { payloadType: 96, ssrc: 0x1234, ...header });
  packet.payload = payload ?? Buffer.from(String(packet.sequenceNumber));
  packet.byteLength = RTP_HEADER_SIZE + packet.payload.length;
  return packet;
}

/** The same packet as it goes over the wire. */
export function rtpBytes(packet: RtpPacket): Buffer {
  const bytes = Buffer.alloc(packet.byteLength);
  packet.payload.copy(bytes, writeRtpHeader(packet, bytes, 0));
  return bytes;
}
