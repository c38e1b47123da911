import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '@weir/testing';
import type { Violation } from '../checks/violation';
import type { Plant } from '../plant/plant';
import { RecoveryTable } from './recovery.table';

/** Nothing that heals may take longer: then it has not recovered. In ms. */
const RECOVERY_BOUND_MS = 90_000;
const POLL_MS = 100;
const SHOWN_MAX = 3;

export interface SceneParts {
  readonly plant: Plant;
  readonly random: SeededRandom;
  /** The long version, for a campaign. */
  readonly isFull: boolean;
  readonly recoveries: RecoveryTable;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What a row may do and say while it runs. */
export class Scene {
  readonly plant: Plant;
  readonly random: SeededRandom;
  readonly isFull: boolean;
  readonly violations: Violation[] = [];

  constructor(private readonly parts: SceneParts) {
    this.plant = parts.plant;
    this.random = parts.random;
    this.isFull = parts.isFull;
  }

  /** Aborted when everything is to end. */
  get signal(): AbortSignal {
    return this.parts.signal;
  }

  get leaseTtlMs(): number {
    return this.plant.options.leaseTtlMs;
  }

  /** Tells what is being done now. */
  say(text: string): void {
    this.parts.onProgress(text);
  }

  /** Lets a fault last. */
  async last(durationMs: number): Promise<void> {
    await wait(durationMs, undefined, { signal: this.parts.signal });
  }

  /** Says what must be true; when it is not, the run has failed. */
  claim(isTrue: boolean, what: string): void {
    if (!isTrue) this.violations.push({ invariant: 'claim', what });
  }

  /** Keeps a measured time, to be shown beside its target. */
  record(label: string, ms: number, targetMs?: number): void {
    this.parts.recoveries.add(label, ms, targetMs);
  }

  /** Keeps a figure that is not a time. */
  figure(label: string, value: number): void {
    this.parts.recoveries.figure(label, value);
  }

  /**
   * Waits until every stream runs again, and keeps how long that took.
   * @param sinceNs when the fault was over, or when it struck.
   */
  async recover(label: string, sinceNs: bigint, targetMs?: number): Promise<number> {
    this.say(`${label}: waiting until every stream runs`);
    await this.until(`every stream runs (${label})`, () => this.plant.findUnsettled(sinceNs));
    const ms = Number(process.hrtime.bigint() - sinceNs) / 1e6;
    this.record(label, ms, targetMs);
    return ms;
  }

  /** Waits until every stream runs, without keeping the time. */
  async settle(): Promise<void> {
    const sinceNs = process.hrtime.bigint();
    await this.until('every stream runs', () => this.plant.findUnsettled(sinceNs));
  }

  /** Waits until nothing is missing. What is missing for too long is a violation (I4), thrown. */
  async until(
    what: string,
    findMissing: () => Promise<readonly string[]>,
    boundMs = RECOVERY_BOUND_MS,
  ): Promise<void> {
    const deadlineMs = performance.now() + boundMs;
    for (;;) {
      const missing = await findMissing().catch((error: Error) => [error.message]);
      if (missing.length === 0) return;
      if (performance.now() > deadlineMs) throw new NotRecoveredError(what, boundMs, missing);
      await this.last(POLL_MS);
    }
  }

  /** Waits until something is so. */
  untilTrue(what: string, isSo: () => Promise<boolean>, boundMs?: number): Promise<void> {
    return this.until(what, async () => ((await isSo().catch(() => false)) ? [] : [what]), boundMs);
  }
}

/** I4 is violated: it has not recovered within a bound that is far beyond every target. */
export class NotRecoveredError extends Error {
  override readonly name = 'NotRecoveredError';
  readonly violation: Violation;

  constructor(what: string, boundMs: number, missing: readonly string[]) {
    const shown = missing.slice(0, SHOWN_MAX).join('; ');
    const more = missing.length > SHOWN_MAX ? `; and ${missing.length - SHOWN_MAX} more` : '';
    super(`waited ${boundMs / 1_000} s in vain until ${what}: ${shown}${more}`);
    this.violation = { invariant: 'I4', what: this.message };
  }
}
