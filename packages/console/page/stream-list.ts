import type { StreamSummary } from './api.ts';
import { copyButton, el } from './dom.ts';
import { bitrate, frameRate, since, state, trackSummary } from './format.ts';

/** The list of streams. Rows are kept and changed in place, so that focus and selection survive a refresh. */
export class StreamList {
  readonly #root: HTMLElement;
  readonly #onChoose: (streamId: string) => void;
  readonly #rows = new Map<
    string,
    { row: HTMLElement; update: (stream: StreamSummary, chosen: boolean) => void }
  >();
  #list: HTMLElement | undefined;

  constructor(root: HTMLElement, onChoose: (streamId: string) => void) {
    this.#root = root;
    this.#onChoose = onChoose;
  }

  show(streams: readonly StreamSummary[], chosen: string | undefined): void {
    if (streams.length === 0) {
      this.#rows.clear();
      if (this.#list || this.#root.childElementCount === 0) this.#root.replaceChildren(emptyState());
      this.#list = undefined;
      return;
    }
    if (!this.#list) {
      this.#list = el('ul', { class: 'streams' });
      this.#root.replaceChildren(el('h1', {}, 'Streams'), this.#list);
    }
    const present = new Set(streams.map(stream => stream.stream_id));
    for (const [id, { row }] of this.#rows) {
      if (present.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const [index, stream] of streams.entries()) {
      const entry = this.#rows.get(stream.stream_id) ?? this.#addRow(stream.stream_id);
      entry.update(stream, stream.stream_id === chosen);
      if (this.#list.children[index] !== entry.row)
        this.#list.insertBefore(entry.row, this.#list.children[index] ?? null);
    }
  }

  #addRow(streamId: string) {
    const dot = el('span', { class: 'dot' });
    const tracks = el('span', { class: 'quiet' });
    const figures = el('span', { class: 'quiet figures' });
    const button = el(
      'button',
      { type: 'button', class: 'stream', click: () => this.#onChoose(streamId) },
      el('span', { class: 'name' }, dot, streamId),
      tracks,
      figures,
    );
    const row = el('li', {}, button);
    const update = (stream: StreamSummary, chosen: boolean) => {
      dot.dataset.state = stream.state;
      dot.title = state(stream.state);
      tracks.textContent = trackSummary(stream) || state(stream.state);
      const viewers = `${stream.viewers.count} ${stream.viewers.count === 1 ? 'viewer' : 'viewers'}`;
      const parts = [bitrate(stream.bitrate), frameRate(stream), viewers, since(stream.created_at)];
      figures.textContent = parts.filter(Boolean).join(' · ');
      if (chosen) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    };
    const entry = { row, update };
    this.#rows.set(streamId, entry);
    return entry;
  }
}

function emptyState(): HTMLElement {
  const command = `ffmpeg -re -i any.mp4 -c copy -f flv rtmp://${location.hostname}/live/test`;
  return el(
    'div',
    { class: 'empty' },
    el('h1', {}, 'No streams yet'),
    el('p', {}, 'Publish one by RTMP from any encoder, for example with ffmpeg:'),
    el('div', { class: 'command' }, el('code', {}, command), copyButton(command)),
    el('p', { class: 'quiet' }, 'No camera at hand? Start the server with --demo for a test picture.'),
  );
}
