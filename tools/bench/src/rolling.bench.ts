import { setTimeout as wait } from 'node:timers/promises';
import { findGaps } from '@weir/testing';
import type { DoubleRun, RunInterval } from '@weir/testing';
import { monotonicMs } from './ownership/fleet/database.clock';
import { findFleetDoubleRuns, readFleetJournals } from './ownership/fleet/loss.recorder';
import { OwnershipBench } from './ownership/fleet/ownership.bench';
import type { MeasuredFleet } from './ownership/fleet/ownership.bench';
import { HostGroup } from './ownership/host/host.group';
import type { BenchResult, Claim, MeasuredRow } from './ownership/report/bench.result';
import { neverTwice } from './ownership/report/double-run.claim';
import type { RunOptions } from './ownership/report/ownership.options';
import { runProgram } from './ownership/report/ownership.program';
import { AskingClient } from './ownership/rolling/asking.client';
import type { ProbeFigures } from './ownership/rolling/probe.tally';
import type { Progress } from './planner/report/progress';
import { count } from './report';

type Size = 'lease' | 'hosts' | 'streams' | 'rounds' | 'every' | 'pause' | 'warm-up';
type Options = RunOptions<Size>;

const POLICIES = [
  { name: 'exclusive', exclusive: true },
  { name: 'not exclusive', exclusive: false },
] as const;

runProgram<Size>({
  name: 'rolling',
  about: `Restarts every instance of a fleet in turn (clean stop, start), while a client asks the owner of
a random stream again and again. The client knows owners from the API and the fleet's events, asks
the owner's own port, and after a wrong answer looks that owner up and asks once more. Instances
answer only for streams that they run.`,
  sizes: {
    lease: { full: 15_000, quick: 15_000, least: 3_000, meaning: 'lease in ms' },
    hosts: { full: 5, quick: 3, least: 2, meaning: 'instances, each a process' },
    streams: { full: 100, quick: 12, least: 1, meaning: 'streams of the fleet' },
    rounds: { full: 4, quick: 1, least: 1, meaning: 'times that every instance is restarted' },
    every: { full: 10, quick: 10, least: 1, meaning: 'time between two questions, in ms' },
    pause: { full: 3_000, quick: 1_000, least: 0, meaning: 'time between two restarts, in ms' },
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
      figures: Object.assign({}, ...results.map(({ figures }) => figures)),
    };
  },
});

async function measurePolicy(
  policy: (typeof POLICIES)[number],
  { sizes }: Options,
  progress: Progress,
): Promise<BenchResult> {
  const ownership = await OwnershipBench.start({ leaseTtlMs: sizes.lease });
  const handler = { warmUpMs: sizes['warm-up'], stopMs: 0 };
  const hosts = new HostGroup(ownership.bench, { maxStreams: sizes.streams, handler });
  const client = new AskingClient(ownership.bench, 'fleet');
  try {
    const fleet = await ownership.createFleet('fleet', { leaseTtlMs: sizes.lease });
    for (let host = 0; host < sizes.hosts; host += 1) {
      await hosts.start(host, [{ fleet: fleet.name, serverId: `host-${host}` }]);
    }
    const { exclusive } = policy;
    await ownership.importStreams(fleet, { count: sizes.streams, exclusive });
    await ownership.untilSettled([fleet], []);
    await client.start(sizes.every);
    await wait(sizes.pause);
    const restartsMs = await restartAll({ ownership, hosts, fleet }, sizes, (what) =>
      progress.say(`${policy.name}: ${what}`),
    );
    await client.stop();
    const endedNs = process.hrtime.bigint();
    await hosts.killAll();
    return toResult(policy, { hosts, endedNs, restartsMs, client });
  } finally {
    await hosts.killAll();
    await ownership.stop();
  }
}

/** @returns how long each instance was away, in ms. */
async function restartAll(
  setting: {
    readonly ownership: OwnershipBench;
    readonly hosts: HostGroup;
    readonly fleet: MeasuredFleet;
  },
  sizes: Options['sizes'],
  say: (what: string) => void,
): Promise<number[]> {
  const { ownership, hosts, fleet } = setting;
  const restartsMs: number[] = [];
  const restarts = sizes.rounds * sizes.hosts;
  for (let restart = 0; restart < restarts; restart += 1) {
    say(`restart ${restart + 1} of ${restarts}`);
    const host = restart % sizes.hosts;
    const startedAtMs = monotonicMs();
    await hosts.stop(host);
    await hosts.restart(host);
    restartsMs.push(monotonicMs() - startedAtMs);
    await ownership.untilSettled([fleet], []);
    await wait(sizes.pause);
  }
  return restartsMs;
}

interface Finished {
  readonly hosts: HostGroup;
  readonly endedNs: bigint;
  readonly restartsMs: readonly number[];
  readonly client: AskingClient;
}

function toResult(
  { name }: (typeof POLICIES)[number],
  { hosts, endedNs, restartsMs, client }: Finished,
): BenchResult {
  const journals = readFleetJournals(hosts);
  const served = [...journals.values()].flat().map(asServed);
  const gapsMs = findGaps(served, endedNs).map(({ gapMs }) => gapMs);
  const { figures } = client;
  const row = (what: string, values: readonly number[]): MeasuredRow => ({
    name: `${name}: ${what}`,
    values,
    isIndependent: false,
  });
  return {
    rows: [
      row('unbroken failure of a stream, as asked', figures.failuresMs),
      row('no handler had a stream under way, by journals', gapsMs),
      row('right answer at once', client.rightAnswersMs),
      row('restart, asked to stop until registered', restartsMs),
    ],
    claims: claimsOf(name, figures, findFleetDoubleRuns(journals)),
    notes: [rateText(name, figures)],
    figures: {
      [`${name}: share right at once`]: 1 - figures.failedFirst / figures.asked,
      [`${name}: share right after one more look-up`]: 1 - figures.failedTwice / figures.asked,
    },
  };
}

/** From when the handler had it under way: a client is answered from then on. */
function asServed(run: RunInterval): RunInterval {
  return { ...run, startedNs: run.underWayNs ?? run.startedNs };
}

function claimsOf(name: string, figures: ProbeFigures, doubleRuns: readonly DoubleRun[]): Claim[] {
  const { asked, stillFailing } = figures;
  return [
    {
      text: `${name}: the client asked (${count(asked)} times), and every stream answered in the end`,
      holds: asked > 0 && stillFailing.length === 0,
      isAim: false,
    },
    neverTwice(name, doubleRuns),
  ];
}

function rateText(name: string, { asked, failedFirst, failedTwice }: ProbeFigures): string {
  const percent = (failed: number): string => ((1 - failed / asked) * 100).toFixed(3);
  return (
    `${name}: of ${count(asked)} questions ${percent(failedFirst)} % were answered right at once ` +
    `(${count(failedFirst)} were not), ${percent(failedTwice)} % after one more look-up ` +
    `(${count(failedTwice)} were not)`
  );
}
