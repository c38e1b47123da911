import { listServices } from '@weir/database';
import type { ServiceRecord, TransactionRunner } from '@weir/database';
import { hostname } from 'node:os';
import { messageOf, PROBE_TIMEOUT_MS, readProbe } from './probe.reading';
import { selectReplicas } from './replica.selection';

/** A replica that was not heard of for longer is history. In ms. */
const KNOWN_WITHIN_MS = 3_600_000;

/** What a replica's readiness endpoint said. */
export type ReplicaAnswer =
  | { readonly kind: 'answered'; readonly httpStatus: number; readonly latencyMs: number }
  | { readonly kind: 'no-answer'; readonly error: string }
  | { readonly kind: 'no-address' };

export interface ReplicaReading {
  readonly record: ServiceRecord;
  readonly answer: ReplicaAnswer;
}

/** Every replica that the database knows of, or undefined when it cannot be asked. */
export async function findReplicas(
  runner: TransactionRunner,
): Promise<readonly ServiceRecord[] | undefined> {
  const reading = await readProbe(() => listServices(runner, KNOWN_WITHIN_MS));
  return reading.kind === 'read' ? selectReplicas(reading.figures) : undefined;
}

/** Asks every replica whether it is ready, side by side. */
export function probeReplicas(records: readonly ServiceRecord[]): Promise<ReplicaReading[]> {
  return Promise.all(records.map(async (record) => ({ record, answer: await ask(record) })));
}

async function ask(record: ServiceRecord): Promise<ReplicaAnswer> {
  const url = reachableUrl(record);
  if (url === undefined) return { kind: 'no-address' };
  const startedAt = performance.now();
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const response = await fetch(new URL('/health/readiness', url), { signal });
    await response.body?.cancel();
    const latencyMs = Math.round((performance.now() - startedAt) * 100) / 100;
    return { kind: 'answered', httpStatus: response.status, latencyMs };
  } catch (error) {
    return { kind: 'no-answer', error: messageOf(error) };
  }
}

/**
 * Where to ask a replica. One that listens on every address says so and not which of them we can
 * reach: then its host's name is used, with which the name of a replica begins.
 */
function reachableUrl({ url, replica }: ServiceRecord): string | undefined {
  if (url === null || !URL.canParse(url)) return undefined;
  const reachable = new URL(url);
  if (reachable.hostname !== '0.0.0.0' && reachable.hostname !== '[::]') return url;
  const host = replica.slice(0, replica.lastIndexOf('-'));
  reachable.hostname = host === hostname() ? '127.0.0.1' : host;
  return reachable.href;
}
