import { EMPTY_DIGEST } from '@weir/domain';
import { DEFAULT_FLEET } from '@weir/start';
import { BenchStack } from './bench.stack';
import type { LoadResult } from './load.generator';
import { residentMb, sendLoad, startEcho } from './program';
import { printRates, runRateProgram } from './rates/rate.program';
import type { RateOptions } from './rates/rate.program';
import { count, print, printMachine, printTable } from './report';

const FLEET_SIZES = [1_000, 5_000, 20_000];
const QUICK_FLEET_SIZES = [1_000];
/** Each instance keeps a connection of its own; a machine of two cores drives this many at once. */
const CONNECTIONS = 1_000;
const SECONDS = 10;
const QUICK_SECONDS = 3;
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

async function measureEcho(body: string, seconds: number): Promise<LoadResult> {
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
  const result = await sendLoad({ ...order, seconds });
  echo.child.kill();
  return result;
}

async function measureHeartbeats(
  bench: BenchStack,
  { instances, seconds }: { readonly instances: number; readonly seconds: number },
): Promise<LoadResult> {
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
  return sendLoad({ ...order, seconds });
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

interface FleetResult extends LoadResult {
  readonly instances: number;
  readonly apiMb: number;
}

async function measureFleet(instances: number, seconds: number): Promise<FleetResult> {
  const bench = await BenchStack.start({
    workers: 0,
    sampleStreams: 0,
    services: ['orchestrator-api'],
    leaseTtlMs: 60_000,
  });
  try {
    const result = await measureHeartbeats(bench, { instances, seconds });
    return { ...result, instances, apiMb: residentMb(bench.stack.pidOf('orchestrator-api')) };
  } finally {
    await bench.stop();
  }
}

async function measure({ isQuick, isJson }: RateOptions): Promise<void> {
  const seconds = isQuick ? QUICK_SECONDS : SECONDS;
  const echo = await measureEcho(heartbeatBody(0), seconds);
  const fleets: FleetResult[] = [];
  for (const instances of isQuick ? QUICK_FLEET_SIZES : FLEET_SIZES) {
    fleets.push(await measureFleet(instances, seconds));
  }
  if (isJson) return printRates('heartbeat', toRates(fleets), { echo, fleets });
  printMachine();
  print(`${CONNECTIONS} connections, ${seconds} s each after ${WARM_UP_SECONDS} s of warm-up`);
  printTable([
    ['', 'per second', 'of echo', 'p50 ms', 'p99 ms', 'failed'],
    row('bare Fastify echo of the same body', echo, echo),
    ...fleets.map((fleet) => row(titleOf(fleet), fleet, echo)),
  ]);
  print(
    `aim: at least ${AIM} of the echo, every heartbeat committed to disk before it is answered`,
  );
}

function titleOf({ instances, apiMb }: FleetResult): string {
  return `heartbeats, ${count(instances)} instances (API ${apiMb.toFixed(0)} MiB)`;
}

function toRates(fleets: readonly FleetResult[]): Record<string, number> {
  return Object.fromEntries(
    fleets.map(({ instances, perSecond }) => [
      `heartbeats per second, ${count(instances)} instances`,
      perSecond,
    ]),
  );
}

runRateProgram({
  name: 'heartbeat',
  about: `How many heartbeats one orchestrator-api takes in a second, each committed before it is
answered, beside a bare echo of the same body.`,
  measure,
});
