import { api, type Protocol } from './api.ts';
import { byId, setText } from './dom.ts';
import { bytes, duration } from './format.ts';
import { Problems } from './problems.ts';
import { StreamList } from './stream-list.ts';
import { StreamView } from './stream-view.ts';

const REFRESH_INTERVAL = 2000;
/** Rows that are shown; more are found by searching. */
const MAX_ROWS = 200;
const DEFAULT_RTMP_PORT = '1935';

/** The page: what is in the address decides which stream is open, and everything is read anew every two seconds. */
class App {
  readonly #problems = new Problems(byId('problems'));
  readonly #list: StreamList;
  #view: StreamView | undefined;
  #protocols: readonly Protocol[] | undefined;
  #timer: number | undefined;
  /** Of several refreshes under way, only the last is shown. */
  #turn = 0;

  constructor() {
    this.#list = new StreamList(byId('list'), {
      publishUrl: () => this.#publishUrl(),
      onSearch: () => void this.refresh(),
    });
    addEventListener('hashchange', () => void this.refresh());
    document.addEventListener('visibilitychange', () => void this.refresh());
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.#open(chosenStream());
    try {
      if (!document.hidden) await this.#read(turn);
      this.#problems.connection(undefined);
    } catch (error) {
      this.#problems.connection(error);
    }
    if (turn === this.#turn) this.#timer = window.setTimeout(() => void this.refresh(), REFRESH_INTERVAL);
  }

  async #read(turn: number): Promise<void> {
    this.#protocols ??= await api.protocols();
    const [page, server] = await Promise.all([
      api.streams(MAX_ROWS, this.#list.search),
      api.server(),
      this.#view?.refresh(),
    ]);
    if (turn !== this.#turn) return;
    this.#list.show(page, this.#view?.streamId);
    setText(
      byId('server'),
      `${server.version} · up ${duration(server.uptime_seconds)} · ${bytes(server.memory_bytes)}`,
    );
  }

  #open(streamId: string | undefined): void {
    if (this.#view?.streamId === streamId) return;
    this.#view?.close();
    this.#view = streamId ? new StreamView(streamId, error => this.#problems.action(error)) : undefined;
    document.body.classList.toggle('chosen', streamId !== undefined);
    document.title = streamId ? `${streamId} · FLUX IoT` : 'FLUX IoT';
    if (this.#view) byId('view').append(this.#view.element);
  }

  #publishUrl(): string | undefined {
    const address = this.#protocols?.find(({ protocol }) => protocol === 'rtmp')?.listening[0];
    if (!address) return undefined;
    const port = address.slice(address.lastIndexOf(':') + 1);
    return `rtmp://${location.hostname}${port === DEFAULT_RTMP_PORT ? '' : `:${port}`}/live/test`;
  }
}

function chosenStream(): string | undefined {
  try {
    return decodeURIComponent(location.hash.slice(1)) || undefined;
  } catch {
    // Somebody wrote a broken address.
    return undefined;
  }
}

void new App().refresh();
