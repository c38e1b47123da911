import { IncidentPerformer } from '../faults/incident.performer';
import type { IncidentCounts } from '../faults/incident.performer';
import { noChecks } from '../invariants/check.counts';
import type { CheckCounts, InvariantName } from '../invariants/check.counts';
import { CommitChecks } from '../invariants/commit.checks';
import { ContinuityChecks } from '../invariants/continuity.checks';
import { OWNERSHIP_TABLES, findUnsettled, fingerprint } from '../invariants/convergence.checks';
import { VirtualMachine } from '../kernel/virtual.machine';
import type { Backend } from '../postgres/backend';
import { follow } from '../postgres/postgres.server';
import { MemoryBackend } from '../postgres/memory.backend';
import type { HostObserver } from '../world/stream.host';
import { SimulatedWorld } from '../world/simulated.world';
import type { HistoryPlan, Violation } from './history.plan';
import { HistoryTrace } from './history.trace';
import type { TraceLine } from './history.trace';
import { describeIncident } from './incident.words';

/** When chance begins to act: the fleet has its streams by then. In ms. */
const CALM_MS = 1_500;
/** How often it is looked whether the fleet has recovered, in ms. */
const LOOK_EVERY_MS = 250;
/** After the last fault everything runs within this, plus what the faults cost. In ms. */
const RECOVERY_MS = 45_000;
/** Operators look again this often while not everything runs, in ms. */
const RETRY_EVERY_MS = 5_000;
/** At rest means: nothing about ownership changed for this long. In ms. */
const REST_MS = 10_000;
/** A fleet that runs again may still even out load for this long, in ms. */
const SETTLING_MS = 60_000;

export interface HistoryOptions {
  readonly createBackend?: (now: () => number) => Backend | Promise<Backend>;
  /** Events after which a history ends, healed or not; undefined: as many as it takes. */
  readonly stepsMax?: number | undefined;
  readonly isTraced?: boolean;
  readonly drainsEffects?: boolean;
  /** Told after every commit; for comparing two backends. */
  readonly onCommit?: (backend: Backend) => void | Promise<void>;
}

/** What came of one history. */
export interface HistoryReport {
  readonly plan: HistoryPlan;
  readonly violation: Violation | undefined;
  readonly steps: number;
  readonly checks: CheckCounts;
  readonly incidents: IncidentCounts;
  /** Counts of everything else that happened. */
  readonly figures: Readonly<Record<string, number>>;
  /** Time from the last fault until everything ran, in ms; undefined: the history ended before. */
  readonly recoveryMs: number | undefined;
  readonly trace: readonly TraceLine[];
}

/** Runs one history from its plan to its end, or to its first violation. */
export class HistoryRunner {
  private readonly machine: VirtualMachine;
  private readonly checks = noChecks();
  private readonly trace: HistoryTrace;
  private readonly started = new Map<string, number>();
  private ledger: SimulatedWorld['ledger'] | undefined;
  private readonly continuity = new ContinuityChecks(this.checks, (name, message) =>
    this.fail(name, message),
  );
  private eventsTold = 0;
  private violation: Violation | undefined;
  private recoveryMs: number | undefined;

  constructor(
    private readonly plan: HistoryPlan,
    private readonly options: HistoryOptions = {},
  ) {
    this.machine = new VirtualMachine(plan.seed);
    this.trace = new HistoryTrace(options.isTraced === true, () => this.machine.now);
  }

  async run(): Promise<HistoryReport> {
    const { machine, plan } = this;
    const world = await SimulatedWorld.create(machine, {
      plan,
      createBackend: this.options.createBackend ?? ((now) => MemoryBackend.create(now)),
      observer: this.observer(),
      drainsEffects: this.options.drainsEffects !== false,
    });
    const performer = new IncidentPerformer(world);
    this.ledger = world.ledger;
    try {
      this.watch(world, performer);
      this.schedule(world, performer);
      await this.pass(plan.faultsMs);
      if (!this.isOver) await this.recover(world, performer);
    } finally {
      await world.close();
    }
    return this.report(world, performer);
  }

  private get isOver(): boolean {
    const { stepsMax } = this.options;
    return (
      this.violation !== undefined || (stepsMax !== undefined && this.machine.steps >= stepsMax)
    );
  }

  private async pass(until: number): Promise<void> {
    if (this.isOver) return;
    if (this.options.createBackend) await this.machine.runWaiting(until);
    else await this.machine.run(until);
  }

