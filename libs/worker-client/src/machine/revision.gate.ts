/** Where news comes from: heartbeats repeat whatever is unseen, the watch says everything once. */
export type NewsSource = 'heartbeat' | 'watch';

/**
 * Which changes are to be looked at. What is held back is not counted as seen, so that it comes
 * again; until it has, the watch may not raise the revision past it.
 */
export class RevisionGate {
  private seen = 0;
  private heldBack = 0;

  /** The revision up to which all changes were applied. */
  get seenRevision(): number {
    return this.seen;
  }

  /** True while something was held back that has not come again. */
  get hasGap(): boolean {
    return this.seen < this.heldBack;
  }

  /** A new incarnation begins at nothing. */
  begin(): void {
    this.seen = 0;
    this.heldBack = 0;
  }

  holdBack(revision: number): void {
    this.heldBack = Math.max(this.heldBack, revision);
  }

  /** True when the changes up to this revision are to be applied now; they count as seen then. */
  pass(revision: number, source: NewsSource): boolean {
    if (revision < this.seen || (source === 'watch' && this.hasGap)) return false;
    this.seen = revision;
    return true;
  }
}
