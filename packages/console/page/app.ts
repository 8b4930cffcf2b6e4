import { ApiError, api } from './api.ts';
import { byId } from './dom.ts';
import { bytes, duration } from './format.ts';
import { StreamList } from './stream-list.ts';
import { StreamView } from './stream-view.ts';

const REFRESH = 2000;

const problem = byId('problem');
const list = new StreamList(byId('list'), streamId => {
  location.hash = encodeURIComponent(streamId);
});
const view = new StreamView(byId('view'), showProblem);

function showProblem(error: unknown): void {
  problem.textContent = error instanceof Error ? error.message : String(error);
  problem.hidden = false;
}

async function refresh(): Promise<void> {
  try {
    const [{ streams }, server] = await Promise.all([api.streams(), api.server()]);
    const wanted = decodeURIComponent(location.hash.slice(1)) || undefined;
    const chosen = streams.find(stream => stream.stream_id === wanted)?.stream_id;
    document.body.classList.toggle('chosen', chosen !== undefined);
    list.show(streams, chosen);
    if (chosen === undefined) {
      if (view.streamId) view.close();
    } else {
      await view.open(chosen);
      await view.refresh();
    }
    byId('server').textContent =
      `${server.version} · up ${duration(server.uptime_seconds)} · ${bytes(server.memory_bytes)}`;
    problem.hidden = true;
  } catch (error) {
    // A stream that ended between two requests is no problem: the next refresh shows it gone.
    if (!(error instanceof ApiError && error.status === 404)) showProblem(error);
  }
}

async function keepRefreshing(): Promise<void> {
  if (!document.hidden) await refresh();
  setTimeout(keepRefreshing, REFRESH);
}

addEventListener('hashchange', () => void refresh());
document.addEventListener('visibilitychange', () => void refresh());
void keepRefreshing();