  private watch(world: SimulatedWorld, performer: IncidentPerformer): void {
    const { machine, checks } = this;
    const { server, ledger } = world;
    const report = (invariant: InvariantName, message: string): void =>
      this.fail(invariant, message);
    const commits = new CommitChecks(server.backend, checks, report);
    const { onCommit } = this.options;
    server.onCommit = () =>
      follow(commits.afterCommit(), () =>
        follow(this.traceEvents(server.backend), () => onCommit?.(server.backend)),
      );
    performer.onRestored = () => {
      commits.restored();
      this.continuity.restored();
    };
    machine.afterStep = () => {
      checks.I1 += 1;
      if (ledger.isContested) this.checkOverlap(world);
      const [uncaught] = machine.uncaught.splice(0);
      checks.crash += 1;
      if (uncaught) {
        const text =
          uncaught.error instanceof Error ? uncaught.error.stack : String(uncaught.error);
        this.fail('crash', `${uncaught.process?.name ?? 'nobody'} threw: ${text}`);
      }
      if (this.isOver) machine.stop();
    };
  }

  /** The system's own account of itself belongs into the trace. */
  private traceEvents(backend: Backend): void | Promise<void> {
    if (!this.trace.isOn || backend.lastChanged?.has('events') === false) return;
    return follow(backend.readTables(['events']), ({ events = [] }) => {
      for (const row of events.slice(this.eventsTold)) {
        const { kind, message, stream_id: streamId, server_id: serverId } = row;
        const about = streamId === null ? '' : ` stream ${String(streamId)}:`;
        const where = serverId === null ? '' : ` (${String(serverId)})`;
        this.trace.tell('database', () => `${String(kind)}${where}${about} ${String(message)}`);
      }
      this.eventsTold = events.length;
    });
  }

  private checkOverlap(world: SimulatedWorld): void {
    const overlap = world.ledger.findOverlap();
    if (!overlap) return;
    const holders = overlap.holders.map(({ process, epoch }) => `${process.name} (epoch ${epoch})`);
    this.fail('I1', `stream ${overlap.streamId} may be run by ${holders.join(' and ')} at once`);
  }

  private schedule(world: SimulatedWorld, performer: IncidentPerformer): void {
    const { machine, plan } = this;
    const random = machine.random('begin');
    const begin = (name: string, inMs: number): void => {
      machine.schedule({ inMs }, () => world.begin(name));
    };
    world.beginOperator();
    for (const name of [...world.apis.keys(), ...world.balancers.keys()]) {
      begin(name, random.between(0, 300));
    }
    for (const { name } of plan.instances) {
      if (!name.startsWith('j')) begin(name, random.between(300, 1_000));
    }
    machine.schedule({ inMs: CALM_MS }, () => applySwarm(world, plan));
    for (const { at, incident } of plan.incidents) {
      machine.schedule({ inMs: at }, () => {
        if (incident.kind !== 'save-database') {
          this.trace.tell('fault', () => describeIncident(incident));
        }
        return performer.perform(incident);
      });
    }
  }

  private async recover(world: SimulatedWorld, performer: IncidentPerformer): Promise<void> {
    const { machine } = this;
    const healedAt = machine.now;
    if (!world.operator.isReady) return this.fail('I4', 'the fleet was never created');
    this.trace.tell('fault', () => 'every fault ends here');
    performer.heal();
    for (const { name } of this.plan.instances) {
      if (!name.startsWith('j')) world.begin(name);
    }
    this.undoBrakes(world);
    const limitMs = this.recoveryLimitMs(performer);
    let retriedAt = machine.now;
    const hasRecovered = await this.waitUntil(limitMs, async () => {
      this.checks.I4 += 1;
      if (machine.now - retriedAt > RETRY_EVERY_MS) {
        retriedAt = machine.now;
        this.undoBrakes(world);
      }
      return (await this.unsettled(world)).length === 0;
    });
    if (this.isOver) return;
    if (!hasRecovered) {
      const problems = (await this.unsettled(world)).slice(0, 5).join('; ');
      return this.fail('I4', `not recovered ${limitMs} ms after the last fault: ${problems}`);
    }
    this.recoveryMs = machine.now - healedAt;
    await this.settle(world);
  }

  /** What operators do after an incident. */
  private undoBrakes(world: SimulatedWorld): void {
    const { machine } = this;
    const { operator } = world;
    machine.schedule({ inMs: 0, process: operator.process }, () => {
      void operator.act({ action: 'freeze', isFrozen: false });
      void operator.act({ action: 'retry' });
      for (const { name: serverId } of this.plan.instances) {
        void operator.act({ action: 'uncordon', serverId });
      }
    });
  }

