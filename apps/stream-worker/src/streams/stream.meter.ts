/** A bitrate follows its source within about this time, in ms. */
const AVERAGE_OVER_MS = 10_000;
/** Servers send a burst first; it says nothing about the stream. In ms. */
const BURST_MS = 2_000;
const BITS_PER_BYTE = 8;

/**
 * Measures how much arrives. The bitrate is an exponentially weighted average: over time for bodies
 * that flow, over playing time for pieces of known duration, which arrive in bursts.
 */
export class StreamMeter {
  bytes = 0;
  private windowBytes = 0;
  private windowStartMs: number | undefined;
  private burstEndsAtMs = Number.POSITIVE_INFINITY;
  private average: number | undefined;
  private isByPieces = false;

  /** Bits per millisecond, that is kbit/s; undefined until there is something to tell. */
  get bitrateKbps(): number | undefined {
    return this.average;
  }

  /** A new connection: what was measured before stays until there is something newer. */
  connected(nowMs: number): void {
    this.burstEndsAtMs = nowMs + BURST_MS;
    this.windowStartMs = undefined;
    this.isByPieces = false;
  }

  /** Nothing arrives any more. */
  disconnected(): void {
    this.burstEndsAtMs = Number.POSITIVE_INFINITY;
    this.windowStartMs = undefined;
    this.average = undefined;
  }

  addBytes(bytes: number): void {
    this.bytes += bytes;
    this.windowBytes += bytes;
  }

  addMedia(bytes: number, durationMs: number): void {
    this.isByPieces = true;
    if (durationMs > 0) this.blend((bytes * BITS_PER_BYTE) / durationMs, durationMs);
  }

  /** Closes a window of measuring; to be called about once a second. */
  tick(nowMs: number): void {
    if (nowMs < this.burstEndsAtMs) return;
    if (this.windowStartMs !== undefined && !this.isByPieces) {
      const durationMs = nowMs - this.windowStartMs;
      if (durationMs > 0) this.blend((this.windowBytes * BITS_PER_BYTE) / durationMs, durationMs);
    }
    this.windowStartMs = nowMs;
    this.windowBytes = 0;
  }

  private blend(kbps: number, durationMs: number): void {
    const weight = 1 - Math.exp(-durationMs / AVERAGE_OVER_MS);
    this.average =
      this.average === undefined ? kbps : this.average + weight * (kbps - this.average);
  }
}
