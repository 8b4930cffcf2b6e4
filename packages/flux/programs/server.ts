import { pageAssets } from '@flux-iot/console/assets';
import {
  followRefusals,
  followUse,
  publishPolicy,
  publishStored,
  serveTokens,
  TenantCounts,
} from '@flux-iot/core/access/policy-channel';
import { BusHub } from '@flux-iot/core/bus/hub';
import { createLocalBus } from '@flux-iot/core/bus/local-bus';
import { BusServer } from '@flux-iot/core/bus/socket/bus-server';
import { ClusterSnapshots } from '@flux-iot/core/cluster/cluster-snapshots';
import { nodeEntries } from '@flux-iot/core/cluster/node-entry';
import { ClusterControl } from '@flux-iot/core/control/cluster-control';
import { serveDeviceDocuments } from '@flux-iot/core/control/device-documents';
import { onEvents } from '@flux-iot/core/control/gateway-event';
import {
  DEVICE_EVENTS,
  type DeviceEvent,
  remoteGb28181Control,
} from '@flux-iot/core/control/gb28181-control';
import { RECORDING_SUBJECT, type RecordingEvent } from '@flux-iot/core/record/recording';
import { beatOf } from '@flux-iot/core/socket/heartbeat';
import { playableForms } from '@flux-iot/core/transcode/playable';
import { ownerOfEvent } from '@flux-iot/server/access/ownership';
import { createApiServer } from '@flux-iot/server/api-server';
import { openDatabase } from '@flux-iot/server/database/open-database';
import { DeviceTable } from '@flux-iot/server/gb28181/device-table';
import { DeviceEventLog } from '@flux-iot/server/gb28181/event-log';
import { DatabaseHookStore } from '@flux-iot/server/hooks/database-hook-store';
import { startNotices } from '@flux-iot/server/notices';
import { DatabaseRecordingIndex } from '@flux-iot/server/recordings/database-index';
import { reloadAll } from '@flux-iot/server/reload-routes';
import { TaskTable } from '@flux-iot/server/tasks/task-table';
import { StoredBytes } from '@flux-iot/server/tenants/stored-bytes';
import { traceBus, traceQueries } from '@flux-iot/server/tracing/trace-calls';
import { accessOf, openAccounts, recordRefusals } from '../accounts.ts';
import { localHost, parseAddress } from '../config/address.ts';
import { busOf } from '../config/bus.ts';
import { hookSettings } from '../config/hooks.ts';
import { openSecretBox } from '../database-key.ts';
import { databaseKeyFile, databaseUrl } from '../database-url.ts';
import { explainListenError } from '../listen-error.ts';
import { createRecordingLibrary } from '../recording-library.ts';
import { createRecordedSnapshots } from '../snapshots.ts';
import { startTracing } from '../tracing.ts';
import { type ProgramContext, runProgram, type StartedProgram } from './program.ts';

const MEMBER = 'server';

/** `flux server`: the API, the page, and the bus by which the programs find one another. */
export function runServer(file: string | undefined, version: string): Promise<void> {
  return runProgram(file, context => start(context, version));
}

async function start({ config, live, logger }: ProgramContext, version: string): Promise<StartedProgram> {
  const { address, secret, timeout } = busOf(config);
  const hub = new BusHub();
  const tracing = await startTracing(config, version, message => logger.warn(message));
  const ownBus = createLocalBus(hub, MEMBER);
  const bus = tracing ? traceBus(ownBus, tracing) : ownBus;
  const busServer = new BusServer({ hub, address, secret, heartbeat: beatOf(timeout * 1000) });
  const database = await openDatabase(databaseUrl(config, process.env), tracing && traceQueries(tracing));
  const tasks = new TaskTable({
    database,
    box: openSecretBox(databaseKeyFile(config, process.env)),
    onUnreadable: (kind, id) => logger.error({ kind, id }, 'kept with another key: it is not taken up again'),
  });
  const control = new ClusterControl(bus, tasks);
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
    ownerOf: about => ownerOfEvent(accounts, about),
    onFailure: ({ id }, message) => logger.warn({ hook: id }, message),
  });
  const rateLimit = { perSecond: config.server.rate_limit };
  live.onChange(changed => {
    rateLimit.perSecond = changed.server.rate_limit;
    notices.hooks.configure(hookSettings(changed)).catch(cause => logger.error({ err: cause }, 'hooks'));
  });
  const index = new DatabaseRecordingIndex(database);
  const recordings = createRecordingLibrary(config, control, index, logger, tasks);
  unfollow.push(
    bus.subscribe(RECORDING_SUBJECT, event => recordings.apply(event as unknown as RecordingEvent)),
  );
  unfollow.push(
    onEvents(bus, ({ kind, streamId }) => {
      if (kind === 'publish' && streamId !== undefined) recordings.published(streamId);
    }),
  );
  unfollow.push(serveDeviceDocuments(bus, new DeviceTable(database)));
  const deviceEvents = new DeviceEventLog({
    database,
    days: config.protocols.gb28181.events_days,
    maxEvents: config.protocols.gb28181.events_max,
    onError: error => logger.error({ code: error.code }, `events of devices: ${error.message}`),
  });
  unfollow.push(bus.subscribe(DEVICE_EVENTS, event => deviceEvents.add(event as unknown as DeviceEvent)));
  const stored = new StoredBytes({
    ...{ index, accounts },
    publish: bytes => publishStored(bus, bytes),
    onError: cause => logger.error({ err: cause }, 'what is stored could not be counted'),
  });
  const counts = new TenantCounts(bus);
  const snapshots = new ClusterSnapshots(bus, secret);
  const recordedSnapshots = createRecordedSnapshots(config, recordings);
  const configured = parseAddress(config.http_media.bind).port;
  const api = await createApiServer({
    control,
    recordings,
    gb28181: remoteGb28181Control(bus),
    deviceEvents,
    snapshots,
    tenants: { counts: () => counts.everywhere(), stored: tenantId => stored.of(tenantId) },
    recordedSnapshots,
    playable: playableForms(config.transcode.profiles),
    access: accessOf(config, accounts),
    ...parseAddress(config.server.bind),
    mediaPort: () => configured || (nodeEntries(bus.directory).find(node => node.mediaPort)?.mediaPort ?? 0),
    version,
    hooks: notices.hooks,
    events: notices.events,
    rateLimit,
    tracing,
    reload: () => reloadAll(bus, () => live.reload()),
    assets: await pageAssets(),
    // Of what fastify says by itself, only what went wrong is news.
    logger: logger.child({}, { level: logger.isLevelEnabled('warn') ? 'warn' : logger.level }),
  });
  const stop = async () => {
    stored.close();
    await recordings.close();
    control.close();
    snapshots.close();
    recordedSnapshots.close();
    await api.stop();
    for (const end of unfollow) end();
    await notices.close();
    await bus.close();
    await busServer.close();
    await deviceEvents.close();
    accounts.close();
    await database.close();
    await tracing?.close();
  };
  try {
    await control.restore();
    await recordings.restore();
    await busServer.start();
    recordings.start();
    deviceEvents.start();
    stored.start();
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
