/** What an entry of the time line means where things do not work, and what to do about it. */
export interface Sign {
  readonly means: string;
  readonly advice: readonly string[];
}

/** By the entry's step. Those that are there say more than the step that is missing. */
export const SIGNS: Readonly<Record<string, Sign>> = {
  'device-unknown': {
    means: 'No device of this id has registered.',
    advice: ["Look up the device's own id in its GB28181 page: it is not that of a channel."],
  },
  'device-offline': {
    means: 'The device has registered before, but is offline now.',
    advice: ['Check its power and its network; it is asked as soon as it registers again.'],
  },
  'device-lost': { means: 'The device went offline while it sent.', advice: [] },
  'invite-refused': { means: 'The device refused the INVITE.', advice: [] },
  'invite-unanswered': {
    means: 'The device did not answer the INVITE, though it has registered.',
    advice: [
      'Where an address translation is between, shorten the keep-alive interval of the device to 30 s or less, or set its signalling to TCP.',
      'Set protocols.gb28181.sip_address to the address at which the device reaches this server.',
    ],
  },
  'bye-received': { means: 'The device itself ended the session.', advice: [] },
  'media-connect-failed': {
    means: 'The device said where to connect to for its media, and nobody is there.',
    advice: [
      'A device behind an address translation cannot be connected to: ask with the transport tcp-passive.',
    ],
  },
  'stray-media': {
    means: 'Media came that could not be told to be of this stream.',
    advice: [
      'Where several devices share an address and lie about their SSRC, set protocols.gb28181.rtp_port_range: then each stream has a port of its own.',
    ],
  },
  'ssrc-differs': {
    means: 'The packets have another SSRC than the one that was agreed on; that is borne with.',
    advice: [],
  },
  'transport-differs': {
    means: 'The media came by another transport than the one that was asked for.',
    advice: ["Set the transport of the stream in the device's GB28181 page to the one that is asked for."],
  },
  'not-ps': {
    means: 'What comes is RTP, but no program stream.',
    advice: ['Set the encapsulation in the device to PS, and switch off encryption of the stream.'],
  },
  'codec-refused': {
    means: 'The device sends a codec that no player knows.',
    advice: ['Set the video of the channel to H.264 or H.265, and its sound to AAC or G.711A.'],
  },
  'bad-media': { means: 'Some of the media could not be read.', advice: [] },
  'packets-lost': {
    means: 'Packets were lost on the way.',
    advice: ['Ask with the transport tcp-passive, or lower the bitrate of the channel.'],
  },
  'no-media': { means: 'No media came within the time.', advice: [] },
  'media-silent': { means: 'The media stopped without a word.', advice: [] },
  'media-disconnected': { means: 'The connection of the media was closed.', advice: [] },
  'authentication-refused': {
    means: 'The camera refused name or password.',
    advice: ['Correct the credentials of the ingest; cameras lock accounts after a few wrong ones.'],
  },
  'broadcast-refused': {
    means: 'The device refused the broadcast.',
    advice: ['End the talk that it is in, or try the mode talk.'],
  },
  'broadcast-unanswered': { means: 'The device said nothing to the broadcast.', advice: [] },
  'invite-missing': { means: 'The device took the broadcast, but asked for no sound.', advice: [] },
  'format-refused': {
    means: 'The device takes sound in a form that is not sent.',
    advice: ['Set the audio of the channel to G.711A (PCMA) in the device.'],
  },
  'ack-missing': {
    means: 'The device did not acknowledge our answer; it is sent to all the same.',
    advice: [],
  },
  'voice-stopped': { means: 'The device, or the network, ended the talk.', advice: [] },
  'sender-behind': {
    means: 'The device takes less than there is; some of it is left out.',
    advice: ['Look at the network to the device.'],
  },
  'given-up': {
    means: 'It is not tried any more.',
    advice: ['Make the ingest anew once the cause is mended.'],
  },
  'fell-back': { means: 'One transport did not work, another was tried.', advice: [] },
  'publisher-refused': {
    means: 'A publisher was turned away, for another one was there.',
    advice: ['Give each encoder a name of its own, or set protocols.rtmp.takeover.'],
  },
  'left-out': {
    means: 'A format had to leave a track out.',
    advice: ["Play it in another format, or set the source's codec to H.264 and AAC."],
  },
  'gop-too-long': {
    means: 'Key frames are too far apart for new viewers to begin at once.',
    advice: ['Shorten the interval of key frames of the source to a few seconds.'],
  },
  'upper-refused': {
    means: 'A platform above asked for the stream, and was refused.',
    advice: [],
  },
  'upper-media-connect-failed': {
    means: 'A platform above said where its media is to be connected to, and nobody is there.',
    advice: ['Open the port of its media server toward this one, or have the platform ask by UDP.'],
  },
  'upper-left-out': {
    means:
      "A track of the stream is not sent to a platform above: the standard's program stream has no place for it.",
    advice: ['Share a rendition of the stream with H.264 or H.265, and with AAC or G.711.'],
  },
  'time-mended': { means: 'The clock of the source jumped, which was mended.', advice: [] },
};