  /**
   * A lease outlives a step back of the clock by that step, and a restored database grants nothing
   * until every lease is over that its successor may have promised.
   */
  private recoveryLimitMs(performer: IncidentPerformer): number {
    const restores = performer.counts['restore-database'] ?? 0;
    return RECOVERY_MS + performer.steppedBackMs + restores * 20_000;
  }

  private async settle(world: SimulatedWorld): Promise<void> {
    const { machine } = this;
    let since = machine.now;
    let last = '';
    const isAtRest = await this.waitUntil(SETTLING_MS, async () => {
      this.checks.I8 += 1;
      const now = fingerprint(await world.server.backend.readTables(OWNERSHIP_TABLES));
      if (now !== last) since = machine.now;
      last = now;
      return machine.now - since >= REST_MS;
    });
    if (this.isOver) return;
    if (!isAtRest)
      return this.fail('I8', `ownership still changes ${SETTLING_MS} ms after recovery`);
    this.checks.I4b += 1;
    const left = await this.unsettled(world);
    if (left.length > 0) this.fail('I4b', `at rest, and yet: ${left.slice(0, 5).join('; ')}`);
  }

  private async waitUntil(limitMs: number, holds: () => Promise<boolean>): Promise<boolean> {
    const until = this.machine.now + limitMs;
    while (!this.isOver && this.machine.now < until) {
      if (await holds()) return true;
      await this.pass(this.machine.now + LOOK_EVERY_MS);
    }
    return false;
  }

  private async unsettled(world: SimulatedWorld): Promise<string[]> {
    return findUnsettled(world, await world.server.backend.readTables(OWNERSHIP_TABLES));
  }

  private observer(): HostObserver {
    const { trace, checks } = this;
    return {
      started: (held, { checkpoint }) => {
        this.ledger?.add(held);
        trace.tell(held.process.name, () => {
          const from = checkpoint ? ` from ${JSON.stringify(checkpoint)}` : '';
          return `starts stream ${held.streamId} under epoch ${held.epoch}${from}`;
        });
        this.checkOrder(held.process.name, held.streamId, held.epoch);
        this.continuity.started(held, checkpoint);
      },
      stopped: (held) => {
        this.ledger?.drop(held);
        trace.tell(held.process.name, () => `has stopped stream ${held.streamId}`);
      },
      released: (ack) => this.continuity.released(ack),
      said: (process, what) => trace.tell(process, what),
      effect: ({ streamId, writer, epoch, position }, verdict) => {
        checks.I1e += 1;
        checks.I3c += 1;
        if (verdict.kind === 'impossible') this.fail(verdict.invariant, verdict.why);
        if (verdict.kind !== 'refused') return;
        trace.tell(
          'sink',
          () => `refuses ${position} of stream ${streamId} by ${writer}, epoch ${epoch}`,
        );
      },
    };
  }

  /** I14: a client never sees an older epoch after a newer one. */
  private checkOrder(process: string, streamId: string, epoch: number): void {
    const key = `${process} ${streamId}`;
    this.checks.I14 += 1;
    const before = this.started.get(key) ?? -1;
    if (epoch < before) {
      this.fail('I14', `${process} started epoch ${epoch} of stream ${streamId} after ${before}`);
    }
    this.started.set(key, epoch);
  }

  private fail(invariant: InvariantName, message: string): void {
    if (this.violation) return;
    this.violation = { invariant, atMs: Math.round(this.machine.now), message };
    this.trace.tell(invariant, () => message);
    this.machine.stop();
  }

  private report(world: SimulatedWorld, performer: IncidentPerformer): HistoryReport {
    const { server, network, sink, balancerCounts, operator } = world;
    return {
      plan: this.plan,
      violation: this.violation,
      steps: this.machine.steps,
      checks: this.checks,
      incidents: performer.counts,
      figures: {
        ...server.counts,
        ...network.counts,
        ...balancerCounts,
        effects: sink.accepted,
        effectsRefused: sink.refused,
        operatorActions: operator.counts.done,
        virtualMs: Math.round(this.machine.now),
      },
      recoveryMs: this.recoveryMs,
      trace: this.trace.lines,
    };
  }
}

function applySwarm(world: SimulatedWorld, { swarm }: HistoryPlan): void {
  const { lossShare, duplicateShare, delayedShare, delayedMostMs } = swarm;
  const { breakShare, lostCommitShare } = swarm;
  Object.assign(world.network.conditions, {
    lossShare,
    duplicateShare,
    delayedShare,
    delayedMostMs,
  });
  Object.assign(world.server.conditions, { breakShare, lostCommitShare });
}
