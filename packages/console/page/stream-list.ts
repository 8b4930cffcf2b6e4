import type { StreamList as Page, StreamSummary } from './api.ts';
import { copyable, el, setText } from './dom.ts';
import { bitrate, duration, frameRate, plural, state, trackSummary } from './format.ts';

interface Row {
  readonly element: HTMLElement;
  update(stream: StreamSummary, isChosen: boolean): void;
}

export interface StreamListOptions {
  /** Where an encoder publishes by RTMP: `rtmp://host:1936/live/test`; undefined where RTMP is not enabled. */
  readonly publishUrl: () => string | undefined;
  readonly onSearch: (part: string) => void;
}

/** Streams from which on searching is worth a field. */
const MANY = 8;

/** The list of streams. Rows are kept and changed in place, so that focus and selection survive a refresh. */
export class StreamList {
  readonly #options: StreamListOptions;
  readonly #rows = new Map<string, Row>();
  readonly #count = el('span', { class: 'quiet' });
  readonly #search: HTMLInputElement;
  readonly #list = el('ul', { class: 'streams' });
  readonly #filled: HTMLElement;
  readonly #empty = el('div', { class: 'empty' });

  constructor(root: HTMLElement, options: StreamListOptions) {
    this.#options = options;
    this.#search = el('input', {
      type: 'search',
      placeholder: 'Search',
      'aria-label': 'Search streams',
      input: () => options.onSearch(this.search),
    });
    const titles = ['Stream', 'Tracks', 'Bitrate', 'Frames', 'Viewers', 'Up for'];
    this.#filled = el(
      'div',
      {},
      el('div', { class: 'bar' }, el('h1', {}, 'Streams'), this.#count, this.#search),
      el('div', { class: 'titles', 'aria-hidden': 'true' }, ...titles.map(title => el('span', {}, title))),
      this.#list,
    );
    root.append(this.#filled, this.#empty);
    this.#filled.hidden = true;
  }

  get search(): string {
    return this.#search.value.trim();
  }

  show({ streams, total }: Page, chosen: string | undefined): void {
    const isEmpty = streams.length === 0 && this.search === '';
    this.#filled.hidden = isEmpty;
    this.#empty.hidden = !isEmpty;
    if (isEmpty && this.#empty.childElementCount === 0) this.#fillEmpty();
    this.#search.hidden = total < MANY && this.search === '';
    const shown = streams.length < total ? `the first ${streams.length} of ${total}` : String(total);
    setText(this.#count, this.search ? `${shown} found` : shown);
    this.#arrange(streams, chosen);
  }

  #arrange(streams: readonly StreamSummary[], chosen: string | undefined): void {
    const present = new Set(streams.map(stream => stream.stream_id));
    for (const [id, { element }] of this.#rows) {
      if (present.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    for (const [index, stream] of streams.entries()) {
      const { stream_id: streamId } = stream;
      const row = this.#rows.get(streamId) ?? makeRow(streamId);
      this.#rows.set(streamId, row);
      row.update(stream, streamId === chosen);
      const there = this.#list.children[index];
      if (there !== row.element) this.#list.insertBefore(row.element, there ?? null);
    }
  }

  #fillEmpty(): void {
    const url = this.#options.publishUrl();
    this.#empty.append(
      el('h1', {}, 'No streams yet'),
      url
        ? el('p', {}, 'Publish one by RTMP from a camera, OBS or ffmpeg:')
        : el('p', {}, 'RTMP is not enabled.'),
      url ? copyable(`ffmpeg -re -i any.mp4 -c copy -f flv ${url}`) : '',
      el('p', { class: 'quiet' }, 'It appears here by itself.'),
      el(
        'p',
        { class: 'quiet' },
        'No camera at hand? Start the server with ',
        el('code', {}, '--demo'),
        ' and it publishes a test picture.',
      ),
    );
  }
}

function makeRow(streamId: string): Row {
  const dot = el('span', { class: 'dot' });
  const tracks = el('span', { class: 'tracks' });
  const rate = el('span', { class: 'figure' });
  const frames = el('span', { class: 'figure' });
  const viewers = el('span', { class: 'figure' });
  const uptime = el('span', { class: 'figure' });
  const link = el(
    'a',
    { class: 'stream', href: `#${encodeURIComponent(streamId)}` },
    el('span', { class: 'name' }, dot, el('span', {}, streamId)),
    tracks,
    rate,
    frames,
    viewers,
    uptime,
  );
  return {
    element: el('li', {}, link),
    update(stream, isChosen) {
      const isLive = stream.state === 'live';
      dot.dataset.state = stream.state;
      dot.title = state(stream.state);
      setText(tracks, (isLive && trackSummary(stream)) || state(stream.state));
      setText(rate, isLive ? bitrate(stream.bitrate) : '');
      setText(frames, isLive ? frameRate(stream) : '');
      setText(viewers, plural(stream.viewers.count, 'viewer'));
      setText(uptime, stream.uptime_seconds > 0 ? duration(stream.uptime_seconds) : '');
      if (isChosen) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    },
  };
}
