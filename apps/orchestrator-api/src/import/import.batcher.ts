import type { ImportRow } from '@weir/database';
import { checkStream } from '../streams/stream.rules';
import type { GivenStream } from '../streams/stream.rules';
import type { ImportRecord } from './import.record';
import type { ImportTally } from './import.tally';

/** Rows of one change of ownership: enough to be fast, few enough to let others in between. */
const BATCH_ROWS = 2_000;

/**
 * Turns entries into batches of good rows with different names. Entries that are no stream, or
 * whose name was used earlier in the same import, are rejected.
 */
export async function* collectBatches(
  records: AsyncIterable<ImportRecord>,
  tally: ImportTally,
): AsyncGenerator<ImportRow[]> {
  const lineByName = new Map<string, number>();
  let batch: ImportRow[] = [];
  for await (const record of records) {
    const row = readRow(record, lineByName, tally);
    if (row) batch.push(row);
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function readRow(
  record: ImportRecord,
  lineByName: Map<string, number>,
  tally: ImportTally,
): ImportRow | undefined {
  const { line } = record;
  if ('problems' in record) {
    const { name, problems } = record;
    tally.reject({ line, ...(name !== undefined && { name }), errors: problems });
    return undefined;
  }
  const problems = checkStream(record.fields);
  if (problems.length > 0) {
    tally.reject({ line, ...nameOf(record.fields), errors: problems });
    return undefined;
  }
  const given = record.fields as GivenStream;
  const firstLine = lineByName.get(given.name);
  if (firstLine !== undefined) {
    const message = `is the name of line ${firstLine} already`;
    tally.reject({ line, name: given.name, errors: [{ path: 'name', message }] });
    return undefined;
  }
  lineByName.set(given.name, line);
  return toRow(given);
}

/** To recognise the entry by, when it has a usable name. */
function nameOf(fields: unknown): { readonly name?: string } {
  if (typeof fields !== 'object' || fields === null || !('name' in fields)) return {};
  const { name } = fields;
  return typeof name === 'string' && name !== '' ? { name: name.slice(0, 256) } : {};
}

function toRow(given: GivenStream): ImportRow {
  return {
    name: given.name,
    source: given.source,
    weight: given.weight ?? null,
    resources: given.resources ?? null,
    moveCost: given.moveCost ?? null,
    priority: given.priority ?? null,
    exclusive: given.exclusive ?? null,
    autonomyMs: given.autonomyMs ?? null,
    requires: given.requires ?? null,
    avoid: given.avoid ?? null,
    spreadGroup: given.spreadGroup === undefined ? null : (given.spreadGroup ?? ''),
    enabled: given.enabled ?? null,
    config: given.config ?? null,
  };
}
