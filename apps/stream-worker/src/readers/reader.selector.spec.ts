import { startSourceServer } from '@weir/source-server';
import type { SourceServer } from '@weir/source-server';
import { OddSource, RecordingSink, until } from './odd.source.test-support';
import { openReader, parsePointer } from './reader.selector';

describe('openReader', () => {
  let source: SourceServer;
  let odd: OddSource;
  let session: AbortController;

  beforeAll(async () => {
    source = await startSourceServer({ titleMs: 100 });
    odd = await new OddSource().listen();
  });
  afterAll(async () => {
    await source.close();
    await odd.close();
  });
  beforeEach(() => (session = new AbortController()));
  afterEach(() => session.abort());

  const open = (url: string, headers: Record<string, string> = { 'icy-metadata': '1' }) =>
    openReader(url, { headers, signal: session.signal });

  /** Reads until the condition holds, and ends the session. */
  async function readUntil(url: string, condition: (sink: RecordingSink) => boolean) {
    const sink = new RecordingSink();
    const reader = await open(url);
    const reading = reader.read(sink, session.signal).catch(() => undefined);
    await until('enough was read', () => condition(sink));
    session.abort();
    await reading;
    return { sink, kind: reader.kind };
  }

  it('reads an Icecast stream with its titles', async () => {
    const { sink, kind } = await readUntil(
      `${source.baseUrl}/radio/jazz.mp3?speed=20`,
      ({ titles }) => titles.length >= 2,
    );
    expect(kind).toBe('icy');
    expect(sink.titles[0]).toMatch(/^jazz - Tune \d+$/);
    expect(sink.bytes).toBeGreaterThan(16_000);
  });

  it('reads plain audio', async () => {
    const { kind } = await readUntil(`${source.baseUrl}/radio/tone.wav`, (s) => s.bytes > 10_000);
    expect(kind).toBe('http');
  });

  it.each(['index', 'master'])('reads HLS from its %s playlist', async (name) => {
    const url = `${source.baseUrl}/hls/news/${name}.m3u8`;
    const { sink, kind } = await readUntil(url, ({ media }) => media.length >= 2);
    expect(kind).toBe('hls');
    expect(sink.media.every(({ bytes, durationMs }) => bytes > 0 && durationMs > 0)).toBe(true);
    expect(sink.bytes).toBe(sink.media.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(sink.piecesEveryMs).toBeGreaterThan(0);
  });

  it('leaves nobody connected when the session ends', async () => {
    await readUntil(`${source.baseUrl}/radio/gone.mp3`, (sink) => sink.bytes > 0);
    await until('the listener is gone', () => source.listenerCount('gone') === 0);
  });

  it('follows redirects, and gives up when they do not end', async () => {
    const end = odd.serve('/end', 'audio/mpeg', 'audio');
    odd.redirect('/two', end, 307);
    const first = odd.redirect('/one', '/two');
    const sink = new RecordingSink();
    await (await open(first)).read(sink, session.signal);
    expect(sink.bytes).toBe(5);
    await expect(open(odd.redirect('/loop', '/loop'))).rejects.toThrow('redirects');
    expect(odd.countOf('/loop')).toBe(9);
    await expect(open(odd.redirect('/away', 'ftp://x.test/'))).rejects.toThrow('not an http');
  });

  it('does not carry credentials to another server', async () => {
    const other = await new OddSource().listen();
    const headers = { authorization: 'Bearer s', cookie: 'c', 'x-own': 'kept' };
    const target = other.serve('/target', 'audio/mpeg', '');
    await open(odd.redirect('/leak', target), headers);
    expect(other.requests[0]?.headers).toMatchObject({ 'x-own': 'kept' });
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.headers).not.toHaveProperty('cookie');
    await other.close();
  });

  it('says what a failing source answers, never where it is', async () => {
    await expect(open(`${odd.url}/secret-path?token=hunter2`)).rejects.toThrow(
      /^answered 404 Not Found$/,
    );
  });

  it('follows a playlist that only names a stream', async () => {
    const audio = odd.serve('/audio', 'audio/mpeg', 'audio');
    const list = `#EXTM3U\n#EXTINF:-1,Name\n${audio}\n`;
    const sink = new RecordingSink();
    await (await open(odd.serve('/list', 'audio/x-mpegurl', list))).read(sink, session.signal);
    expect(sink.bytes).toBe(5);
    const self = odd.serve('/self.m3u', 'audio/x-mpegurl', '/self.m3u');
    await expect(open(self)).rejects.toThrow('lead to each other');
  });

  it('takes the first address of M3U and PLS files', () => {
    const base = new URL('http://a.test/dir/list.pls');
    const pls = '[playlist]\nNumberOfEntries=1\nTitle1=x\nFile1=http://b.test/live\n';
    expect(parsePointer(pls, base).href).toBe('http://b.test/live');
    expect(parsePointer('#EXTM3U\nlive.mp3', base).href).toBe('http://a.test/dir/live.mp3');
    expect(() => parsePointer('# nothing\n', base)).toThrow('names nothing');
  });

  it('fails when a body breaks off', async () => {
    const url = odd.on('/broken', (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': '1000' });
      response.write('only this');
      setImmediate(() => response.destroy());
    });
    const reader = await open(url);
    await expect(reader.read(new RecordingSink(), session.signal)).rejects.toThrow();
  });

  it('goes on past one segment that cannot be had, and gives up after three in a row', async () => {
    const lines = (names: string[]) => names.map((name) => `#EXTINF:0.01,\n${name}`).join('\n');
    const playlist = (names: string[]) =>
      `#EXTM3U\n#EXT-X-TARGETDURATION:1\n${lines(names)}\n#EXT-X-ENDLIST`;
    const type = 'application/vnd.apple.mpegurl';
    odd.serve('/good.ts', 'video/mp2t', 'segment');
    const names = ['good.ts', 'gone1.ts', 'good.ts'];
    const sink = new RecordingSink();
    await (await open(odd.serve('/a.m3u8', type, playlist(names)))).read(sink, session.signal);
    expect([sink.bytes, sink.gaps]).toEqual([14, ['a segment could not be had']]);
    const bad = odd.serve('/b.m3u8', type, playlist(['gone1.ts', 'gone2.ts', 'gone3.ts']));
    const reader = await open(bad);
    await expect(reader.read(new RecordingSink(), session.signal)).rejects.toThrow('answered 404');
  });
});
