import { DomainError } from '@weir/domain';
import type { ImportRecord } from './import.record';
import { splitLines } from './line.splitter';
import type { Line } from './line.splitter';

/** What an #EXTINF line said of the address that follows it. */
interface Entry {
  readonly line: number;
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

const ATTRIBUTE = /([A-Za-z0-9-]+)="([^"]*)"/g;
/** Attributes that go into the stream's config, and under which name. */
const CONFIG_FIELDS = { 'tvg-id': 'tvgId', 'group-title': 'group', 'tvg-logo': 'logo' } as const;

/** What only playlists of one stream's segments have. */
const SEGMENT_TAGS = /^#EXT-X-(TARGETDURATION|MEDIA-SEQUENCE|STREAM-INF)/;

/**
 * A playlist of streams: `#EXTINF:-1 tvg-id="a" group-title="b",Name`, then the address. Other
 * comment lines are left out.
 * @throws DomainError INVALID_INPUT for an HLS playlist, which is the source of one stream
 */
export async function* readM3u(body: AsyncIterable<Buffer>): AsyncGenerator<ImportRecord> {
  let entry: Entry | undefined;
  for await (const line of splitLines(body)) {
    const text = line.text?.trim();
    if (text === '') continue;
    if (text === undefined) {
      yield { line: line.number, problems: [{ path: '', message: line.problem ?? '' }] };
      entry = undefined;
    } else if (!text.startsWith('#')) {
      yield readAddress(line, text, entry);
      entry = undefined;
    } else if (text.startsWith('#EXTINF:')) {
      if (entry) yield refuseLonely(entry);
      entry = readEntry(line, text);
    } else assertNoSegments(text);
  }
  if (entry) yield refuseLonely(entry);
}

function readAddress({ number }: Line, address: string, entry: Entry | undefined): ImportRecord {
  if (!entry?.name) {
    const message = 'is required: the title of an #EXTINF line before the address, or its tvg-name';
    return { line: number, problems: [{ path: 'name', message }] };
  }
  const { line, name, config } = entry;
  if (!URL.canParse(address)) {
    return { line, name, problems: [{ path: 'source', message: 'must be a whole address' }] };
  }
  const isConfigured = Object.keys(config).length > 0;
  return { line, fields: { name, source: address, ...(isConfigured && { config }) } };
}

/** The title is what follows the first comma outside quotes. */
function readEntry({ number }: Line, text: string): Entry {
  const attributes = new Map<string, string>();
  const rest = text.replaceAll(ATTRIBUTE, (_match, key: string, value: string) => {
    attributes.set(key.toLowerCase(), value.trim());
    return '';
  });
  const comma = rest.indexOf(',');
  const title = comma < 0 ? '' : rest.slice(comma + 1).trim();
  const config = Object.entries(CONFIG_FIELDS).flatMap(([attribute, field]) => {
    const value = attributes.get(attribute);
    return value ? [[field, value]] : [];
  });
  return {
    line: number,
    name: title || (attributes.get('tvg-name') ?? ''),
    config: Object.fromEntries(config) as Readonly<Record<string, string>>,
  };
}

function refuseLonely({ line, name }: Entry): ImportRecord {
  const problems = [{ path: 'source', message: 'is required: no address follows this line' }];
  return { line, problems, ...(name !== '' && { name }) };
}

function assertNoSegments(text: string): void {
  if (!SEGMENT_TAGS.test(text)) return;
  throw new DomainError(
    'INVALID_INPUT',
    'this is an HLS playlist: it is the source of one stream, not a list of streams',
  );
}
