import { Parser } from 'm3u8-parser';
import type { Segment } from 'm3u8-parser';
import { SourceError } from './source.reader';

/** One segment of a media playlist, with where it is to be had. */
export interface HlsSegment {
  readonly sequence: number;
  readonly url: URL;
  readonly durationMs: number;
  readonly isDiscontinuity: boolean;
  /** Title of `#EXTINF`, when it has one. */
  readonly title: string | undefined;
  readonly range: ByteRange | undefined;
  /** What a decoder needs before it (`#EXT-X-MAP`). */
  readonly initialization: { readonly url: URL; readonly range: ByteRange | undefined } | undefined;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export type HlsPlaylist =
  | { readonly kind: 'master'; readonly variants: readonly HlsVariant[] }
  | {
      readonly kind: 'media';
      readonly targetDurationMs: number;
      readonly segments: readonly HlsSegment[];
      /** True when no further segments will come. */
      readonly isEnded: boolean;
    };

export interface HlsVariant {
  readonly url: URL;
  /** Bits per second; 0 when not said. */
  readonly bandwidth: number;
}

const DEFAULT_TARGET_DURATION_S = 10;

/** Parses a playlist that was found at `base`. @throws SourceError when it is none, or empty. */
export function parseHlsPlaylist(text: string, base: URL): HlsPlaylist {
  if (!text.trimStart().startsWith('#EXTM3U')) throw new SourceError('not an HLS playlist');
  const parser = new Parser();
  parser.push(text);
  parser.end();
  const { manifest } = parser;
  const playlists = manifest.playlists ?? [];
  if (playlists.length > 0) {
    const variants = playlists.map(({ uri, attributes }) => ({
      url: resolve(uri, base),
      bandwidth: attributes?.BANDWIDTH ?? 0,
    }));
    return { kind: 'master', variants };
  }
  const first = manifest.mediaSequence ?? 0;
  const targetDuration = manifest.targetDuration ?? DEFAULT_TARGET_DURATION_S;
  return {
    kind: 'media',
    targetDurationMs: targetDuration * 1_000,
    segments: (manifest.segments ?? []).map((segment, i) => toSegment(segment, first + i, base)),
    isEnded: manifest.endList === true,
  };
}

/** The variant with the highest bandwidth. @throws SourceError when there is none. */
export function chooseVariant(variants: readonly HlsVariant[]): HlsVariant {
  const [first, ...others] = variants;
  if (first === undefined) throw new SourceError('a master playlist without variants');
  return others.reduce((best, next) => (next.bandwidth > best.bandwidth ? next : best), first);
}

function toSegment(segment: Segment, sequence: number, base: URL): HlsSegment {
  const { map } = segment;
  return {
    sequence,
    url: resolve(segment.uri, base),
    durationMs: (segment.duration ?? 0) * 1_000,
    isDiscontinuity: segment.discontinuity === true,
    title: segment.title?.trim() || undefined,
    range: segment.byterange,
    initialization: map && { url: resolve(map.uri, base), range: map.byterange },
  };
}

function resolve(uri: string, base: URL): URL {
  if (!URL.canParse(uri, base.href)) throw new SourceError('a playlist with what is no address');
  return new URL(uri, base);
}
