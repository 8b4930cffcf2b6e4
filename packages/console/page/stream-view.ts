import { ApiError, api, type HistoryEntry, type StreamDetail } from './api.ts';
import { copyable, el, renderIfChanged, setText } from './dom.ts';
import { bitrate, codec, connection, duration, state, trackDetail, viewers } from './format.ts';
import { FORMATS, type Format, isPlayable, Player } from './player.ts';
import { askToStop } from './stop-dialog.ts';

/** One stream: the player, its figures, its addresses, its time line. Made once for each stream that is opened. */
export class StreamView {
  readonly streamId: string;
  readonly element: HTMLElement;
  readonly #onError: (error: unknown) => void;
  readonly #player = new Player();
  readonly #state = el('span', { class: 'state' });
  readonly #tabs = el('div', { class: 'tabs', role: 'group', 'aria-label': 'Play by' });
  readonly #delay = el('span', { class: 'quiet delay' });
  readonly #stop: HTMLButtonElement;
  readonly #notes = el('ul', { class: 'notes' });
  readonly #facts = el('dl', { class: 'facts' });
  readonly #urls = el('div', { class: 'card urls' });
  readonly #history = el('ol', { class: 'card history' });
  readonly #delayTimer: number;
  #addresses: Readonly<Record<string, string>> = {};
  #format: Format = 'flv';
  #shown: StreamDetail | undefined;
  #isClosed = false;

  constructor(streamId: string, onError: (error: unknown) => void) {
    this.streamId = streamId;
    this.#onError = onError;
    this.#stop = el(
      'button',
      { type: 'button', class: 'danger', click: () => void this.#askAndStop() },
      'Stop',
    );
    this.element = el(
      'article',
      {},
      el('a', { class: 'back', href: '#' }, '‹ All streams'),
      el('div', { class: 'bar' }, el('h2', {}, streamId), this.#state, this.#stop),
      this.#player.element,
      el('div', { class: 'bar under' }, this.#tabs, this.#delay),
      this.#notes,
      this.#facts,
      el('h3', {}, 'Addresses'),
      this.#urls,
      el('h3', {}, 'What happened'),
      this.#history,
    );
    this.#delayTimer = window.setInterval(() => this.#showDelay(), 500);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#delayTimer);
    this.#player.close();
    this.element.remove();
  }

  async refresh(): Promise<void> {
    try {
      const stream = await api.stream(this.streamId);
      if (Object.keys(this.#addresses).length === 0) await this.#loadAddresses();
      if (!this.#isClosed) this.#show(stream);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      if (!this.#isClosed) this.#showGone();
    }
  }

  async #loadAddresses(): Promise<void> {
    this.#addresses = await api.playUrls(this.streamId);
    const playable = FORMATS.filter(({ format }) => this.#addresses[format] !== undefined);
    this.#format = playable[0]?.format ?? this.#format;
    this.#tabs.replaceChildren(
      ...playable.map(({ format, label }) =>
        el('button', { type: 'button', 'data-format': format, click: () => this.#choose(format) }, label),
      ),
    );
    this.#urls.replaceChildren(...Object.values(this.#addresses).map(copyable));
    this.#markFormat();
  }

  #choose(format: Format): void {
    this.#format = format;
    this.#markFormat();
    this.#play();
  }

  #markFormat(): void {
    for (const tab of this.#tabs.querySelectorAll<HTMLElement>('button')) {
      tab.setAttribute('aria-pressed', String(tab.dataset.format === this.#format));
    }
  }

  #play(): void {
    const url = this.#addresses[this.#format];
    if (url && this.#shown) void this.#player.play(this.#format, url, this.#shown.tracks);
  }

  #show(stream: StreamDetail): void {
    this.#shown = stream;
    this.#showState(stream.state);
    // Whatever ended the playing, it goes on when the stream does.
    if (stream.state === 'live' && this.#player.mayStart) this.#play();
    else if (stream.state === 'waiting') this.#player.say(waitingFor(stream));
    else if (stream.state === 'interrupted') this.#player.say('The publisher was lost; it may come back.');
    this.#showFacts(facts(stream));
    renderIfChanged(this.#notes, notes(stream), texts => texts.map(text => el('li', {}, text)));
    renderIfChanged(this.#history, stream.history, entries => [...entries].reverse().map(historyRow));
  }

  /** Figures change all the time, their names seldom: the elements stay, so that a text in them can be selected. */
  #showFacts(entries: readonly Fact[]): void {
    const names = entries.map(({ name, isWide }) => [name, isWide]);
    renderIfChanged(this.#facts, names, () =>
      entries.map(({ name, isWide }) =>
        el('div', { class: isWide ? 'card wide' : 'card' }, el('dt', {}, name), el('dd')),
      ),
    );
    for (const [index, value] of this.#facts.querySelectorAll('dd').entries()) {
      setText(value, entries[index]?.value ?? '');
    }
  }

  #showGone(): void {
    this.#showState('ended');
    this.#player.close();
    this.#player.say(
      this.#shown
        ? 'The stream has ended. It is played again when it comes back.'
        : 'There is no such stream now.',
    );
  }

  #showState(name: string): void {
    this.#state.dataset.state = name;
    setText(this.#state, state(name));
    this.#stop.hidden = name === 'ended';
  }

  async #askAndStop(): Promise<void> {
    if (!(await askToStop(this.streamId, this.#shown?.viewers.count ?? 0))) return;
    try {
      await api.stop(this.streamId);
      await this.refresh();
    } catch (error) {
      this.#onError(error);
    }
  }

  #showDelay(): void {
    const { delay } = this.#player;
    setText(this.#delay, delay === undefined ? '' : `${delay.toFixed(1)} s behind live`);
  }
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly isWide: boolean;
}

function facts(stream: StreamDetail): Fact[] {
  const wide = (name: string, value: string) => ({ name, value, isWide: true });
  const short = (name: string, value: string) => ({ name, value, isWide: false });
  const { publisher, ingest } = stream;
  return [
    ...stream.tracks.map(track => wide(track.kind === 'video' ? 'Video' : 'Audio', trackDetail(track))),
    ...(publisher ? [wide('Publisher', `${stream.protocol} from ${publisher.peer}`)] : []),
    ...(ingest?.url ? [wide('Pulled from', `${ingest.url} (${connection(ingest)})`)] : []),
    short('Viewers', viewers(stream)),
    short('Bitrate', bitrate(stream.bitrate)),
    short('Up for', duration(stream.uptime_seconds)),
    ...stream.pushes.map(push => wide('Sent on to', `${push.url} (${connection(push)})`)),
  ];
}

function notes(stream: StreamDetail): string[] {
  const unplayable = stream.tracks.filter(track => !isPlayable(track));
  return [
    ...stream.notes.map(note => `${note}.`),
    ...unplayable.map(track => `This browser cannot play ${codec(track)}; other players can.`),
  ];
}

function waitingFor({ ingest }: StreamDetail): string {
  if (ingest?.publish_url) return `Waiting for a publisher at ${ingest.publish_url}`;
  if (ingest?.url) return `Pulling from ${ingest.url}: ${connection(ingest)}`;
  return 'Waiting for the source.';
}

function historyRow({ at, step, detail, count }: HistoryEntry): HTMLElement {
  return el(
    'li',
    {},
    el('time', { datetime: at }, new Date(at).toLocaleTimeString()),
    el('strong', {}, step.replaceAll('-', ' ')),
    el('span', {}, count > 1 ? `${detail} (${count} times)` : detail),
  );
}
