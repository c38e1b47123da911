import type { DoubleRun } from '@weir/testing';
import { OwnershipBench } from './ownership/fleet/ownership.bench';
import type { MeasuredFleet } from './ownership/fleet/ownership.bench';
import { countFailoversTo, countMassLossBrakes } from './ownership/fleet/ownership.reader';
import { LossRecorder } from './ownership/fleet/loss.recorder';
import type { FollowedLoss, Kill } from './ownership/fleet/loss.recorder';
import { HostGroup, INSTANT_HANDLER } from './ownership/host/host.group';
import { toMs } from './ownership/measure/failover.stages';
import type { BenchResult, Claim, MeasuredRow } from './ownership/report/bench.result';
import { lossClaims, lossRows } from './ownership/report/loss.rows';
import type { RunOptions } from './ownership/report/ownership.options';
import { runProgram } from './ownership/report/ownership.program';
import type { Progress } from './planner/report/progress';
import { count } from './report';

type Size = 'lease' | 'lost' | 'left' | 'streams' | 'per-host' | 'rounds';
type Options = RunOptions<Size>;

/** A case: how brake (b) is set for it. */
interface MassLossCase {
  readonly title: string;
  readonly massLossPercent: number;
  /** How many leases it holds. */
  readonly holdLeases: number;
}

/**
 * Without the brake, instances are taken over as their leases run out, spread over one heartbeat.
 * With it, all of them are proven lost when it lets go, and are taken over at once.
 */
const CASES: readonly MassLossCase[] = [
  { title: 'brake (b) off (massLossPercent 100)', massLossPercent: 100, holdLeases: 0 },
  { title: 'brake (b) held, then all at once', massLossPercent: 20, holdLeases: 1 },
];

runProgram<Size>({
  name: 'mass-loss',
  about: `Kills a large part of a fleet at once and measures the time from the proof that instances are
lost to the last of their streams running on a new owner: from the first instance that was fenced,
and from the last one. Brake (b) would hold this back; it is measured without it, and with it
holding for one lease, so that all takeovers come at the same time.`,
  sizes: {
    lease: { full: 15_000, quick: 3_000, least: 3_000, meaning: 'lease in ms' },
    lost: { full: 100, quick: 10, least: 1, meaning: 'instances to kill' },
    left: { full: 100, quick: 10, least: 1, meaning: 'instances that stay' },
    streams: { full: 100, quick: 20, least: 1, meaning: 'exclusive streams per instance' },
    'per-host': { full: 25, quick: 5, least: 1, meaning: 'instances that share a process' },
    rounds: { full: 3, quick: 1, least: 1, meaning: 'times that each case is measured' },
  },
  measure: async (options, progress) => {
    const results: BenchResult[] = [];
    for (const massLoss of CASES) results.push(await measureCase(massLoss, options, progress));
    return {
      rows: results.flatMap(({ rows }) => rows),
      claims: results.flatMap(({ claims }) => claims),
      notes: results.flatMap(({ notes }) => notes),
      figures: Object.assign({}, ...results.map(({ figures }) => figures)),
    };
  },
});

async function measureCase(
  massLoss: MassLossCase,
  { sizes }: Options,
  progress: Progress,
): Promise<BenchResult> {
  const losses: FollowedLoss[][] = [];
  const doubleRuns: DoubleRun[] = [];
  let inVain = 0;
  const brakes: number[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    progress.say(`${massLoss.title}: round ${round + 1} of ${sizes.rounds}`);
    const followed = await measureRound(massLoss, sizes);
    losses.push([...followed.losses]);
    doubleRuns.push(...followed.doubleRuns);
    inVain += followed.inVain;
    brakes.push(followed.brakes);
  }
  const { title } = massLoss;
  return {
    rows: [...spanRows(title, losses), ...lossRows('  per instance', losses.flat())],
    claims: [...lossClaims(title, losses.flat(), doubleRuns), brakeClaim(massLoss, brakes)],
    figures: { [`${title}: placements in vain`]: inVain },
    notes: [
      `${title}: ${sizes.lost} of ${sizes.lost + sizes.left} instances killed at once, ` +
        `${count(losses.flatMap((round) => round.flatMap(({ failovers }) => failovers)).length)} ` +
        `exclusive streams lost in ${sizes.rounds} rounds; lease ${count(sizes.lease)} ms; ` +
        `${count(inVain)} placements led to an instance that was dead itself`,
    ],
  };
}

