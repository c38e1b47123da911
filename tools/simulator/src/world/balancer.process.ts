import { FleetSupervisor } from '@weir/balancer-worker/simulation';
import type { SupervisorObserver } from '@weir/balancer-worker/simulation';
import { Database } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';
import type { SimulatedProcess } from '../kernel/simulated.process';

/** What balancers did over a history. */
export interface BalancerCounts {
  rounds: number;
  roundsMissed: number;
  placed: number;
  movesStarted: number;
  movesDone: number;
  movesAborted: number;
  conflicts: number;
  takeovers: number;
  failedActions: number;
  generationBumps: number;
}

/** One replica of balancer-worker: the control loops of all fleets. */
export class BalancerProcess {
  private supervisor: FleetSupervisor | undefined;

  constructor(
    readonly process: SimulatedProcess,
    private readonly options: DatabaseOptions,
    private readonly counts: BalancerCounts,
  ) {}

  /** Begins a life; runs as code of the process. */
  start(): void {
    const database = new Database(this.options, () => undefined);
    this.supervisor = new FleetSupervisor(database, observerOf(this.counts));
    this.supervisor.start();
  }

  /** Rings a fleet's doorbell, as a job does. */
  ring(fleet: string): void {
    this.supervisor?.ring(fleet);
  }
}

function observerOf(counts: BalancerCounts): SupervisorObserver {
  return {
    roundEnded: (_fleet, _durationMs, report) => {
      counts.rounds += 1;
      counts.placed += report.placed;
      counts.movesStarted += report.movesStarted;
      counts.movesDone += report.movesDone;
      counts.movesAborted += report.movesAborted;
      counts.conflicts += report.conflicts;
    },
    roundMissed: () => {
      counts.roundsMissed += 1;
    },
    leasesRead: () => undefined,
    leasesUnreadable: () => undefined,
    takeoverEnded: (_fleet, serverIds) => {
      counts.takeovers += serverIds.length;
    },
    actionFailed: () => {
      counts.failedActions += 1;
    },
    fleetsUnreadable: () => undefined,
    notificationsLost: () => undefined,
    generationBumped: () => {
      counts.generationBumps += 1;
    },
  };
}
