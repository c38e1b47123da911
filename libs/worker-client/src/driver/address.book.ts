import { AddressBreaker } from './address.breaker';
import type { BreakerChange } from './address.breaker';

/** Where a call goes. `probe`: only if the address turns out to be healthy. */
export type AddressChoice =
  | { readonly kind: 'use'; readonly index: number }
  | { readonly kind: 'probe'; readonly index: number }
  | { readonly kind: 'wait'; readonly retryAfterMs: number };

/** While every address is being probed nobody knows how long it takes. In ms. */
const PROBE_WAIT_MS = 500;

/**
 * The addresses of the API and what is known of each. One is in use until it fails; the next one
 * takes its place. One that failed again and again is left alone, and asked for its health before
 * it is used again.
 */
export class AddressBook {
  private readonly breakers: readonly AddressBreaker[];
  private position = 0;

  constructor(
    private readonly count: number,
    random: () => number,
  ) {
    this.breakers = Array.from({ length: count }, () => new AddressBreaker(random));
  }

  /**
   * @param isVital the lease hangs on it: it goes somewhere even if every address is left alone
   */
  choose(nowMs: number, isVital: boolean): AddressChoice {
    const closed = this.findClosed(0);
    if (closed !== undefined) {
      this.position = closed;
      return { kind: 'use', index: closed };
    }
    if (isVital) return { kind: 'use', index: this.findLongestLeftAlone() };
    const [due] = this.listDue(nowMs);
    if (due !== undefined) return { kind: 'probe', index: due };
    const dueAtMs = this.breakers.flatMap((breaker) => breaker.dueAtMs ?? []);
    const earliestMs = Math.min(...dueAtMs, nowMs + PROBE_WAIT_MS);
    return { kind: 'wait', retryAfterMs: Math.max(0, earliestMs - nowMs) };
  }

  /**
   * The address in use, or the `skipped`th usable one after it, those that failed lately last;
   * undefined when there is none.
   */
  findClosed(skipped: number): number | undefined {
    const inOrder = this.breakers.map((_, offset) => (this.position + offset) % this.count);
    const closed = inOrder.filter((index) => this.breakers[index]?.isClosed);
    const isGood = (index: number) => index === this.position || this.breakers[index]?.isTrusted;
    const sorted = [...closed.filter(isGood), ...closed.filter((index) => !isGood(index))];
    return sorted.length === 0 ? undefined : sorted[skipped % sorted.length];
  }

  /** Addresses that failed, are not in use, and may be asked for their health by now. */
  listDue(nowMs: number): number[] {
    return this.breakers.flatMap(({ dueAtMs, isClosed }, index) => {
      const isInUse = isClosed && index === this.position;
      return dueAtMs !== undefined && nowMs >= dueAtMs && !isInUse ? [index] : [];
    });
  }

  probing(index: number): void {
    this.breakers[index]?.probing();
  }

  /** The address does not serve. The next call goes to another, if there is one. */
  moveOn(index: number): void {
    if (index === this.position) this.position = (index + 1) % this.count;
  }

  failed(index: number, nowMs: number): BreakerChange | undefined {
    this.moveOn(index);
    return this.breakers[index]?.failed(nowMs);
  }

  succeeded(index: number): BreakerChange | undefined {
    return this.breakers[index]?.succeeded();
  }

  private findLongestLeftAlone(): number {
    let best = 0;
    for (let index = 1; index < this.count; index += 1) {
      const order = this.breakers[index]?.orderMs ?? 0;
      if (order < (this.breakers[best]?.orderMs ?? 0)) best = index;
    }
    return best;
  }
}
