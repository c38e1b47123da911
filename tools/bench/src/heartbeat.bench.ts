import { EMPTY_DIGEST } from '@weir/domain';
import { DEFAULT_FLEET } from '@weir/start';
import { BenchStack } from './bench.stack';
import type { LoadResult } from './load.generator';
import { residentMb, sendLoad, startEcho } from './program';
import { count, print, printMachine, printTable } from './report';

const FLEET_SIZES = [1_000, 5_000, 20_000];
/** Each instance keeps a connection of its own; a machine of two cores drives this many at once. */
const CONNECTIONS = 1_000;
const SECONDS = 10;
const WARM_UP_SECONDS = 3;
/** Share of the bare echo that durable heartbeats should reach. */
const AIM = 0.5;

/** A heartbeat as a busy instance sends it. */
function heartbeatBody(seenRevision: number): string {
  return JSON.stringify({
    incarnation: 1,
    seenRevision,
    running: { count: 0, digest: EMPTY_DIGEST },
    metrics: {
      cpu: 0.42,
      memory: 0.61,
      eventLoopLagMs: 1.5,
      bandwidthMbps: 12.5,
      errorRate: 0.001,
      latencyP95Ms: 18,
    },
  });
}

async function measureEcho(body: string): Promise<LoadResult> {
  const echo = await startEcho();
  const order = {
    url: `http://127.0.0.1:${echo.port}`,
    connections: CONNECTIONS,
    key: 'none',
    pathPattern: '/{n}',
    instances: 1_000,
    body,
  };
  await sendLoad({ ...order, seconds: WARM_UP_SECONDS });
  const result = await sendLoad({ ...order, seconds: SECONDS });
  echo.child.kill();
  return result;
}

async function measureHeartbeats(bench: BenchStack, instances: number): Promise<LoadResult> {
  const revision = await bench.registerInstances(instances, 100);
  const order = {
    url: bench.stack.apiUrl,
    connections: CONNECTIONS,
    key: bench.stack.home.keys().instance,
    pathPattern: `/v1/fleets/${DEFAULT_FLEET}/instances/bench-{n}/heartbeat`,
    instances,
    body: heartbeatBody(revision),
  };
  await sendLoad({ ...order, seconds: WARM_UP_SECONDS });
  return sendLoad({ ...order, seconds: SECONDS });
}

function row(name: string, result: LoadResult, echo: LoadResult): string[] {
  return [
    name,
    count(result.perSecond),
    (result.perSecond / echo.perSecond).toFixed(2),
    result.p50Ms.toFixed(0),
    result.p99Ms.toFixed(0),
    count(result.failed),
  ];
}

async function main(): Promise<void> {
  printMachine();
  print(`${CONNECTIONS} connections, ${SECONDS} s each after ${WARM_UP_SECONDS} s of warm-up`);
  const echo = await measureEcho(heartbeatBody(0));
  const rows = [
    ['', 'per second', 'of echo', 'p50 ms', 'p99 ms', 'failed'],
    row('bare Fastify echo of the same body', echo, echo),
  ];
  let last = echo;
  for (const size of FLEET_SIZES) {
    const bench = await BenchStack.start({
      workers: 0,
      sampleStreams: 0,
      services: ['orchestrator-api'],
      leaseTtlMs: 60_000,
    });
    last = await measureHeartbeats(bench, size);
    const memory = residentMb(bench.stack.pidOf('orchestrator-api'));
    rows.push(
      row(`heartbeats, ${count(size)} instances (API ${memory.toFixed(0)} MiB)`, last, echo),
    );
    await bench.stop();
  }
  printTable(rows);
  print(
    `aim: at least ${AIM} of the echo, every heartbeat committed to disk before it is answered`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
