import { type ApiError, api, type StreamDetail } from './api.ts';
import { copyButton, el } from './dom.ts';
import { bitrate, codec, resolution, since, state } from './format.ts';
import { type Format, Player } from './player.ts';

const FORMATS: readonly { format: Format; label: string }[] = [
  { format: 'flv', label: 'HTTP-FLV' },
  { format: 'hls', label: 'HLS' },
];

/** One stream: the player, its figures, its addresses, its time line. */
export class StreamView {
  readonly #root: HTMLElement;
  readonly #onError: (error: unknown) => void;
  readonly #player = new Player();
  readonly #delay = el('span', { class: 'quiet' });
  readonly #facts = el('dl', { class: 'facts' });
  readonly #notes = el('ul', { class: 'notes' });
  readonly #urls = el('ul', { class: 'urls' });
  readonly #history = el('ol', { class: 'history' });
  #streamId: string | undefined;
  #addresses: Readonly<Record<string, string>> = {};
  #format: Format = 'flv';

  constructor(root: HTMLElement, onError: (error: unknown) => void) {
    this.#root = root;
    this.#onError = onError;
    setInterval(() => this.#showDelay(), 500);
  }

  get streamId(): string | undefined {
    return this.#streamId;
  }

  async open(streamId: string): Promise<void> {
    if (streamId === this.#streamId) return;
    this.#streamId = streamId;
    const tabs = FORMATS.map(({ format, label }) =>
      el('button', { type: 'button', 'data-format': format, click: () => this.#choose(format) }, label),
    );
    this.#root.replaceChildren(
      el('div', { class: 'bar' }, el('h2', {}, streamId), el('div', { class: 'tabs' }, ...tabs), this.#delay),
      this.#player.element,
      this.#notes,
      this.#facts,
      el('h3', {}, 'Addresses'),
      this.#urls,
      el('h3', {}, 'What happened'),
      this.#history,
      el(
        'p',
        {},
        el(
          'button',
          { type: 'button', class: 'danger', click: () => this.#stop(streamId) },
          'Stop this stream',
        ),
      ),
    );
    this.#addresses = (await api.playUrls(streamId)).urls;
    this.#urls.replaceChildren(
      ...Object.values(this.#addresses).map(url => el('li', {}, el('code', {}, url), copyButton(url))),
    );
    this.#choose(this.#format);
    await this.refresh();
  }

  close(): void {
    this.#streamId = undefined;
    this.#player.close();
    this.#root.replaceChildren();
  }

  async refresh(): Promise<void> {
    if (this.#streamId) this.#show(await api.stream(this.#streamId));
  }

  #choose(format: Format): void {
    this.#format = format;
    for (const tab of this.#root.querySelectorAll('[data-format]')) {
      tab.setAttribute('aria-pressed', String(tab.getAttribute('data-format') === format));
    }
    const url = this.#addresses[format];
    if (url) this.#player.play(format, url);
  }

  #show(stream: StreamDetail): void {
    const facts: [string, string][] = [
      ['State', state(stream.state)],
      ['Publisher', stream.publisher ? `${stream.protocol ?? ''} from ${stream.publisher.peer}` : '—'],
      ['Up', since(stream.created_at)],
      ['Viewers', viewers(stream)],
    ];
    for (const track of stream.tracks) {
      const isVideo = track.kind === 'video';
      const shape = isVideo ? resolution(track) : `${track.sample_rate} Hz, ${track.channels} ch`;
      const rate = isVideo ? `${track.frame_rate.toFixed(1)} fps` : '';
      const parts = [codec(track), track.profile ?? '', shape, rate, bitrate(track.bitrate)];
      facts.push([isVideo ? 'Video' : 'Audio', parts.filter(Boolean).join(' · ')]);
    }
    this.#facts.replaceChildren(
      ...facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
    );
    this.#notes.replaceChildren(...stream.notes.map(note => el('li', {}, note)));
    this.#history.replaceChildren(
      ...[...stream.history]
        .reverse()
        .map(({ at, step, detail, count }) =>
          el(
            'li',
            {},
            el('time', { datetime: at }, new Date(at).toLocaleTimeString()),
            el('strong', {}, step),
            el('span', {}, count > 1 ? `${detail} (${count} times)` : detail),
          ),
        ),
    );
  }

  async #stop(streamId: string): Promise<void> {
    if (!confirm(`Stop ${streamId}? Its publisher and all its viewers are disconnected.`)) return;
    try {
      await api.stop(streamId);
    } catch (error) {
      this.#onError(error as ApiError);
    }
  }

  #showDelay(): void {
    const delay = this.#streamId ? this.#player.delay : undefined;
    this.#delay.textContent = delay === undefined ? '' : `${delay.toFixed(1)} s buffered`;
  }
}

function viewers({ viewers: { count, by_protocol: byProtocol } }: StreamDetail): string {
  const parts = Object.entries(byProtocol).map(([protocol, number]) => `${number} ${protocol}`);
  return parts.length > 0 ? `${count} (${parts.join(', ')})` : String(count);
}
