import fc from 'fast-check';
import { computeDigest } from '@weir/domain';
import type { Assignment, StreamEpoch } from '@weir/domain';
import { assignment, MachineBench, ofType } from './machine.test-support';
import type { MachineAction } from './machine.types';

/**
 * Drives the machine with arbitrary orders of everything that can happen, and follows its actions
 * as a handler would: what is started runs until its stop is answered.
 */
class HandlerModel {
  readonly bench = new MachineBench();
  readonly live = new Map<string, Assignment>();
  readonly stopping = new Map<string, number>();
  readonly prepared = new Map<string, number>();
  readonly everStopped = new Set<string>();
  readonly everBroken = new Set<string>();
  readonly everFailed = new Set<string>();
  readonly violations: string[] = [];
  /** What the resync under way lists. */
  listed: ReadonlySet<string> | undefined;
  leaseEndsAtMs = Number.NEGATIVE_INFINITY;

  follow(actions: readonly MachineAction[]): void {
    for (const action of actions) {
      if (action.type === 'abandon-calls') this.listed = undefined;
      if (action.type === 'start-stream') this.start(action.assignment);
      if (action.type === 'prepare-stream') this.prepare(action.assignment);
      if (action.type === 'stop-stream') this.stop(action.stream);
      if (action.type === 'set-deadline') {
        this.leaseEndsAtMs = action.deadlineMs ?? Number.NEGATIVE_INFINITY;
      }
      this.checkDigest([action]);
      if (action.type === 'resync') this.listed = new Set(action.running.map(nameOf));
    }
    this.checkLease();
  }

  /** What is prepared has no effects; the machine must not take it for running. */
  private prepare(given: Assignment): void {
    if (this.live.has(given.streamId)) this.violations.push('prepares beside what runs');
    this.prepared.set(given.streamId, given.epoch);
  }

  settleStop(streamId: string): void {
    const epoch = this.stopping.get(streamId);
    if (epoch === undefined) return;
    this.stopping.delete(streamId);
    this.live.delete(streamId);
    this.follow(this.bench.stopped(streamId, epoch));
  }

  private start(given: Assignment): void {
    const { streamId, epoch } = given;
    if (this.live.has(streamId)) this.violations.push(`${streamId}: two epochs at once`);
    if (
      this.everStopped.has(`${streamId}:${epoch}`) ||
      this.everFailed.has(`${streamId}:${epoch}`)
    ) {
      this.violations.push(`${streamId}:${epoch} started after it was stopped`);
    }
    if (this.listed && !this.listed.has(nameOf(given))) {
      this.violations.push(`${streamId}:${epoch} started behind the back of a resync`);
    }
    this.prepared.delete(streamId);
    this.live.set(streamId, given);
  }

  private stop({ streamId, epoch }: StreamEpoch): void {
    if (this.prepared.get(streamId) === epoch) {
      this.prepared.delete(streamId);
      this.stopping.set(streamId, epoch);
      return;
    }
    if (this.live.get(streamId)?.epoch !== epoch) this.violations.push(`stops what does not run`);
    this.everStopped.add(`${streamId}:${epoch}`);
    this.stopping.set(streamId, epoch);
  }

  private checkLease(): void {
    if (this.bench.nowMs < this.leaseEndsAtMs) return;
    for (const [streamId, { exclusive }] of this.live) {
      const isGoingOn = exclusive && !this.stopping.has(streamId);
      if (isGoingOn) this.violations.push(`${streamId} runs without a lease`);
    }
  }

  private checkDigest(actions: readonly MachineAction[]): void {
    for (const { running } of ofType(actions, 'send-heartbeat')) {
      if (running.count < this.live.size - this.stopping.size) {
        this.violations.push('runs more than it says');
      }
      if (running.count > this.live.size + this.everFailed.size + STREAMS) {
        this.violations.push('says that it runs what it prepares');
      }
    }
    for (const { running } of ofType(actions, 'resync')) {
      for (const { streamId, epoch } of running) {
        const isBroken = this.everBroken.has(`${streamId}:${epoch}`);
        if (this.everStopped.has(`${streamId}:${epoch}`) && !isBroken) {
          this.violations.push(`lists ${streamId}:${epoch}, which it stopped`);
        }
      }
    }
  }
}

function nameOf({ streamId, epoch }: StreamEpoch): string {
  return `${streamId}:${epoch}`;
}

const STREAMS = 3;
const streamIds = fc.constantFrom('1', '2', '3');
const epochs = fc.integer({ min: 1, max: 12 });
const desires = ['run', 'run', 'stop', 'prepare'] as const;
const anAssignment = fc
  .record({
    streamId: streamIds,
    epoch: epochs,
    desired: fc.constantFrom(...desires),
    notBeforeMs: fc.constantFrom(0, 0, 2_000),
  })
  .map(({ streamId, epoch, ...more }) =>
    assignment(streamId, epoch, { ...more, exclusive: streamId !== '3' }),
  );
const aRunOrStop = anAssignment.filter(({ desired }) => desired !== 'prepare');
const revisions = fc.integer({ min: 5, max: 20 });

const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('push'), change: anAssignment, revisions }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle'), streamId: streamIds }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('beat'), lateMs: fc.nat(20_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.constantFrom(1, 900, 6_000, 14_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fence') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unknown') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('suspend') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('join'), list: fc.array(anAssignment) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('resync'), list: fc.array(anAssignment) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fail-resync') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fail'), streamId: streamIds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('break'), streamId: streamIds }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('acked', 'unacked', 'refused', 'inspect') }),
  },
) as fc.Arbitrary<Step>;

