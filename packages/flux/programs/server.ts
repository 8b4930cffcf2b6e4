import { pageAssets } from '@flux-iot/console/assets';
import { BusHub } from '@flux-iot/core/bus/hub';
import { createLocalBus } from '@flux-iot/core/bus/local-bus';
import { BusServer } from '@flux-iot/core/bus/socket/bus-server';
import { nodeEntries } from '@flux-iot/core/cluster/node-entry';
import { ClusterControl } from '@flux-iot/core/control/cluster-control';
import { MemoryDeviceDocuments, serveDeviceDocuments } from '@flux-iot/core/control/device-documents';
import { remoteGb28181Control } from '@flux-iot/core/control/gb28181-control';
import { createApiServer } from '@flux-iot/server/api-server';
import { localHost, parseAddress } from '../config/address.ts';
import { busOf } from '../config/bus.ts';
import { explainListenError } from '../listen-error.ts';
import { type ProgramContext, runProgram, type StartedProgram } from './program.ts';

const MEMBER = 'server';

/** `flux server`: the API, the page, and the bus by which the programs find one another. */
export function runServer(file: string | undefined, version: string): Promise<void> {
  return runProgram(file, context => start(context, version));
}

async function start({ config, logger }: ProgramContext, version: string): Promise<StartedProgram> {
  const { address, secret } = busOf(config);
  const hub = new BusHub();
  const bus = createLocalBus(hub, MEMBER);
  const busServer = new BusServer({ hub, address, secret });
  const control = new ClusterControl(bus);
  serveDeviceDocuments(bus, new MemoryDeviceDocuments());
  const configured = parseAddress(config.http_media.bind).port;
  const api = await createApiServer({
    control,
    gb28181: remoteGb28181Control(bus),
    ...parseAddress(config.server.bind),
    mediaPort: () => configured || (nodeEntries(bus.directory).find(node => node.mediaPort)?.mediaPort ?? 0),
    version,
    assets: await pageAssets(),
    // Of what fastify says by itself, only what went wrong is news.
    logger: logger.child({}, { level: logger.isLevelEnabled('warn') ? 'warn' : logger.level }),
  });
  const stop = async () => {
    control.close();
    await api.stop();
    await bus.close();
    await busServer.close();
  };
  try {
    await busServer.start();
    await api.start();
  } catch (error) {
    await stop();
    throw explainListenError(error, config);
  }
  const page = `http://${localHost(parseAddress(config.server.bind))}:${api.port}`;
  return {
    ready: { api: api.port },
    banner: `FLUX IoT ${version}, server\n\n  Page  ${page}/\n  API   ${page}/api/docs\n  Bus   ${address}\n`,
    stop,
  };
}
