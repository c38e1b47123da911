import type { HlsPlaylist, HlsSegment } from './hls.playlist';

type MediaPlaylist = Extract<HlsPlaylist, { kind: 'media' }>;

/** Live playlists are entered this many segments before their end (RFC 8216, 6.3.3). */
const LIVE_EDGE_SEGMENTS = 3;

/** What is to be fetched of a playlist, and how soon to look at it again. */
export interface HlsStep {
  readonly segments: readonly HlsSegment[];
  /** What is missing, when something is. */
  readonly gap: string | undefined;
  /** From the moment the playlist was asked for, in ms. */
  readonly reloadAfterMs: number;
}

/**
 * Keeps the place in a live playlist by media sequence numbers. Pure: which segments are new, what
 * was missed, when to look again (RFC 8216, 6.3.4: one target duration after a change, half of one
 * if nothing changed).
 */
export class HlsCursor {
  private next: number | undefined;

  advance(playlist: MediaPlaylist): HlsStep {
    const { segments, targetDurationMs, isEnded } = playlist;
    const first = segments[0];
    const last = segments.at(-1);
    if (!first || !last) return { segments: [], gap: undefined, reloadAfterMs: targetDurationMs };
    const gap = this.findGap(first.sequence, last.sequence);
    if (this.next === undefined || gap?.isRestart) {
      this.next = isEnded ? first.sequence : this.liveEdge(first.sequence, last.sequence);
    }
    const from = this.next;
    const fresh = segments.filter(({ sequence }) => sequence >= from);
    this.next = last.sequence + 1;
    const reloadAfterMs = fresh.length > 0 ? targetDurationMs : targetDurationMs / 2;
    return { segments: fresh, gap: gap?.reason, reloadAfterMs };
  }

  private liveEdge(first: number, last: number): number {
    return Math.max(first, last - LIVE_EDGE_SEGMENTS + 1);
  }

  private findGap(first: number, last: number): { reason: string; isRestart: boolean } | undefined {
    const { next } = this;
    if (next === undefined) return undefined;
    if (first > next) return { reason: `${first - next} segments missed`, isRestart: false };
    if (last < next - 1) return { reason: 'the numbering began anew', isRestart: true };
    return undefined;
  }
}
