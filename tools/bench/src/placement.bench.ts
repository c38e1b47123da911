import { setTimeout as wait } from 'node:timers/promises';
import { BenchStack } from './bench.stack';
import { residentMb } from './program';
import { printRates, runRateProgram } from './rates/rate.program';
import type { RateOptions } from './rates/rate.program';
import { count, print, printMachine, printTable } from './report';

const STREAMS = 100_000;
const INSTANCES = 1_000;
/** A quick run takes this share of both. */
const QUICK_SHARE = 0.1;
const AIM_PER_SECOND = 20_000;

function streamsAsNdjson(streams: number): string {
  const lines = Array.from({ length: streams }, (_unused, index) =>
    JSON.stringify({
      name: `stream-${index}`,
      source: `http://127.0.0.1/${index}`,
      weight: 1 + (index % 7),
    }),
  );
  return lines.join('\n');
}

/** Waits until nothing is unassigned. @returns how long it took, in ms. */
async function untilPlaced(bench: BenchStack): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const page = await bench.call<{ items: unknown[] }>('/assignments?status=unassigned&limit=1');
    if (page.items.length === 0) return performance.now() - startedAt;
    await wait(50);
  }
}

interface PlacementResult {
  readonly streams: number;
  readonly instances: number;
  readonly importMs: number;
  readonly placedMs: number;
  readonly balancerMb: number;
}

async function place(streams: number, instances: number): Promise<PlacementResult> {
  const bench = await BenchStack.start({
    workers: 0,
    sampleStreams: 0,
    services: ['orchestrator-api', 'balancer-worker'],
    leaseTtlMs: 600_000,
  });
  try {
    const importedAt = performance.now();
    await bench.call('/streams:import', {
      method: 'POST',
      type: 'application/x-ndjson',
      body: streamsAsNdjson(streams),
    });
    const importMs = performance.now() - importedAt;
    // Nothing can be placed yet: the first instance begins the measurement.
    await bench.call('', { method: 'PATCH', body: JSON.stringify({ frozen: true }) });
    await bench.registerInstances(instances, 1_000);
    await bench.call('', { method: 'PATCH', body: JSON.stringify({ frozen: false }) });
    const placedMs = await untilPlaced(bench);
    const balancerMb = residentMb(bench.stack.pidOf('balancer-worker'));
    return { streams, instances, importMs, placedMs, balancerMb };
  } finally {
    await bench.stop();
  }
}

async function measure({ isQuick, isJson }: RateOptions): Promise<void> {
  const share = isQuick ? QUICK_SHARE : 1;
  const result = await place(STREAMS * share, INSTANCES * share);
  const rates = {
    'streams imported per second': perSecond(result, 'importMs'),
    'streams placed per second': perSecond(result, 'placedMs'),
  };
  if (isJson) return printRates('placement', rates, result);
  printMachine();
  printTable([
    ['', 'seconds', 'per second'],
    row(`import of ${count(result.streams)} streams (NDJSON)`, result, 'importMs'),
    row(`placing them on ${count(result.instances)} instances`, result, 'placedMs'),
  ]);
  print(`aim: ${count(AIM_PER_SECOND)} placements per second, each committed with its event`);
  print(`balancer-worker with this fleet: ${result.balancerMb.toFixed(0)} MiB`);
}

function perSecond(result: PlacementResult, time: 'importMs' | 'placedMs'): number {
  return result.streams / (result[time] / 1_000);
}

function row(name: string, result: PlacementResult, time: 'importMs' | 'placedMs'): string[] {
  return [name, (result[time] / 1_000).toFixed(1), count(perSecond(result, time))];
}

runRateProgram({
  name: 'placement',
  about: `How fast streams are imported, and how fast the balancer-worker places them.`,
  measure,
});
