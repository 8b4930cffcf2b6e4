import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { Rendition } from '@flux-iot/core/transcode/rendition';
import type { RenditionReport, Variant } from '@flux-iot/media/format/m3u8/playlist';
import { formatMasterPlaylist, formatRenditionReports } from '@flux-iot/media/format/m3u8/playlist';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { PlaylistAddress } from './address.ts';
import type { HlsChannel } from './channel.ts';
import { hlsCarries, type SegmentFormat } from './segment-format.ts';

/** The smaller sizes in which streams can be had, each a stream of its own. */
export interface Ladder {
  renditionsOf(tracks: readonly Track[]): readonly Rendition[];
  idOf(sourceId: StreamId, profile: string): StreamId;
  /** The id itself for what is no rendition. */
  sourceOf(streamId: StreamId): StreamId;
}

/** What container formats add to the coded bits; and the share by which a segment may be above what was wished. */
const OVERHEAD = 1.08;
const PEAK = 1.3;

/** What playlists say of the other sizes of a stream. */
export class RenditionPlaylists {
  readonly #ladder: Ladder | undefined;
  readonly #format: SegmentFormat;
  readonly #channels: ReadonlyMap<StreamId, HlsChannel>;

  constructor(
    ladder: Ladder | undefined,
    format: SegmentFormat,
    channels: ReadonlyMap<StreamId, HlsChannel>,
  ) {
    this.#ladder = ladder;
    this.#format = format;
    this.#channels = channels;
  }

  /** For players that choose by size and rate, and those that want to know the codecs before they load anything. */
  master({ streamId, name }: PlaylistAddress, channel: HlsChannel): string {
    const ladder = this.#ladder;
    const smaller = (ladder?.renditionsOf(channel.tracks) ?? []).map((rendition): Variant => {
      const { bitrate, codecs, width, height, frameRate, profile } = rendition;
      const made = this.#channels.get(ladder!.idOf(streamId, profile))?.playlist;
      return {
        uri: `../${ladder!.idOf(name, profile)}/index.m3u8`,
        // Measured as soon as there is something, and never less than was said before.
        bandwidth: Math.max(bitrate * PEAK, made?.peakBitrate ?? 0),
        averageBandwidth: made?.averageBitrate || bitrate * OVERHEAD,
        codecs,
        resolution: { width, height },
        frameRate,
      };
    });
    return formatMasterPlaylist([this.#whole(channel), ...smaller]);
  }

  /** How far the others have come that are made (draft 8216bis §4.4.5.4). */
  reports({ streamId, name, prefix }: PlaylistAddress): string {
    const ladder = this.#ladder;
    if (!ladder) return '';
    const sourceId = ladder.sourceOf(streamId);
    const sourceName = ladder.sourceOf(name);
    const source = this.#channels.get(sourceId);
    const profiles = ladder.renditionsOf(source?.tracks ?? []).map(({ profile }) => profile);
    const all = [
      { id: sourceId, name: sourceName },
      ...profiles.map(profile => ({
        id: ladder.idOf(sourceId, profile),
        name: ladder.idOf(sourceName, profile),
      })),
    ];
    const reports = all.flatMap((other): RenditionReport[] => {
      const position = other.id === streamId ? undefined : this.#channels.get(other.id)?.playlist.position;
      if (!position) return [];
      return [{ uri: `${prefix === '' ? '../' : ''}${other.name}/index.m3u8`, ...position }];
    });
    return formatRenditionReports(reports);
  }

  /** The stream as it comes. */
  #whole({ tracks, playlist }: HlsChannel): Variant {
    const carried = tracks.filter(track => hlsCarries(this.#format, track));
    const video = carried.find(isVideo);
    return {
      uri: 'index.m3u8',
      bandwidth: playlist.peakBitrate,
      averageBandwidth: playlist.averageBitrate,
      codecs: carried.map(track => track.codecString),
      resolution: video?.width ? { width: video.width, height: video.height } : undefined,
      frameRate: video?.frameRate,
    };
  }
}
