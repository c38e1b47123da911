import { HlsCursor } from './hls.cursor';
import { chooseVariant, parseHlsPlaylist } from './hls.playlist';
import type { HlsPlaylist } from './hls.playlist';

const base = new URL('http://source.test/live/index.m3u8');

function media(first: number, count: number, tail = ''): Extract<HlsPlaylist, { kind: 'media' }> {
  const segments = Array.from({ length: count }, (_, i) => `#EXTINF:4.0,\ns${first + i}.ts`);
  const text = [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:4',
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...segments,
    tail,
  ].join('\n');
  return parseHlsPlaylist(text, base) as Extract<HlsPlaylist, { kind: 'media' }>;
}

const sequences = (step: { segments: readonly { sequence: number }[] }) =>
  step.segments.map(({ sequence }) => sequence);

describe('parseHlsPlaylist', () => {
  it('resolves variants against the playlist and prefers the highest bandwidth', () => {
    const text = [
      '#EXTM3U',
      '#EXT-X-STREAM-INF:BANDWIDTH=64000',
      'low/index.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=128000',
      'https://other.test/high.m3u8',
    ].join('\n');
    const playlist = parseHlsPlaylist(text, base);
    if (playlist.kind !== 'master') throw new Error('not a master');
    expect(playlist.variants[0]?.url.href).toBe('http://source.test/live/low/index.m3u8');
    expect(chooseVariant(playlist.variants).url.href).toBe('https://other.test/high.m3u8');
  });

  it('numbers segments, and knows ranges, maps, discontinuities and titles', () => {
    const text = [
      '#EXTM3U',
      '#EXT-X-TARGETDURATION:6',
      '#EXT-X-MEDIA-SEQUENCE:7',
      '#EXT-X-MAP:URI="init.mp4"',
      '#EXTINF:5.5,A title',
      '#EXT-X-BYTERANGE:1000@500',
      'all.mp4',
      '#EXT-X-DISCONTINUITY',
      '#EXTINF:6,',
      'b.mp4',
      '#EXT-X-ENDLIST',
    ].join('\n');
    const playlist = parseHlsPlaylist(text, base);
    if (playlist.kind !== 'media') throw new Error('not a media playlist');
    expect(playlist).toMatchObject({ targetDurationMs: 6_000, isEnded: true });
    expect(playlist.segments).toMatchObject([
      {
        sequence: 7,
        durationMs: 5_500,
        title: 'A title',
        range: { offset: 500, length: 1000 },
        isDiscontinuity: false,
      },
      { sequence: 8, durationMs: 6_000, title: undefined, isDiscontinuity: true },
    ]);
    expect(playlist.segments[0]?.initialization?.url.pathname).toBe('/live/init.mp4');
  });

  it('refuses what is no playlist', () => {
    expect(() => parseHlsPlaylist('<html>sorry</html>', base)).toThrow('not an HLS playlist');
  });
});

describe('HlsCursor', () => {
  it('enters a live playlist three segments before its end, then takes each segment once', () => {
    const cursor = new HlsCursor();
    expect(sequences(cursor.advance(media(10, 6)))).toEqual([13, 14, 15]);
    const step = cursor.advance(media(11, 6));
    expect([sequences(step), step.reloadAfterMs, step.gap]).toEqual([[16], 4_000, undefined]);
  });

  it('looks again after half the time when nothing changed', () => {
    const cursor = new HlsCursor();
    cursor.advance(media(10, 3));
    expect(cursor.advance(media(10, 3))).toMatchObject({ segments: [], reloadAfterMs: 2_000 });
  });

  it('says what it missed when the window has moved on', () => {
    const cursor = new HlsCursor();
    cursor.advance(media(10, 3));
    const step = cursor.advance(media(20, 3));
    expect([sequences(step), step.gap]).toEqual([[20, 21, 22], '7 segments missed']);
  });

  it('enters anew when the numbering begins anew', () => {
    const cursor = new HlsCursor();
    cursor.advance(media(100, 6));
    const step = cursor.advance(media(0, 6));
    expect([sequences(step), step.gap]).toEqual([[3, 4, 5], 'the numbering began anew']);
  });

  it('plays a finished playlist from its beginning, and waits out an empty one', () => {
    const cursor = new HlsCursor();
    expect(sequences(cursor.advance(media(0, 5, '#EXT-X-ENDLIST')))).toEqual([0, 1, 2, 3, 4]);
    expect(new HlsCursor().advance(media(0, 0))).toMatchObject({ segments: [] });
  });
});
