import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import type { CascadeOptions } from '@flux-iot/protocols/gb28181/adapter';
import type { ChannelShare } from '@flux-iot/protocols/gb28181/cascade/shared-channel';
import type { PlatformAccount } from '@flux-iot/protocols/gb28181/cascade/upper-platform';
import { parseAddress } from './config/address.ts';
import type { Config } from './config/schema.ts';

type Gb28181Config = Config['protocols']['gb28181'];

/** The platforms above, made from the configuration; `ownId`: our SIP id. */
export function cascadeOptions(
  { platforms, shared, bind_rtp }: Gb28181Config,
  ownId: string,
  orchestrator: StreamOrchestrator,
): CascadeOptions | undefined {
  if (platforms.length === 0) return undefined;
  return {
    orchestrator,
    platforms: platforms.map(platform => accountOf(platform, ownId)),
    shared: shared.map(shareOf),
    mediaHost: parseAddress(bind_rtp).host,
  };
}

function accountOf(platform: Gb28181Config['platforms'][number], ownId: string): PlatformAccount {
  const { name, id, domain, transport, password, expires, keepalive_interval } = platform;
  const own = platform.own_id || ownId;
  return {
    ...{ name, id, transport, password, expires },
    ...parseAddress(platform.address),
    domain: domain || id.slice(0, 10),
    ownId: own,
    user: platform.username || own,
    keepaliveInterval: keepalive_interval,
  };
}

function shareOf(share: Gb28181Config['shared'][number]): ChannelShare {
  const { device_id: deviceId, device_channel_id } = share;
  return {
    streamId: parseStreamId(share.stream),
    channelId: share.channel_id || undefined,
    name: share.name || undefined,
    platforms: share.platforms,
    device: deviceId === '' ? undefined : { deviceId, channelId: device_channel_id || deviceId },
  };
}
