/** One step on the way from a source to a picture, in the order in which they come. */
export interface Step {
  readonly id: string;
  /** What has happened when it is done. */
  readonly title: string;
  /** Entries of the time line that show it. */
  readonly shownBy: readonly string[];
  /** What it means that it is the first that is missing, and what to do. */
  readonly missing: string;
  readonly advice: readonly string[];
}

/** The way of one kind of source. */
export interface Ladder {
  /** Entries that begin an attempt: what was before the last of them is of an earlier one. */
  readonly begins: readonly string[];
  readonly steps: readonly Step[];
}

const TRACKS: Step = {
  id: 'tracks',
  title: 'The codecs are known',
  shownBy: ['video-track', 'audio-track', 'video-track-changed', 'audio-track-changed', 'codec'],
  missing: 'Media comes, but no codec was found in it.',
  advice: ['Set the source to H.264 or H.265 for video, and to AAC or G.711 for sound.'],
};
const KEY_FRAME: Step = {
  id: 'key-frame',
  title: 'The first key frame came',
  shownBy: ['first-key-frame'],
  missing: 'No key frame came yet, and nobody can begin to watch without one.',
  advice: ['Shorten the interval of key frames (GOP) of the source to one or two seconds.'],
};

const GB28181: Ladder = {
  begins: ['media-port', 'device-unknown', 'device-offline', 'wanted'],
  steps: [
    {
      id: 'registered',
      title: 'The device has registered',
      shownBy: ['media-port', 'invite-sent'],
      missing: 'The device is not registered.',
      advice: [
        "Compare the SIP server id, the domain, the address, the port and the password in the device's GB28181 page with protocols.gb28181.",
        'GET /api/v1/gb28181/devices shows who has registered; the log shows who was refused, and why.',
      ],
    },
    {
      id: 'invited',
      title: 'The device was asked for the stream',
      shownBy: ['invite-sent'],
      missing: 'The device was not asked yet.',
      advice: [],
    },
    {
      id: 'accepted',
      title: 'The device accepted',
      shownBy: ['invite-accepted'],
      missing: 'The device has not answered the INVITE yet.',
      advice: [],
    },
    {
      id: 'media',
      title: 'The first RTP packet came',
      shownBy: ['first-rtp'],
      missing: 'The device accepted, but no media came.',
      advice: [
        'The device has to reach the address that it was told (see invite-sent): set protocols.gb28181.media_address to one that it can reach, not to that of a container or of an inner network.',
        'Open the port of protocols.gb28181.bind_rtp for UDP and TCP in every firewall between.',
        'Ask with another transport: tcp-passive goes through most address translations, and through networks that drop UDP.',
      ],
    },
    {
      id: 'program-stream',
      title: 'The first pack of the program stream came',
      shownBy: ['first-ps-pack'],
      missing: 'RTP comes, but no program stream in it.',
      advice: [
        'Set the encapsulation in the GB28181 page of the device to PS, and switch off encryption of the stream.',
      ],
    },
    TRACKS,
    KEY_FRAME,
  ],
};

const RTSP_PULL: Ladder = {
  begins: ['connecting', 'wanted'],
  steps: [
    {
      id: 'connected',
      title: 'The camera described its stream',
      shownBy: ['described'],
      missing: 'The camera was not reached, or did not describe its stream.',
      advice: ['Check address, port and path of the URL, and that this server reaches the camera.'],
    },
    {
      id: 'set-up',
      title: 'The tracks are set up',
      shownBy: ['set-up'],
      missing: 'The camera did not set up its tracks.',
      advice: ['Ask with another transport, tcp or udp.'],
    },
    {
      id: 'playing',
      title: 'The camera said that it plays',
      shownBy: ['playing'],
      missing: 'The camera did not begin to play.',
      advice: ['Cameras send a few streams at once: close those of others.'],
    },
    {
      id: 'media',
      title: 'The first RTP packet came',
      shownBy: ['first-packet'],
      missing: 'The camera plays, but no packet came.',
      advice: ['UDP is often dropped on the way: ask with the transport tcp.'],
    },
    TRACKS,
    KEY_FRAME,
  ],
};

const PULL: Ladder = {
  begins: ['connecting', 'wanted'],
  steps: [
    {
      id: 'published',
      title: 'The remote server sends',
      shownBy: ['published'],
      missing: 'The remote server was not reached, or has no such stream.',
      advice: ['Check the URL, and that the stream can be played from there.'],
    },
    TRACKS,
    KEY_FRAME,
  ],
};

const PUBLISH: Ladder = {
  begins: ['published'],
  steps: [
    {
      id: 'published',
      title: 'Somebody publishes',
      shownBy: ['published'],
      missing: 'Nobody publishes the stream.',
      advice: [
        'Compare the address and the name of the stream in the encoder with the publish_url of the ingest.',
      ],
    },
    TRACKS,
    KEY_FRAME,
  ],
};

const SOUND: Step = {
  id: 'sound',
  title: 'The stream has sound that devices take',
  shownBy: ['voice-sound'],
  missing: 'There is no sound to be sent.',
  advice: ['The stream has to be live and to have sound; GET /api/v1/streams/{id} shows its tracks.'],
};
const FLOWING: Step = {
  id: 'flowing',
  title: 'Sound goes to the device',
  shownBy: ['voice-flowing'],
  missing: 'The device was not sent any sound.',
  advice: [],
};

/** The way of sound to a device that is told of it, and asks for it itself. */
export const BROADCAST: Ladder = {
  begins: [],
  steps: [
    SOUND,
    {
      id: 'told',
      title: 'The device was told of the broadcast',
      shownBy: ['broadcast-sent'],
      missing: 'The device was not told yet.',
      advice: [],
    },
    {
      id: 'asked-for',
      title: 'The device asked for the sound',
      shownBy: ['invite-received'],
      missing: 'The device did not ask for the sound.',
      advice: [
        'Try the mode talk: some devices know that alone.',
        "Use the id of the device's voice output (137 as the 11th to 13th digit) where its catalog has one.",
        'Switch on the loudspeaker, and two-way audio of the channel, in the device.',
      ],
    },
    FLOWING,
  ],
};

/** The way of sound to a device that is invited to take it. */
export const TALK: Ladder = {
  begins: [],
  steps: [
    SOUND,
    {
      id: 'invited',
      title: 'The device was invited to take the sound',
      shownBy: ['invite-sent'],
      missing: 'The device was not invited yet.',
      advice: [],
    },
    {
      id: 'accepted',
      title: 'The device accepted',
      shownBy: ['invite-accepted'],
      missing: 'The device did not accept.',
      advice: ['Try the mode broadcast, which is the way of the standard.'],
    },
    FLOWING,
  ],
};

/** The way of a source: of the protocol, and pulled by us or sent to us. */
export function ladderOf(protocol: string | undefined, isPulled: boolean): Ladder {
  if (protocol === 'gb28181') return GB28181;
  if (!isPulled) return PUBLISH;
  return protocol === 'rtsp' ? RTSP_PULL : PULL;
}