type Step =
  | { kind: 'push'; change: Assignment; revisions: number }
  | { kind: 'settle' | 'fail' | 'break'; streamId: string }
  | { kind: 'beat'; lateMs: number }
  | { kind: 'pass'; ms: number }
  | { kind: 'fence' | 'unknown' | 'suspend' | 'fail-resync' }
  | { kind: 'acked' | 'unacked' | 'refused' | 'inspect' }
  | { kind: 'join' | 'resync'; list: Assignment[] };

function take(model: HandlerModel, step: Step): void {
  const { bench } = model;
  const incarnation = bench.machine.currentIncarnation ?? 0;
  switch (step.kind) {
    case 'push':
      return model.follow(bench.push([step.change], step.revisions));
    case 'settle':
      return model.settleStop(step.streamId);
    case 'beat':
      return model.follow(bench.beat({}, bench.nowMs - step.lateMs));
    case 'pass':
      return model.follow(bench.pass(step.ms));
    case 'fence':
      return model.follow(bench.send({ type: 'incarnation-fenced', incarnation }));
    case 'unknown':
      return model.follow(bench.send({ type: 'instance-unknown', incarnation }));
    case 'suspend':
      return model.follow(bench.send({ type: 'clocks-disagreed', disagreementMs: 5_000 }));
    case 'join':
      return model.follow(bench.join(step.list, { incarnation: incarnation + 1, revision: 5 }));
    case 'resync': {
      model.listed = undefined;
      const response = { start: step.list, stop: [], revision: 9 };
      return model.follow(bench.send({ type: 'resync-answered', incarnation, response }));
    }
    case 'fail-resync':
      if (!model.listed) return;
      model.listed = undefined;
      return model.follow(bench.send({ type: 'resync-failed', incarnation }));
    case 'fail':
      return failStart(model, step.streamId);
    case 'break':
      return breakRun(model, step.streamId);
    case 'acked':
      return model.follow(bench.answerAcks());
    case 'unacked':
      return model.follow(bench.send({ type: 'acks-failed', incarnation, reason: '503' }));
    case 'refused':
      return model.follow(bench.send({ type: 'acks-refused', incarnation, reason: '400' }));
    case 'inspect': {
      const handled = [...model.live.values()].map(({ streamId, epoch }) => ({ streamId, epoch }));
      return model.follow(bench.send({ type: 'handler-inspected', handled }));
    }
  }
}

function breakRun(model: HandlerModel, streamId: string): void {
  const live = model.live.get(streamId);
  if (!live || model.stopping.has(streamId)) return;
  model.everBroken.add(nameOf(live));
  model.follow(model.bench.send({ type: 'stream-broke', stream: live, error: 'broken' }));
}

function failStart(model: HandlerModel, streamId: string): void {
  const live = model.live.get(streamId);
  if (!live || model.stopping.has(streamId)) return;
  model.live.delete(streamId);
  model.everFailed.add(`${streamId}:${live.epoch}`);
  const failure = { during: 'start', error: 'broken' } as const;
  model.follow(model.bench.send({ type: 'stream-failed', stream: live, failure }));
}

describe('InstanceMachine, whatever happens', () => {
  it('never runs two epochs, revives one, runs leaseless, or starts behind a resync', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 5, maxLength: 60 }), (sequence) => {
        const model = new HandlerModel();
        model.follow(model.bench.join());
        for (const step of sequence) take(model, step);
        expect(model.violations).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends with what the newest changes say, once stops are answered', () => {
    fc.assert(
      fc.property(fc.array(aRunOrStop, { minLength: 1, maxLength: 30 }), (changes) => {
        const model = new HandlerModel();
        model.follow(model.bench.join());
        changes.forEach((change, index) => {
          model.follow(model.bench.push([change], 20 + index));
        });
        for (const streamId of ['1', '2', '3']) model.settleStop(streamId);
        model.follow(model.bench.pass(2_000));
        expect(runningIn(model)).toEqual(expectedOf(changes));
      }),
    );
  });

  it('sends the digest of exactly what was accepted', () => {
    fc.assert(
      fc.property(fc.array(aRunOrStop, { maxLength: 30 }), (changes) => {
        const model = new HandlerModel();
        model.follow(model.bench.join());
        changes.forEach((change, index) => {
          model.follow(model.bench.push([change], 20 + index));
        });
        const beats = ofType(model.bench.pass(5_000), 'send-heartbeat');
        expect(beats[0]?.running).toEqual(computeDigest(expectedOf(changes)));
      }),
    );
  });
});

function runningIn(model: HandlerModel): StreamEpoch[] {
  return [...model.live.values()]
    .map(({ streamId, epoch }) => ({ streamId, epoch }))
    .sort((a, b) => a.streamId.localeCompare(b.streamId));
}

/** The rule in its plainest form: the newest epoch wins, and a stop is for ever. */
function expectedOf(changes: readonly Assignment[]): StreamEpoch[] {
  const newest = new Map<string, number>();
  const stopped = new Map<string, number>();
  for (const { streamId, epoch, desired } of changes) {
    const current = newest.get(streamId) ?? 0;
    if (desired === 'stop' && epoch >= current) {
      stopped.set(streamId, Math.max(epoch, stopped.get(streamId) ?? 0));
      newest.delete(streamId);
    }
    if (desired === 'run' && epoch > current && epoch > (stopped.get(streamId) ?? 0)) {
      newest.set(streamId, epoch);
    }
  }
  return [...newest]
    .map(([streamId, epoch]) => ({ streamId, epoch }))
    .sort((a, b) => a.streamId.localeCompare(b.streamId));
}
