import type { Backend, TableRows } from './backend';
import { follow } from './postgres.server';

/** Tables whose every row must be the same on both databases. */
const COMPARED = [
  'assignments',
  'fleet_revisions',
  'fleets',
  'instance_counters',
  'instance_leases',
  'instance_losses',
  'instances',
  'move_ends',
  'moves',
  'plans',
  'streams',
] as const;
/**
 * Encrypted anew each time; and numbers that are given to rows of one statement in whatever order
 * it writes them.
 */
const LEFT_OUT = new Set(['source_encrypted', 'source_fingerprint', 'move_id', 'loss_id']);

/** Everything about ownership that is committed, as text: equal texts, equal states. */
export function stateText(backend: Backend): string | Promise<string> {
  return follow(backend.readTables(COMPARED), (tables) =>
    COMPARED.map((name) => `${name}\n${tableText(tables[name] ?? [])}`).join('\n'),
  );
}

function tableText(rows: TableRows): string {
  return rows
    .map((row) => rowText(row))
    .sort()
    .join('\n');
}

function rowText(row: Record<string, unknown>): string {
  return Object.keys(row)
    .filter((column) => !LEFT_OUT.has(column))
    .sort()
    .map((column) => `${column}=${valueText(row[column])}`)
    .join(' ');
}

/** Times as ms, numbers of 64 bits as the driver rounds them, objects with their keys in order. */
function valueText(value: unknown): string {
  if (value instanceof Date) return String(value.getTime());
  if (typeof value === 'bigint') return String(Number(value));
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, member]) => `${key}:${valueText(member)}`).join(',')}}`;
}
