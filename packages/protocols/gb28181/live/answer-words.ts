/** What a refused INVITE means, and what to do about it, in words (RFC 3261 §21, as devices use it). */
export function meaningOf(status: number): string {
  switch (status) {
    case 400:
      return 'the device calls the INVITE malformed: its SIP server id or domain differs from protocols.gb28181.sip_id and sip_domain, or its firmware wants another form';
    case 403:
      return 'the device forbids it: its own list of platforms or rights does not have this server';
    case 404:
      return 'the device has no such channel: refresh its catalog, and compare the channel id with the one in its GB28181 page';
    case 408:
      return 'the device, or the platform before it, got no answer from the camera behind it: the channel is offline';
    case 415:
    case 488:
    case 606:
      return 'the device accepts no medium that was offered: try another transport';
    case 480:
      return 'the channel is not available: the camera behind the recorder is off';
    case 481:
      return 'the device knows nothing of this session any more: it was restarted';
    case 486:
    case 600:
      return 'the channel is busy: the device sends it as often as it can, or still to a server that is gone; a restart of the device helps';
    case 487:
      return 'it was given up before the device answered';
    case 491:
      return 'the device is in the middle of another request for this channel';
    case 500:
      return 'the device failed: often its channel has no camera, or its encoder is busy';
    case 503:
      return 'the device is overloaded, or its licence for streams is used up';
    default:
      if (status >= 300 && status < 400) return 'the device sends us elsewhere, which is not followed';
      return status >= 500 ? 'the device failed' : 'the device refused it';
  }
}
