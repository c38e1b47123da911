import { portTaken } from '@weir/embedded';
import { StartError } from './start.error';

/** Where everything listens: ports count up from WEIR_PORT. */
export interface PortPlan {
  readonly api: number;
  readonly balancer: number;
  readonly checker: number;
  readonly aggregator: number;
  readonly postgres: number;
  readonly redis: number;
  readonly sources: number;
  /** One per stream-worker. */
  readonly workers: readonly number[];
}

/**
 * Stream-workers start ten ports above the first, so that their number does not shift the others.
 */
const WORKERS_OFFSET = 10;

export function planPorts(base: number, workers: number): PortPlan {
  return {
    api: base,
    balancer: base + 1,
    checker: base + 2,
    aggregator: base + 3,
    postgres: base + 4,
    redis: base + 5,
    sources: base + 6,
    workers: Array.from({ length: workers }, (_unused, index) => base + WORKERS_OFFSET + index),
  };
}

/** @throws StartError naming every port that somebody else listens on. */
export async function assertPortsFree(ports: PortPlan): Promise<void> {
  const { workers, ...single } = ports;
  const named = [
    ...Object.entries(single).map(([name, port]) => ({ name, port })),
    ...workers.map((port, index) => ({ name: `worker-${index + 1}`, port })),
  ];
  const taken = await Promise.all(
    named.map(async (entry) => (await portTaken(entry.port)) && entry),
  );
  const problems = taken.filter((entry) => entry !== false);
  if (problems.length === 0) return;
  const list = problems.map(({ name, port }) => `${port} (${name})`).join(', ');
  throw new StartError(`something else listens on ${list}`, [
    `see what it is: ss -ltnp 'sport = :${problems[0]?.port}'`,
    'or let Weir use other ports: WEIR_PORT=7170 npm start',
  ]);
}
