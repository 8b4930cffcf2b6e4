import type { IngestRequest } from '../api/types.ts';

/** What each way of adding a camera is given. */
export interface AddForm {
  readonly isBusy: boolean;
  readonly error: unknown;
  onSubmit(request: IngestRequest): void;
}

/** The id of a stream, in any app. */
const STREAM_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:~[A-Za-z0-9][A-Za-z0-9._-]{0,127})?$/;

export function isStreamId(id: string): boolean {
  return STREAM_ID.test(id);
}

/** A name that an address suggests: `rtsp://10.0.0.8/stream1` is `10.0.0.8-stream1`. */
export function suggestedId(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed?.hostname) return '';
  const last = parsed.pathname.split('/').filter(Boolean).at(-1) ?? '';
  const name = [parsed.hostname, last].filter(Boolean).join('-');
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
}
