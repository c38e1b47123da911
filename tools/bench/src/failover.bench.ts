import { findDoubleRuns, findGaps, quantile, readIntervals, until } from '@weir/testing';
import { BenchStack } from './bench.stack';
import { count, print, printMachine, printTable } from './report';

const LEASE_TTL_MS = 3_000;
const STREAMS = 60;
const WORKERS = 4;
const KILLS = 12;
const LEAVES = 6;

interface AssignmentItem {
  readonly serverId: string | null;
  readonly status: string;
}

/** Kills and clean leaves one after the other; the gaps come from the instances' own journals. */
async function main(): Promise<void> {
  printMachine();
  const bench = await BenchStack.start({
    workers: WORKERS,
    sampleStreams: STREAMS,
    leaseTtlMs: LEASE_TTL_MS,
  });
  const { stack } = bench;
  const kills = new Map<string, bigint[]>();
  const left = new Set<string>();
  const names = Array.from({ length: WORKERS }, (_unused, index) => `worker-${index + 1}`);
  const untilRunning = (without?: string): Promise<unknown> =>
    until(
      'every stream runs',
      async () => {
        const { items } = await bench.call<{ items: AssignmentItem[] }>('/assignments?limit=1000');
        return items.every((item) => item.status === 'running' && item.serverId !== without);
      },
      60_000,
    );
  try {
    // Each round moves streams back to the worker of the round before; none shall have to rest.
    await bench.call('', { method: 'PATCH', body: JSON.stringify({ moveCooldownMs: 0 }) });
    await untilRunning();
    for (let round = 0; round < KILLS + LEAVES; round += 1) {
      const name = names[round % WORKERS] as string;
      if (round < KILLS) {
        kills.set(name, [...(kills.get(name) ?? []), process.hrtime.bigint()]);
        await stack.running(name).kill('SIGKILL');
      } else {
        left.add(`${name}:${process.hrtime.bigint()}`);
        await stack.running(name).stop();
      }
      await untilRunning(name);
      await stack.restart(name);
      await untilShare(bench, name);
    }
    const intervals = names.flatMap((serverId) =>
      readIntervals({
        serverId,
        path: stack.home.journalOf(serverId),
        killedNs: kills.get(serverId) ?? [],
      }),
    );
    const killTimes = new Set([...kills.values()].flat());
    const gaps = findGaps(intervals, process.hrtime.bigint());
    const failovers = gaps.filter((gap) => killTimes.has(gap.startedNs)).map((gap) => gap.gapMs);
    const handovers = gaps.filter((gap) => !killTimes.has(gap.startedNs)).map((gap) => gap.gapMs);
    printTable([
      ['', 'streams', 'p50 ms', 'p99 ms', 'max ms'],
      figures(`failover after kill -9, lease ${LEASE_TTL_MS} ms, ${KILLS} kills`, failovers),
      figures(`handover, ${LEAVES} clean leaves and the moves back`, handovers),
    ]);
    print(`exclusive streams that ran twice: ${findDoubleRuns(intervals).length}`);
  } finally {
    await bench.stop();
  }
}

/** A worker that came back has streams again before the next one goes. */
async function untilShare(bench: BenchStack, name: string): Promise<void> {
  await until(
    `${name} has streams`,
    async () => {
      const { items } = await bench.call<{ items: AssignmentItem[] }>(
        `/assignments?serverId=${name}&status=running`,
      );
      return items.length >= STREAMS / WORKERS / 2;
    },
    120_000,
  );
}

function figures(name: string, values: readonly number[]): string[] {
  return [
    name,
    count(values.length),
    quantile(values, 0.5).toFixed(0),
    quantile(values, 0.99).toFixed(0),
    Math.max(0, ...values).toFixed(0),
  ];
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
