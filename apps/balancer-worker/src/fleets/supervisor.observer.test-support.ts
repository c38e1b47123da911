import type { RoundReport } from '@weir/control-loop';
import type { SupervisorObserver } from './fleet.supervisor';

/** Remembers what control loops told: of one fleet, or of all. */
export class RecordingObserver implements SupervisorObserver {
  readonly rounds: RoundReport[] = [];
  readonly takenOver: string[] = [];
  readonly failures: unknown[] = [];
  unreadable = 0;
  turnsMissed = 0;
  generations: number[] = [];

  constructor(private readonly fleet?: string) {}

  get placed(): number {
    return this.rounds.reduce((sum, round) => sum + round.placed, 0);
  }

  get conflicts(): number {
    return this.rounds.reduce((sum, round) => sum + round.conflicts, 0);
  }

  get plans(): number {
    return this.rounds.filter((round) => round.planMs !== null).length;
  }

  roundEnded(fleet: string, _durationMs: number, report: RoundReport): void {
    if (this.isMine(fleet)) this.rounds.push(report);
  }

  roundMissed(fleet: string, why: 'turn-taken' | 'failed', error?: unknown): void {
    if (!this.isMine(fleet)) return;
    if (why === 'turn-taken') this.turnsMissed += 1;
    else this.failures.push(error);
  }

  leasesRead(): void {}

  leasesUnreadable(): void {
    this.unreadable += 1;
  }

  takeoverEnded(fleet: string, serverIds: readonly string[]): void {
    if (this.isMine(fleet)) this.takenOver.push(...serverIds);
  }

  actionFailed(_fleet: string, _action: string, error: unknown): void {
    this.failures.push(error);
  }

  private isMine(fleet: string): boolean {
    return this.fleet === undefined || this.fleet === fleet;
  }

  fleetsUnreadable(): void {}

  notificationsLost(): void {}

  generationBumped(generation: number): void {
    this.generations.push(generation);
  }
}
