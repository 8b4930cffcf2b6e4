import type { NtpTime } from '../ntp-time.ts';

/** Packet types (RFC 3550 §12.1, RFC 4585 §6.1), those that the product tells apart. */
export const RTCP_TYPE = {
  SENDER_REPORT: 200,
  RECEIVER_REPORT: 201,
  SOURCE_DESCRIPTION: 202,
  GOODBYE: 203,
  TRANSPORT_FEEDBACK: 205,
  PAYLOAD_FEEDBACK: 206,
} as const;

export const RTCP_VERSION = 2;
/** Item types of source descriptions (RFC 3550 §12.2). */
export const CNAME = 1;

/** What a receiver says of one source (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Lost since the last report, in 256ths of what was expected. */
  readonly fractionLost: number;
  /** Packets lost since the beginning, 24 bits with a sign: duplicates make it negative. */
  readonly cumulativeLost: number;
  /** Highest sequence number received, 16 bits, and above them how often the numbers wrapped. */
  readonly highestSequence: number;
  /** Interarrival jitter in ticks of the RTP clock. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's NTP time; 0 if there was none. */
  readonly lastSenderReport: number;
  /** Time from receiving that report to sending this one, in 2^-16 parts of a second; 0 if there was none. */
  readonly delaySinceLastSenderReport: number;
}

/** What a sender says of itself: the same instant in wall-clock time and in its RTP time (RFC 3550 §6.4.1). */
export interface SenderInfo {
  readonly ssrc: number;
  readonly ntp: NtpTime;
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  /** Of payload, modulo 2^32. */
  readonly octetCount: number;
}

export interface SenderReport extends SenderInfo {
  readonly type: 'sender-report';
  readonly blocks: readonly ReportBlock[];
}

export interface ReceiverReport {
  readonly type: 'receiver-report';
  readonly ssrc: number;
  readonly blocks: readonly ReportBlock[];
}

/** The canonical names of sources (RFC 3550 §6.5); what else is said of them is left out. */
export interface SourceDescription {
  readonly type: 'source-description';
  readonly sources: readonly { readonly ssrc: number; readonly cname: string | undefined }[];
}

export interface Goodbye {
  readonly type: 'goodbye';
  readonly ssrcs: readonly number[];
  readonly reason: string | undefined;
}

/** A feedback message (RFC 4585 §6.1): NACK, PLI, FIR and the like. */
export interface Feedback {
  readonly type: 'feedback';
  /** 205 transport layer, 206 payload-specific. */
  readonly packetType: number;
  /** FMT: which message of that layer. */
  readonly format: number;
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** Feedback control information: a view. */
  readonly information: Buffer;
}

export type RtcpPacket = SenderReport | ReceiverReport | SourceDescription | Goodbye | Feedback;
