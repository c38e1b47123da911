import { setTimeout as wait } from 'node:timers/promises';
import { OwnershipBench } from './ownership/fleet/ownership.bench';
import type { MeasuredFleet } from './ownership/fleet/ownership.bench';
import { LossRecorder } from './ownership/fleet/loss.recorder';
import { HostGroup, INSTANT_HANDLER } from './ownership/host/host.group';
import { computeQuantile } from './ownership/measure/quantile.bounds';
import type { BenchResult } from './ownership/report/bench.result';
import { lossClaims, lossRows } from './ownership/report/loss.rows';
import type { RunOptions } from './ownership/report/ownership.options';
import { runProgram } from './ownership/report/ownership.program';
import type { Progress } from './planner/report/progress';
import { count } from './report';

type Size = 'lease' | 'kills' | 'fleets' | 'hosts' | 'streams';
type Options = RunOptions<Size>;

/** What is measured unless a lease is named, in ms. */
const LEASES_MS = [3_000, 15_000];
const HEARTBEATS_PER_LEASE = 3;
/**
 * How much later than the lease p99 may be: two seconds for short leases, three for one of 15 s. In
 * ms.
 */
const AIM_SHORT_MS = 2_000;
const AIM_LONG_MS = 3_000;
const LONG_LEASE_MS = 15_000;

runProgram<Size>({
  name: 'failover',
  about: `Kills processes with kill -9, each of which is one instance of every fleet, and follows each
stream to where it runs next. The time from the kill is split: what was left of the lease,
detection (until the incarnation was fenced), the takeover's transaction, placement (until the
grants were committed), delivery (until the new owner was told), and the start in its handler.`,
  sizes: {
    lease: { full: 0, quick: 3_000, least: 0, meaning: 'lease in ms; 0: 3,000, then 15,000' },
    kills: { full: 400, quick: 8, least: 1, meaning: 'instances to kill at each lease' },
    fleets: {
      full: 20,
      quick: 4,
      least: 1,
      meaning: 'fleets side by side, each loses one at once',
    },
    hosts: { full: 5, quick: 4, least: 3, meaning: 'processes, and instances of each fleet' },
    streams: { full: 40, quick: 20, least: 1, meaning: 'streams of each fleet, all exclusive' },
  },
  measure: async (options, progress) => {
    const leases = options.sizes.lease === 0 ? LEASES_MS : [options.sizes.lease];
    const results: BenchResult[] = [];
    for (const leaseTtlMs of leases)
      results.push(await measureLease(leaseTtlMs, options, progress));
    return {
      rows: results.flatMap(({ rows }) => rows),
      claims: results.flatMap(({ claims }) => claims),
      notes: results.flatMap(({ notes }) => notes),
    };
  },
});

async function measureLease(
  leaseTtlMs: number,
  { sizes }: Options,
  progress: Progress,
): Promise<BenchResult> {
  const ownership = await OwnershipBench.start({ leaseTtlMs });
  const hosts = new HostGroup(ownership.bench, {
    maxStreams: sizes.streams,
    handler: INSTANT_HANDLER,
  });
  try {
    const recorder = new LossRecorder(ownership, hosts);
    const fleets = await createFleets(ownership, leaseTtlMs, sizes);
    await startHosts(hosts, fleets, sizes.hosts);
    for (const fleet of fleets)
      await ownership.importStreams(fleet, { count: sizes.streams, exclusive: true });
    await ownership.untilSettled(fleets, []);
    const rounds = Math.ceil(sizes.kills / sizes.fleets);
    for (let round = 0; round < rounds; round += 1) {
      progress.say(`lease ${count(leaseTtlMs)} ms: kill ${round + 1} of ${rounds}`);
      await killOne({ ownership, hosts, recorder, fleets }, round % sizes.hosts, leaseTtlMs);
    }
    await hosts.killAll();
    return toResult(recorder, { leaseTtlMs, rounds, sizes });
  } finally {
    await hosts.killAll();
    await ownership.stop();
  }
}

async function createFleets(
  ownership: OwnershipBench,
  leaseTtlMs: number,
  { fleets }: Options['sizes'],
): Promise<MeasuredFleet[]> {
  const made: MeasuredFleet[] = [];
  for (let index = 0; index < fleets; index += 1) {
    // Nothing but failover shall move a stream, and hosts that are killed again and again get some.
    const settings = { balanceEnabled: false, flapsMax: 1_000, isolatePercentMax: 0 };
    made.push(await ownership.createFleet(`fleet-${index}`, { leaseTtlMs, ...settings }));
  }
  return made;
}

/** Host h is the instance `host-h` of every fleet. */
async function startHosts(
  hosts: HostGroup,
  fleets: readonly MeasuredFleet[],
  howMany: number,
): Promise<void> {
  for (let host = 0; host < howMany; host += 1) {
    const serverId = nameOf(host);
    await hosts.start(
      host,
      fleets.map(({ name }) => ({ fleet: name, serverId })),
    );
  }
}

function nameOf(host: number): string {
  return `host-${host}`;
}

interface Setting {
  readonly ownership: OwnershipBench;
  readonly hosts: HostGroup;
  readonly recorder: LossRecorder;
  readonly fleets: readonly MeasuredFleet[];
}

async function killOne(setting: Setting, host: number, leaseTtlMs: number): Promise<void> {
  const { ownership, hosts, recorder, fleets } = setting;
  // At any point between two heartbeats, and not right after the registration of the last one.
  await wait((leaseTtlMs / HEARTBEATS_PER_LEASE) * (1 + Math.random()));
  ownership.commits.forget();
  const [killedNs = 0n] = await hosts.kill([host]);
  await ownership.untilSettled(fleets, [nameOf(host)]);
  for (const fleet of fleets) {
    const instance = hosts.instancesOf(host).find((found) => found.fleet === fleet.name);
    if (instance) await recorder.record(fleet, [{ instance, killedNs }]);
  }
  await hosts.restart(host);
}

function toResult(
  recorder: LossRecorder,
  run: { readonly leaseTtlMs: number; readonly rounds: number; readonly sizes: Options['sizes'] },
): BenchResult {
  const { leaseTtlMs, rounds, sizes } = run;
  const { losses, doubleRuns } = recorder.follow();
  const lease = `lease ${count(leaseTtlMs)} ms`;
  const rows = lossRows(lease, losses);
  const aimMs = leaseTtlMs + (leaseTtlMs < LONG_LEASE_MS ? AIM_SHORT_MS : AIM_LONG_MS);
  const p99Ms = computeQuantile(rows[0]?.values ?? [], 0.99).value;
  return {
    rows,
    claims: [
      ...lossClaims(lease, losses, doubleRuns),
      { text: `${lease}: p99 at most ${count(aimMs)} ms`, holds: p99Ms <= aimMs, isAim: true },
    ],
    notes: [
      `${lease}: ${count(losses.length)} instances lost in ${rounds} kills of a process that is one ` +
        `instance in each of ${sizes.fleets} fleets; ${sizes.hosts} instances and ${sizes.streams} ` +
        'exclusive streams per fleet',
    ],
  };
}
