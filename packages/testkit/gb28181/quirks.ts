/** One recording that a simulated device has. Times are milliseconds since 1970. */
export interface SimulatedRecording {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What a simulated device does otherwise than it should. */
export interface SimulatedQuirks {
  /** Answers INVITE with this status. */
  readonly inviteStatus?: number;
  /** Names another SSRC in its answer, and sends that. */
  readonly ownSsrc?: number;
  /** Sends another SSRC than it says. */
  readonly lyingSsrc?: number;
  /** Accepts, and sends nothing. */
  readonly isMute?: boolean;
  /** Says where it can be connected to for its media, and nobody is there. */
  readonly closesMediaPort?: boolean;
  /** Sends by UDP whatever it agreed on. */
  readonly alwaysUdp?: boolean;
  /** Never answers an INVITE. */
  readonly isDeafToInvite?: boolean;
  /** Sends the parts of an answer from the last to the first. */
  readonly reversesParts?: boolean;
  /** Leaves the last part out. */
  readonly losesPart?: boolean;
  /** Says of every answer that it has this many more entries. */
  readonly overstates?: number;
  /** What it does with a broadcast: takes no part in it, refuses it, or asks for sound of a codec that is not sent. */
  readonly broadcast?: 'ignores' | 'refuses' | 'wants-g7221';
  /** How it asks for sound; by UDP if left out. `tcp-active`: it connects. */
  readonly voiceTransport?: 'udp' | 'tcp-active' | 'tcp-passive';
  /** Takes sound in a program stream alone. */
  readonly wantsPsVoice?: boolean;
  /** Sends nothing on its own. */
  readonly isSilent?: boolean;
}
