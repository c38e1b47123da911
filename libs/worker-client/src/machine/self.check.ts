import type { StreamEpoch } from '@weir/domain';
import type { ClientNotice } from '../client.notice';
import type { HandlerDifference } from './slot.views';

/** Instances that were started together must not check in step: +- 20 %. */
const JITTER = 0.2;
/** Heartbeats whose answers may bring changes, so that the API compared nothing, in a row. */
const UNJUDGED_MAX = 3;

/** What an answer to a heartbeat says about the comparison that the API makes. */
export interface Judgement {
  readonly sentAtMs: number;
  /** The answer brought changes: nothing was compared. */
  readonly hasChanges: boolean;
  readonly isResyncAsked: boolean;
}

export interface SelfCheckParts {
  /** 0: never. */
  readonly intervalMs: number;
  readonly random: () => number;
  readonly notify: (notice: ClientNotice) => void;
}

/**
 * Checks from time to time that three accounts agree: what the handler runs, what this client
 * believes that it runs, and what the control plane believes. The first two are compared at once;
 * the control plane compares the digest of the next heartbeat, which costs nobody anything.
 *
 * | state      | means                                     | leaves it by                     |
 * |------------|-------------------------------------------|----------------------------------|
 * | resting    | due at `dueAtMs`, never when switched off | `begin`                          |
 * | inspecting | the handler was asked                     | `inspected`, `abandon`           |
 * | comparing  | waits for a heartbeat sent after that     | `judge`, `abandon`               |
 */
export class SelfCheck {
  private state: 'resting' | 'inspecting' | 'comparing' = 'resting';
  private dueAt: number | undefined;
  private inspectedAtMs = 0;
  private unjudged = 0;
  private difference: HandlerDifference = { died: [], strays: [] };
  private streams = 0;

  constructor(private readonly parts: SelfCheckParts) {}

  get dueAtMs(): number | undefined {
    return this.state === 'resting' ? this.dueAt : undefined;
  }

  /** The next one, one interval from now. */
  schedule(nowMs: number): void {
    const { intervalMs, random } = this.parts;
    this.state = 'resting';
    if (intervalMs > 0) this.dueAt = nowMs + intervalMs * (1 - JITTER + 2 * JITTER * random());
  }

  begin(): void {
    this.state = 'inspecting';
  }

  /** @param streams how many are assigned here */
  inspected(difference: HandlerDifference, streams: number, nowMs: number): void {
    this.state = 'comparing';
    this.difference = difference;
    this.streams = streams;
    this.inspectedAtMs = nowMs;
    this.unjudged = 0;
  }

  /** Takes a heartbeat's answer; tells the outcome once there is one. */
  judge(judgement: Judgement, nowMs: number): void {
    if (this.state !== 'comparing' || judgement.sentAtMs < this.inspectedAtMs) return;
    if (judgement.hasChanges && (this.unjudged += 1) < UNJUDGED_MAX) return;
    const agrees = judgement.hasChanges ? undefined : !judgement.isResyncAsked;
    this.conclude(agrees, nowMs);
  }

  /** The control plane cannot be asked any more: what is known is told. */
  abandon(nowMs: number): void {
    if (this.state === 'comparing') this.conclude(undefined, nowMs);
    else this.schedule(nowMs);
  }

  private conclude(agrees: boolean | undefined, nowMs: number): void {
    this.schedule(nowMs);
    const { died, strays } = this.difference;
    const controlPlane = agrees === undefined ? 'unknown' : agrees ? 'agrees' : 'disagrees';
    const name = isSound(died, strays) && agrees !== false ? 'checkPassed' : 'checkFailed';
    this.parts.notify({ name, streams: this.streams, died, strays, controlPlane });
  }
}

function isSound(died: readonly StreamEpoch[], strays: readonly StreamEpoch[]): boolean {
  return died.length === 0 && strays.length === 0;
}
