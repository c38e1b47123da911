import { setTimeout as wait } from 'node:timers/promises';
import { BenchStack } from './bench.stack';
import { residentMb } from './program';
import { count, print, printMachine, printTable } from './report';

const STREAMS = 100_000;
const INSTANCES = 1_000;
const AIM_PER_SECOND = 20_000;

function streamsAsNdjson(): string {
  const lines = Array.from({ length: STREAMS }, (_unused, index) =>
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

async function main(): Promise<void> {
  printMachine();
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
      body: streamsAsNdjson(),
    });
    const importMs = performance.now() - importedAt;
    // Nothing can be placed yet: the first instance begins the measurement.
    await bench.call('', { method: 'PATCH', body: JSON.stringify({ frozen: true }) });
    await bench.registerInstances(INSTANCES, 1_000);
    await bench.call('', { method: 'PATCH', body: JSON.stringify({ frozen: false }) });
    const placedMs = await untilPlaced(bench);
    printTable([
      ['', 'seconds', 'per second'],
      [
        `import of ${count(STREAMS)} streams (NDJSON)`,
        (importMs / 1_000).toFixed(1),
        count(STREAMS / (importMs / 1_000)),
      ],
      [
        `placing them on ${count(INSTANCES)} instances`,
        (placedMs / 1_000).toFixed(1),
        count(STREAMS / (placedMs / 1_000)),
      ],
    ]);
    print(`aim: ${count(AIM_PER_SECOND)} placements per second, each committed with its event`);
    const memory = residentMb(bench.stack.pidOf('balancer-worker'));
    print(`balancer-worker with this fleet: ${memory.toFixed(0)} MiB`);
  } finally {
    await bench.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
