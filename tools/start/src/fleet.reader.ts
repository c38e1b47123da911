import { DEFAULT_FLEET } from './stack.options';

/** An instance as the live table shows it. */
export interface InstanceLine {
  readonly serverId: string;
  readonly status: string;
  readonly assignedStreams: number;
  readonly maxStreams: number;
  readonly port: number;
}

/** A stream as the live table shows it. */
export interface StreamLine {
  readonly streamId: string;
  readonly name: string;
  readonly serverId: string | null;
  readonly status: string;
  readonly state: string;
  readonly kbps: number | null;
  readonly title: string;
}

export interface FleetPicture {
  readonly instances: readonly InstanceLine[];
  readonly streams: readonly StreamLine[];
}

interface AssignmentItem {
  readonly streamId: string;
  readonly streamName: string;
  readonly serverId: string | null;
  readonly status: string;
  readonly reportedState: string | null;
  readonly unplacedReasons: Readonly<Record<string, number>> | null;
}

interface WorkerStream {
  readonly streamId: string;
  readonly state: string;
  readonly bitrateKbps: number | null;
  readonly title: string | null;
  readonly lastError: string | null;
}

/** The table shows no more streams than this. */
const STREAMS_MAX = 200;
const TIMEOUT_MS = 2_000;

/** Asks the API for owners, and each stream-worker for what it measures. */
export async function readFleet(apiUrl: string, key: string): Promise<FleetPicture> {
  const fleet = `${apiUrl}/v1/fleets/${DEFAULT_FLEET}`;
  const [instances, assignments] = await Promise.all([
    getItems<InstanceLine>(`${fleet}/instances?limit=100`, key),
    getItems<AssignmentItem>(`${fleet}/assignments?limit=${STREAMS_MAX}`, key),
  ]);
  const measured = await readWorkers(instances);
  const streams = assignments.map((item) => toLine(item, measured.get(item.streamId)));
  return { instances, streams };
}

function toLine(item: AssignmentItem, measured: WorkerStream | undefined): StreamLine {
  const reasons = Object.keys(item.unplacedReasons ?? {}).join(', ');
  return {
    streamId: item.streamId,
    name: item.streamName,
    serverId: item.serverId,
    status: item.status,
    state: item.serverId ? (measured?.state ?? item.reportedState ?? item.status) : item.status,
    kbps: measured?.bitrateKbps ?? null,
    title: measured?.lastError ?? measured?.title ?? reasons,
  };
}

async function readWorkers(instances: readonly InstanceLine[]): Promise<Map<string, WorkerStream>> {
  const alive = instances.filter(({ status }) => status !== 'lost' && status !== 'left');
  const lists = await Promise.all(
    alive.map(({ port }) =>
      get<{ items: WorkerStream[] }>(`http://127.0.0.1:${port}/streams`)
        .then(({ items }) => items)
        .catch(() => []),
    ),
  );
  return new Map(lists.flat().map((stream) => [stream.streamId, stream]));
}

async function getItems<T>(url: string, key: string): Promise<T[]> {
  return (await get<{ items: T[] }>(url, key)).items;
}

async function get<T>(url: string, key?: string): Promise<T> {
  const response = await fetch(url, {
    headers: key ? { authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`${url} was answered ${response.status}`);
  return (await response.json()) as T;
}
