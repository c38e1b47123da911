import type { DoubleRun } from '@weir/testing';
import { HandoffRun } from './ownership/handoff/handoff.run';
import { handoffRows } from './ownership/handoff/handoff.rows';
import { findFleetDoubleRuns, readFleetJournals } from './ownership/fleet/loss.recorder';
import { OwnershipBench } from './ownership/fleet/ownership.bench';
import { HostGroup } from './ownership/host/host.group';
import { computeQuantile } from './ownership/measure/quantile.bounds';
import { findHandoffGaps } from './ownership/measure/handoff.gaps';
import type { HandoffGap } from './ownership/measure/handoff.gaps';
import type { BenchResult, Claim } from './ownership/report/bench.result';
import { neverTwice } from './ownership/report/double-run.claim';
import type { RunOptions } from './ownership/report/ownership.options';
import { runProgram } from './ownership/report/ownership.program';
import type { Progress } from './planner/report/progress';
import { count } from './report';

type Size = 'lease' | 'hosts' | 'streams' | 'leaves' | 'drains' | 'moves' | 'warm-up';
type Options = RunOptions<Size>;

/** Longest p99 of the gap that a handoff of an exclusive stream may leave, warm-up apart. In ms. */
const AIM_MS = 500;

/** An ownership policy, as rows of the table are called. */
const POLICIES = [
  { name: 'exclusive', exclusive: true },
  { name: 'not exclusive', exclusive: false },
] as const;

runProgram<Size>({
  name: 'handoff',
  about: `Hands streams from one instance to another, and measures the gap between the old owner's last
effect and the new owner: until it was told to start, and until its handler had the stream under way
(after a warm-up that it may do ahead). Clean leaves, drains by an operator, and single moves by
hand; exclusive streams (break before make) and others (make before break, overlap expected).`,
  sizes: {
    lease: { full: 15_000, quick: 15_000, least: 3_000, meaning: 'lease in ms' },
    hosts: { full: 4, quick: 3, least: 2, meaning: 'instances, each a process' },
    streams: { full: 120, quick: 12, least: 1, meaning: 'streams of each policy' },
    leaves: { full: 15, quick: 2, least: 1, meaning: 'clean leaves of each policy' },
    drains: { full: 15, quick: 2, least: 1, meaning: 'drains of each policy' },
    moves: { full: 400, quick: 10, least: 0, meaning: 'moves by hand of each policy' },
    'warm-up': {
      full: 100,
      quick: 100,
      least: 0,
      meaning: 'what a handler needs to warm up, in ms',
    },
  },
  measure: async (options, progress) => {
    const results: BenchResult[] = [];
    for (const policy of POLICIES) results.push(await measurePolicy(policy, options, progress));
    return {
      rows: results.flatMap(({ rows }) => rows),
      claims: results.flatMap(({ claims }) => claims),
      notes: results.flatMap(({ notes }) => notes),
    };
  },
});

async function measurePolicy(
  { name, exclusive }: (typeof POLICIES)[number],
  { sizes }: Options,
  progress: Progress,
): Promise<BenchResult> {
  const ownership = await OwnershipBench.start({ leaseTtlMs: sizes.lease });
  const handler = { warmUpMs: sizes['warm-up'], stopMs: 0 };
  const hosts = new HostGroup(ownership.bench, { maxStreams: sizes.streams, handler });
  try {
    const settings = { leaseTtlMs: sizes.lease, balanceEnabled: false, moveCooldownMs: 0 };
    const fleet = await ownership.createFleet('fleet', settings);
    const run = new HandoffRun({ ownership, hosts, fleet });
    await run.begin({ hosts: sizes.hosts, streams: sizes.streams, exclusive });
    const say = (what: string) => progress.say(`${name}: ${what}`);
    await run.leave(sizes.leaves, say);
    await run.drain(sizes.drains, say);
    await run.moveByHand(sizes.moves, say);
    await hosts.killAll();
    const journals = readFleetJournals(hosts);
    const gaps = run.sort(findHandoffGaps(journals.get(fleet.name) ?? []));
    const rows = [...gaps].flatMap(([kind, found]) => handoffRows(`${name}, ${kind}`, kind, found));
    return {
      rows: [...rows, { ...run.leaveTimes, name: `${name}: clean leave, asked until gone` }],
      claims: claimsOf({ name, exclusive }, gaps, findFleetDoubleRuns(journals)),
      notes: [
        `${name}: ${count(sizes.streams)} streams on ${sizes.hosts} instances, lease ` +
          `${count(sizes.lease)} ms, warm-up ${sizes['warm-up']} ms`,
      ],
    };
  } finally {
    await hosts.killAll();
    await ownership.stop();
  }
}

function claimsOf(
  { name, exclusive }: { readonly name: string; readonly exclusive: boolean },
  gaps: ReadonlyMap<string, readonly HandoffGap[]>,
  doubleRuns: readonly DoubleRun[],
): Claim[] {
  const all = [...gaps.values()].flat();
  const found = { text: `${name}: handoffs were seen (${all.length})`, holds: all.length > 0 };
  const speed = exclusive ? exclusiveAim(name, all) : sharedAim(name, all);
  return [{ ...found, isAim: false }, neverTwice(name, doubleRuns), { ...speed, isAim: true }];
}

function exclusiveAim(name: string, gaps: readonly HandoffGap[]): Omit<Claim, 'isAim'> {
  const told = gaps.map(({ ownerGapMs }) => ownerGapMs);
  const p99Ms = computeQuantile(told, 0.99).value;
  return { text: `${name}: p99 until told at most ${AIM_MS} ms`, holds: p99Ms <= AIM_MS };
}

function sharedAim(name: string, gaps: readonly HandoffGap[]): Omit<Claim, 'isAim'> {
  const broken = gaps.filter(({ serviceGapMs }) => (serviceGapMs ?? 1) > 0).length;
  const text = `${name}: nothing is interrupted (${broken} of ${gaps.length} handoffs were)`;
  return { text, holds: broken === 0 };
}
