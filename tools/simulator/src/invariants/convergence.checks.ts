import type { TableRows } from '../postgres/backend';
import type { SimulatedWorld } from '../world/simulated.world';

/** Tables that say what should run and what does. */
export const OWNERSHIP_TABLES = [
  'streams',
  'assignments',
  'instances',
  'moves',
  'move_ends',
] as const;

/** Moves that are over, or have not begun. */
const RESTING = new Set<unknown>(['done', 'aborted', 'cancelled', 'planned']);

type Row = TableRows[number];

/**
 * What keeps the fleet from being at rest: wanted streams that do not run where the database says,
 * streams that run and should not, and steps that are not finished. Empty when all is well.
 */
export function findUnsettled(
  world: SimulatedWorld,
  tables: Readonly<Record<string, TableRows>>,
): string[] {
  const { streams = [], assignments = [], moves = [], move_ends: ends = [] } = tables;
  const problems: string[] = [];
  const byId = new Map(assignments.map((row) => [row['stream_id'], row]));
  for (const stream of streams) {
    const row = byId.get(stream['stream_id']);
    const problem = row && findProblem(world, stream, row);
    if (problem) problems.push(problem);
  }
  for (const move of moves) {
    if (RESTING.has(move['state'])) continue;
    problems.push(`move ${String(move['move_id'])} is ${String(move['state'])}`);
  }
  for (const end of ends) {
    const { stream_id: streamId, server_id: serverId } = end;
    problems.push(`${String(serverId)} still has an end of stream ${String(streamId)}`);
  }
  return problems;
}

function findProblem(world: SimulatedWorld, stream: Row, row: Row): string | undefined {
  const isWanted = stream['enabled'] === true && stream['deleted_at'] === null;
  const streamId = String(stream['stream_id']);
  const holders = world.ledger.holdersOf(streamId);
  const name = `stream ${streamId} (${String(stream['name'])})`;
  if (!isWanted) {
    if (row['server_id'] !== null) return `${name} is not wanted and ${String(row['status'])}`;
    return holders.length > 0
      ? `${name} is not wanted and runs on ${holders[0]?.process.name}`
      : undefined;
  }
  if (row['status'] !== 'running') {
    return `${name} is ${String(row['status'])}, owned by ${String(row['server_id'] ?? 'nobody')}`;
  }
  const owner = holders.find((held) => held.epoch === row['epoch']);
  if (!owner) return `${name} should run on ${String(row['server_id'])} and does not`;
  if (holders.length > 1) return `${name} runs ${holders.length} times`;
  return undefined;
}

/** One number for everything about ownership that may not change at rest. */
export function fingerprint(tables: Readonly<Record<string, TableRows>>): string {
  const { assignments = [], moves = [] } = tables;
  const owned = assignments.map((row) => [
    row['stream_id'],
    row['epoch'],
    row['server_id'],
    row['status'],
  ]);
  return JSON.stringify([owned, moves.length]);
}
