import { isIPv6 } from 'node:net';
import { NO_QUIRKS, QUIRKS, type Quirks } from '../camera/quirks.ts';

/**
 * How the name of a track is put to the URL of its presentation (RFC 2326 §C.1.1):
 * `append`: behind everything, the query too, with a slash between them; what ffmpeg, live555, VLC and older GStreamer
 * do, and so what cameras expect.
 * `resolve`: as RFC 3986 §5.2 has it, which cuts the query and what follows the last slash; what GStreamer does first
 * since 1.20.
 * `before-query`: behind the path, before the query.
 */
export type ControlForm = Quirks['control'];

/** What the answer to DESCRIBE says of where its tracks are. */
export interface ControlBase {
  /** The URL that was asked for. */
  readonly request: string;
  readonly contentBase?: string | undefined;
  readonly contentLocation?: string | undefined;
  /** `a=control` of the session in the SDP. */
  readonly sessionControl?: string | undefined;
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The URL of the presentation, for PLAY and what else is about all tracks: the session's own if it is absolute, as
 * ffmpeg, live555 and GStreamer have it, else Content-Base, else Content-Location, else what was asked for.
 */
export function presentationUrl(base: ControlBase, quirks: Pick<Quirks, 'content_base'> = NO_QUIRKS): string {
  const { request, contentBase, contentLocation } = base;
  if (quirks.content_base === 'ignore') return request;
  const sessionControl = repaired(base.sessionControl ?? '', request);
  if (ABSOLUTE.test(sessionControl)) return sessionControl;
  for (const text of [contentBase, contentLocation]) {
    const url = repaired(text ?? '', request);
    if (ABSOLUTE.test(url)) return url;
    if (url.startsWith('/')) return originOf(request) + url;
  }
  return request;
}

/**
 * The URLs by which a track may be set up: first the one of `form`, then those of the other forms where they differ,
 * for a camera that does not find the first. `control` is `a=control` of the track.
 */
export function controlUrls(base: string, control: string | undefined, form: ControlForm): string[] {
  const name = repaired(control?.trim() ?? '', base);
  if (name === '' || name === '*') return [base];
  if (ABSOLUTE.test(name)) return [name];
  const forms = [form, ...QUIRKS.control.values.filter(other => other !== form)];
  return [...new Set(forms.map(one => join(base, name, one)))];
}

function join(base: string, name: string, form: ControlForm): string {
  const question = base.indexOf('?');
  const path = question === -1 ? base : base.slice(0, question);
  if (form === 'append') return append(base, name);
  if (form === 'before-query') return append(path, name) + (question === -1 ? '' : base.slice(question));
  const origin = originOf(path);
  if (name.startsWith('/')) return origin + name;
  if (name.startsWith('?')) return path + name;
  return append(path === origin ? origin : path.slice(0, path.lastIndexOf('/')), name);
}

/** The URL up to its path. */
function originOf(url: string): string {
  return /^[^:]*:\/\/[^/?]*/.exec(url)?.[0] ?? url;
}

function append(base: string, name: string): string {
  const isJoined = base.endsWith('/') || name.startsWith('/') || name.startsWith('?');
  return `${base}${isJoined ? '' : '/'}${name}`;
}

/**
 * URLs that cameras get wrong: `192.168.1.10:554/stream0/` without a scheme (Anjvision), `rtsp://rtsp://host/` (Icamra),
 * and IPv6 addresses without brackets.
 */
function repaired(text: string, request: string): string {
  const url = text.trim().replace(/^rtsps?:\/\/(?=rtsps?:\/\/)/i, '');
  const scheme = /^rtsps?:\/\//i.exec(request)?.[0] ?? 'rtsp://';
  if (/^(?:[\w.-]+:\d{1,5}|\d{1,3}(?:\.\d{1,3}){3})\//.test(url)) return scheme + url;
  const [, start = '', host = '', rest = ''] = /^(rtsps?:\/\/)([^/?]*)(.*)$/i.exec(url) ?? [];
  if (isIPv6(host)) return `${start}[${host}]${rest}`;
  const portStart = host.lastIndexOf(':');
  const address = host.slice(0, portStart);
  return isIPv6(address) ? `${start}[${address}]${host.slice(portStart)}${rest}` : url;
}
