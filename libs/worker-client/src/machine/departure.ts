/** How long handlers may take, once leaving cannot wait any longer, in ms. */
const FORCED_STOP_MS = 5_000;

/**
 * A clean stop, step by step.
 *
 * | stage     | means                                       | leaves it when              |
 * |-----------|---------------------------------------------|-----------------------------|
 * | staying   | nobody asked to leave                       | asked                       |
 * | draining  | asked to be emptied; streams go on          | empty, or the deadline      |
 * | forcing   | every stream is being stopped, a last       | all stopped and answered,   |
 * |           | registration may still be answered          | or 5 s later                |
 * | leaving   | said goodbye, waits for the answer          | answered                    |
 * | finished  | nothing is left to do                       | -                           |
 */
export type DepartureStage = 'staying' | 'draining' | 'forcing' | 'leaving' | 'finished';

/** What is known when the next step of a departure is decided. */
export interface DepartureView {
  readonly nowMs: number;
  readonly isMember: boolean;
  /** A registration may still be answered; its incarnation must be left, too. */
  readonly isRegistering: boolean;
  /** Nothing runs, nothing is assigned, nothing waits to be acknowledged. */
  readonly isEmpty: boolean;
  /** No handler is at work any more. */
  readonly isStopped: boolean;
}

export type DepartureStep = 'force' | 'leave' | 'finish-clean' | 'finish-unclean';

/** Decides how a departure goes on. */
export class Departure {
  private stageNow: DepartureStage = 'staying';
  private deadlineMs = Number.POSITIVE_INFINITY;
  private drainedAtMs = Number.POSITIVE_INFINITY;
  private isConfirmedEmpty = false;

  get stage(): DepartureStage {
    return this.stageNow;
  }

  get isUnderWay(): boolean {
    return this.stageNow !== 'staying';
  }

  get nextWakeAtMs(): number | undefined {
    const isTimed = this.stageNow === 'draining' || this.stageNow === 'forcing';
    return isTimed ? this.deadlineMs : undefined;
  }

  begin(deadlineMs: number): void {
    if (this.stageNow !== 'staying') return;
    this.stageNow = 'draining';
    this.deadlineMs = deadlineMs;
  }

  drained(nowMs: number): void {
    this.drainedAtMs = nowMs;
  }

  /** Only a heartbeat sent after the drain took effect shows that nothing more can come. */
  heartbeatAnswered(sentAtMs: number): void {
    if (sentAtMs >= this.drainedAtMs) this.isConfirmedEmpty = true;
  }

  /** The next step, or undefined while there is nothing but to wait. */
  nextStep(view: DepartureView): DepartureStep | undefined {
    switch (this.stageNow) {
      case 'draining':
        return this.stepWhileDraining(view);
      case 'forcing':
        return this.stepWhileForcing(view);
      case 'staying':
      case 'leaving':
      case 'finished':
        return undefined;
    }
  }

  forcing(nowMs: number): void {
    this.stageNow = 'forcing';
    this.deadlineMs = nowMs + FORCED_STOP_MS;
  }

  leaving(): void {
    this.stageNow = 'leaving';
  }

  finished(): void {
    this.stageNow = 'finished';
  }

  private stepWhileDraining(view: DepartureView): DepartureStep | undefined {
    if (!view.isMember || view.nowMs >= this.deadlineMs) return 'force';
    return view.isEmpty && this.isConfirmedEmpty ? 'leave' : undefined;
  }

  /**
   * With a handler still at work, goodbye would release what still runs: the lease must run out
   * instead.
   */
  private stepWhileForcing(view: DepartureView): DepartureStep | undefined {
    const isOver = view.nowMs >= this.deadlineMs;
    if (!view.isStopped) return isOver ? 'finish-unclean' : undefined;
    if (view.isMember) return 'leave';
    return view.isRegistering && !isOver ? undefined : 'finish-clean';
  }
}
