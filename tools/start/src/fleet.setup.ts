import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { samplePlaylist } from '@weir/source-server';
import { DEFAULT_FLEET } from './stack.options';
import type { StackOptions } from './stack.options';
import { StartError } from './start.error';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
  '.csv': 'text/csv',
  '.m3u': 'audio/x-mpegurl',
  '.m3u8': 'audio/x-mpegurl',
};
const LINES_SHOWN = 10;

interface ImportAnswer {
  readonly rejectedCount: number;
  readonly rejected: readonly {
    readonly line: number;
    readonly errors: readonly { message: string }[];
  }[];
}

/**
 * Makes the fleet that the workers join, unless it is there: then its settings are the user's.
 * @returns whether it was made now.
 */
export async function ensureDemoFleet(
  apiUrl: string,
  key: string,
  leaseTtlMs: number,
): Promise<boolean> {
  const url = `${apiUrl}/v1/fleets/${DEFAULT_FLEET}`;
  const known = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  await known.arrayBuffer();
  if (known.ok) return false;
  await call(key, url, {
    method: 'PUT',
    contentType: 'application/json',
    body: JSON.stringify({ leaseTtlMs }),
  });
  return true;
}

/** Imports the file that was named, or, into a new fleet, the sample. */
export async function importStreams(
  apiUrl: string,
  key: string,
  what: {
    readonly isNewFleet: boolean;
    readonly options: StackOptions;
    readonly sourcesPort: number;
  },
): Promise<void> {
  const { streamsFile, sampleStreams } = what.options;
  const url = `${apiUrl}/v1/fleets/${DEFAULT_FLEET}/streams:import`;
  if (streamsFile !== undefined) {
    const body = readStreamsFile(streamsFile);
    const answer = await call<ImportAnswer>(key, url, { method: 'POST', ...body });
    assertNothingRejected(streamsFile, answer);
  } else if (what.isNewFleet && sampleStreams > 0) {
    await call(key, url, {
      method: 'POST',
      contentType: 'audio/x-mpegurl',
      body: samplePlaylist(`http://127.0.0.1:${what.sourcesPort}`, sampleStreams),
    });
  }
}

/** @throws StartError for a file that cannot be read or whose kind is not known. */
export function readStreamsFile(path: string): { contentType: string; body: string } {
  const contentType = CONTENT_TYPES[extname(path).toLowerCase()];
  if (!contentType) {
    throw new StartError(`cannot tell the format of ${path} from its name`, [
      `name it with one of ${Object.keys(CONTENT_TYPES).join(' ')}`,
    ]);
  }
  try {
    return { contentType, body: readFileSync(path, 'utf8') };
  } catch (error) {
    throw new StartError(`cannot read ${path}: ${(error as Error).message}`, [
      'check the path given with --streams',
    ]);
  }
}

/** The good lines are in; the others are shown. */
function assertNothingRejected(path: string, answer: ImportAnswer): void {
  if (answer.rejectedCount === 0) return;
  const lines = answer.rejected
    .slice(0, LINES_SHOWN)
    .map(({ line, errors }) => `line ${line}: ${errors.map((error) => error.message).join('; ')}`);
  throw new StartError(
    `${answer.rejectedCount} lines of ${path} are not streams (the others were imported)`,
    ['mend these lines and start again'],
    lines,
  );
}

async function call<T>(
  key: string,
  url: string,
  request: { method: string; contentType: string; body: string },
): Promise<T> {
  const response = await fetch(url, {
    method: request.method,
    headers: { authorization: `Bearer ${key}`, 'content-type': request.contentType },
    body: request.body,
  });
  const text = await response.text();
  if (!response.ok) {
    throw new StartError(`${request.method} ${url} was answered ${response.status}`, [], [text]);
  }
  return JSON.parse(text) as T;
}
