import { DomainError } from '@weir/domain';
import { parseJsonBody } from '../http/json.parser';
import type { ImportRecord } from './import.record';
import { splitLines } from './line.splitter';
import type { Line } from './line.splitter';

/** One JSON object per line; empty lines are left out. */
export async function* readNdjson(body: AsyncIterable<Buffer>): AsyncGenerator<ImportRecord> {
  for await (const line of splitLines(body)) {
    if (line.text === null || line.text.trim() !== '') yield readLine(line);
  }
}

function readLine({ number, text, problem }: Line): ImportRecord {
  if (text === null) return { line: number, problems: [{ path: '', message: problem ?? '' }] };
  try {
    return { line: number, fields: parseJsonBody(text) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const problems =
      error.problems.length > 0
        ? error.problems
        : [{ path: '', message: error.message.replace(/^the body/, 'the line') }];
    return { line: number, problems };
  }
}