/** Without it nothing holds failover back; with it, it holds in every round. */
function brakeClaim({ title, holdLeases }: MassLossCase, brakes: readonly number[]): Claim {
  const isHeld = holdLeases > 0;
  return {
    text: `${title}: the brake engaged ${isHeld ? 'once' : 'never'} in each round (${brakes.join(', ')})`,
    holds: brakes.every((times) => times === (isHeld ? 1 : 0)),
    isAim: false,
  };
}

/** What came of one round. */
interface MassLoss extends ReturnType<LossRecorder['follow']> {
  /** Streams that were placed on an instance that had been killed, but was not known to be lost. */
  readonly inVain: number;
  /** How often brake (b) engaged. */
  readonly brakes: number;
}

async function measureRound(
  { massLossPercent, holdLeases }: MassLossCase,
  sizes: Options['sizes'],
): Promise<MassLoss> {
  const ownership = await OwnershipBench.start({ leaseTtlMs: sizes.lease });
  const all = sizes.lost + sizes.left;
  // Those that stay take over what the others had.
  const maxStreams = Math.ceil((2 * all * sizes.streams) / sizes.left);
  const hosts = new HostGroup(ownership.bench, { maxStreams, handler: INSTANT_HANDLER });
  try {
    const fleet = await ownership.createFleet('fleet', {
      leaseTtlMs: sizes.lease,
      massLossPercent,
      massLossHoldMs: holdLeases * sizes.lease,
      balanceEnabled: false,
    });
    const numbers = await startHosts(hosts, fleet, sizes);
    await ownership.importStreams(fleet, { count: all * sizes.streams, exclusive: true });
    await ownership.untilSettled([fleet], []);
    return await loseAtOnce({ ownership, hosts, fleet }, numbers.lost);
  } finally {
    await hosts.killAll();
    await ownership.stop();
  }
}

/** Those to be lost share no process with those that stay. */
async function startHosts(
  hosts: HostGroup,
  { name }: MeasuredFleet,
  sizes: Options['sizes'],
): Promise<{ readonly lost: readonly number[] }> {
  const lost: number[] = [];
  let host = 0;
  for (const kind of ['lost', 'left'] as const) {
    for (let from = 0; from < sizes[kind]; from += sizes['per-host']) {
      const size = Math.min(sizes['per-host'], sizes[kind] - from);
      const instances = Array.from({ length: size }, (_unused, index) => ({
        fleet: name,
        serverId: `${kind}-${from + index}`,
      }));
      await hosts.start(host, instances);
      if (kind === 'lost') lost.push(host);
      host += 1;
    }
  }
  return { lost };
}

async function loseAtOnce(
  setting: {
    readonly ownership: OwnershipBench;
    readonly hosts: HostGroup;
    readonly fleet: MeasuredFleet;
  },
  lost: readonly number[],
): Promise<MassLoss> {
  const { ownership, hosts, fleet } = setting;
  const recorder = new LossRecorder(ownership, hosts);
  const killsNs = await hosts.kill(lost);
  const kills = lost.flatMap((host, index): Kill[] =>
    hosts.instancesOf(host).map((instance) => ({ instance, killedNs: killsNs[index] ?? 0n })),
  );
  const serverIds = kills.map(({ instance }) => instance.serverId);
  await ownership.untilSettled([fleet], serverIds);
  await recorder.record(fleet, kills);
  const inVain = await countFailoversTo(ownership.database, fleet.fleetId, serverIds);
  const brakes = await countMassLossBrakes(ownership.database, fleet.fleetId);
  await hosts.killAll();
  return { ...recorder.follow(), inVain, brakes };
}

/** One value per round: from the first and from the last proof to the last stream running. */
function spanRows(title: string, rounds: readonly (readonly FollowedLoss[])[]): MeasuredRow[] {
  const lastStartMs = (losses: readonly FollowedLoss[]): number =>
    Math.max(
      ...losses.flatMap(({ failovers }) => failovers.map(({ startedNs }) => toMs(startedNs))),
    );
  const fencedMs = (losses: readonly FollowedLoss[]): number[] =>
    losses.map(({ loss }) => loss.fencedMs);
  const killedMs = (losses: readonly FollowedLoss[]): number[] =>
    losses.map(({ loss }) => toMs(loss.killedNs));
  const row = (name: string, fromMs: (losses: readonly FollowedLoss[]) => number): MeasuredRow => ({
    name: `${title}: ${name}`,
    values: rounds.map((losses) => lastStartMs(losses) - fromMs(losses)),
    isIndependent: true,
  });
  return [
    row('last proof to last stream running', (losses) => Math.max(...fencedMs(losses))),
    row('first proof to last stream running', (losses) => Math.min(...fencedMs(losses))),
    row('kill to last stream running', (losses) => Math.min(...killedMs(losses))),
  ];
}
