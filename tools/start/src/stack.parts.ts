import { join } from 'node:path';
import type { Home } from './home';
import { PostgresPart, RedisPart } from './infrastructure.parts';
import type { Part, Tier } from './part';
import type { PortPlan } from './port.plan';
import { ProcessPart } from './process.part';
import { serviceEnvironment, workerEnvironment } from './service.environment';
import { SourcePart } from './source.part';
import type { StackOptions } from './stack.options';

/** Longest time a service may take to be ready. In ms. */
const SERVICE_TIMEOUT_MS = 130_000;

type OnSpawn = (name: string, pid: number) => void;

interface Plan {
  readonly home: Home;
  readonly options: StackOptions;
  readonly ports: PortPlan;
  readonly onSpawn: OnSpawn;
}

/** Everything that is started before the fleet, in no particular order. */
export function controlPlaneParts(plan: Plan): Part[] {
  const { home, options, ports, onSpawn } = plan;
  const secrets = home.secrets();
  const services = [
    servicePart(plan, 'orchestrator-api', { tier: 'control', port: ports.api }),
    ...balancerParts(plan),
    servicePart(plan, 'consistency-checker', { tier: 'loops', port: ports.checker }),
    servicePart(plan, 'health-aggregator', { tier: 'observation', port: ports.aggregator }),
  ];
  return [
    new PostgresPart(home, secrets, { port: ports.postgres, isDurable: options.isDurable }),
    new RedisPart(home, secrets, { port: ports.redis, kind: options.redisKind, onSpawn }),
    migratePart(plan),
    ...services.filter((part) => options.services.some((name) => part.name.startsWith(name))),
  ];
}

/** The source server and the stream-workers. */
export function fleetParts(plan: Plan): Part[] {
  const { options, ports } = plan;
  const needsSources = options.streamsFile === undefined && options.sampleStreams > 0;
  return [
    ...(needsSources ? [new SourcePart(ports.sources)] : []),
    ...ports.workers.map((port, index) => workerPart(plan, `worker-${index + 1}`, port)),
  ];
}

function migratePart({ home, options, ports, onSpawn }: Plan): Part {
  return new ProcessPart({
    name: 'migrate',
    tier: 'schema',
    program: join(options.root, 'libs/database/dist/migrate.main.js'),
    env: serviceEnvironment(home, ports),
    logFile: home.logOf('migrate'),
    until: 'exit',
    timeoutMs: SERVICE_TIMEOUT_MS,
    onSpawn,
  });
}

/** The first one has the fixed port, further replicas take any free one. */
function balancerParts(plan: Plan): Part[] {
  return Array.from({ length: plan.options.balancers }, (_unused, index) =>
    servicePart(plan, 'balancer-worker', {
      tier: 'loops',
      port: index === 0 ? plan.ports.balancer : 0,
      ...(index > 0 && { name: `balancer-worker-${index + 1}` }),
    }),
  );
}

function servicePart(
  { home, options, ports, onSpawn }: Plan,
  app: string,
  place: { readonly tier: Tier; readonly port: number; readonly name?: string },
): Part {
  const name = place.name ?? app;
  return new ProcessPart({
    name,
    tier: place.tier,
    program: join(options.root, 'apps', app, 'dist/main.js'),
    env: { ...serviceEnvironment(home, ports), WEIR_PORT: String(place.port) },
    logFile: home.logOf(name),
    until: 'ready',
    timeoutMs: SERVICE_TIMEOUT_MS,
    onSpawn,
  });
}

/** One stream-worker; also used to start a further one later. */
export function workerPart(plan: Plan, name: string, port: number): Part {
  const { home, options, ports, onSpawn } = plan;
  return new ProcessPart({
    name,
    tier: 'fleet',
    program: join(options.root, 'apps/stream-worker/dist/main.js'),
    env: workerEnvironment(home, options, { name, port, apiPort: ports.api }),
    logFile: home.logOf(name),
    until: 'ready',
    timeoutMs: SERVICE_TIMEOUT_MS,
    onSpawn,
  });
}
