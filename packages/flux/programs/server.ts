import { pageAssets } from '@flux-iot/console/assets';
import { tenantOf } from '@flux-iot/core/access/access-policy';
import { followRefusals, followUse, publishPolicy, serveTokens } from '@flux-iot/core/access/policy-channel';
import { BusHub } from '@flux-iot/core/bus/hub';
import { createLocalBus } from '@flux-iot/core/bus/local-bus';
import { BusServer } from '@flux-iot/core/bus/socket/bus-server';
import { ClusterSnapshots } from '@flux-iot/core/cluster/cluster-snapshots';
import { nodeEntries } from '@flux-iot/core/cluster/node-entry';
import { ClusterControl } from '@flux-iot/core/control/cluster-control';
import { serveDeviceDocuments } from '@flux-iot/core/control/device-documents';
import { remoteGb28181Control } from '@flux-iot/core/control/gb28181-control';
import { RECORDING_SUBJECT, type RecordingEvent } from '@flux-iot/core/record/recording';
import { playableForms } from '@flux-iot/core/transcode/playable';
import { createApiServer } from '@flux-iot/server/api-server';
import { openDatabase } from '@flux-iot/server/database/open-database';
import { DeviceTable } from '@flux-iot/server/gb28181/device-table';
import { DatabaseHookStore } from '@flux-iot/server/hooks/database-hook-store';
import { startNotices } from '@flux-iot/server/notices';
import { DatabaseRecordingIndex } from '@flux-iot/server/recordings/database-index';
import { reloadAll } from '@flux-iot/server/reload-routes';
import { accessOf, openAccounts, recordRefusals } from '../accounts.ts';
import { localHost, parseAddress } from '../config/address.ts';
import { busOf } from '../config/bus.ts';
import { hookSettings } from '../config/hooks.ts';
import { databaseUrl } from '../database-url.ts';
import { explainListenError } from '../listen-error.ts';
import { createRecordingLibrary } from '../recording-library.ts';
import { createRecordedSnapshots } from '../snapshots.ts';
import { type ProgramContext, runProgram, type StartedProgram } from './program.ts';

const MEMBER = 'server';

/** `flux server`: the API, the page, and the bus by which the programs find one another. */
export function runServer(file: string | undefined, version: string): Promise<void> {
  return runProgram(file, context => start(context, version));
}

async function start({ config, live, logger }: ProgramContext, version: string): Promise<StartedProgram> {
  const { address, secret } = busOf(config);
  const hub = new BusHub();
  const bus = createLocalBus(hub, MEMBER);
  const busServer = new BusServer({ hub, address, secret });
  const control = new ClusterControl(bus);
  const database = await openDatabase(databaseUrl(config, process.env));
  const accounts = await openAccounts(config, database, policy => publishPolicy(bus, policy));
  const unfollow = [
    serveTokens(bus, id => accounts.tokens.find(id)),
    followRefusals(bus, recordRefusals(accounts.audit, logger)),
    followUse(bus, (tenantId, use) => {
      accounts.usage
        .add(tenantId, use)
        .catch((error: unknown) => logger.error({ err: error }, 'usage is lost'));
    }),
  ];
  // Before any node can join: it is told at once whom it has to ask.
  const notices = await startNotices({
    bus,
    store: new DatabaseHookStore(database),
    settings: hookSettings(config),
    version,
    tenantOf: streamId => tenantOf(accounts, streamId),
    onFailure: ({ id }, message) => logger.warn({ hook: id }, message),
  });
  const rateLimit = { perSecond: config.server.rate_limit };
  live.onChange(changed => {
    rateLimit.perSecond = changed.server.rate_limit;
    notices.hooks.configure(hookSettings(changed)).catch(cause => logger.error({ err: cause }, 'hooks'));
  });
  const index = new DatabaseRecordingIndex(database);
  const recordings = createRecordingLibrary(config, control, index, logger);
  unfollow.push(
    bus.subscribe(RECORDING_SUBJECT, event => recordings.apply(event as unknown as RecordingEvent)),
  );
  unfollow.push(serveDeviceDocuments(bus, new DeviceTable(database)));
  const snapshots = new ClusterSnapshots(bus, secret);
  const recordedSnapshots = createRecordedSnapshots(config, recordings);
  const configured = parseAddress(config.http_media.bind).port;
  const api = await createApiServer({
    control,
    recordings,
    gb28181: remoteGb28181Control(bus),
    snapshots,
    recordedSnapshots,
    playable: playableForms(config.transcode.profiles),
    access: accessOf(config, accounts),
    ...parseAddress(config.server.bind),
    mediaPort: () => configured || (nodeEntries(bus.directory).find(node => node.mediaPort)?.mediaPort ?? 0),
    version,
    hooks: notices.hooks,
    events: notices.events,
    rateLimit,
    reload: () => reloadAll(bus, () => live.reload()),
    assets: await pageAssets(),
    // Of what fastify says by itself, only what went wrong is news.
    logger: logger.child({}, { level: logger.isLevelEnabled('warn') ? 'warn' : logger.level }),
  });
  const stop = async () => {
    await recordings.close();
    control.close();
    snapshots.close();
    recordedSnapshots.close();
    await api.stop();
    for (const end of unfollow) end();
    await notices.close();
    await bus.close();
    await busServer.close();
    accounts.close();
    await database.close();
  };
  try {
    await busServer.start();
    recordings.start();
    await api.start();
  } catch (error) {
    await stop();
    throw explainListenError(error, config);
  }
  const login = config.auth.enabled ? await accounts.firstLoginLink() : undefined;
  const page = `http://${localHost(parseAddress(config.server.bind))}:${api.port}`;
  return {
    ready: { api: api.port, ...(login === undefined ? {} : { login }) },
    banner: `FLUX IoT ${version}, server\n\n  Page  ${page}/${login === undefined ? '' : `login?token=${login}`}\n  API   ${page}/api/docs\n  Bus   ${address}\n`,
    stop,
  };
}
