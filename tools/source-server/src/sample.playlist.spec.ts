import { samplePlaylist, sampleStreams } from './sample.playlist';

describe('sample playlist', () => {
  it('has 24 streams of every kind, half of them plain MP3', () => {
    const kinds = sampleStreams().map((stream) => stream.kind);
    const count = (kind: string): number => kinds.filter((found) => found === kind).length;
    expect(kinds).toHaveLength(24);
    expect(['mp3', 'wav', 'hls', 'hls-master'].map(count)).toEqual([12, 4, 4, 4]);
  });

  it('gives different names and paths, however many are asked for', () => {
    const streams = sampleStreams(1_000);
    expect(new Set(streams.map((stream) => stream.name)).size).toBe(1_000);
    expect(new Set(streams.map((stream) => stream.path)).size).toBe(1_000);
  });

  it('is an M3U with a name and an address for each stream', () => {
    expect(samplePlaylist('http://127.0.0.1:7090', 2)).toBe(
      '#EXTM3U\n' +
        '#EXTINF:-1 group-title="mp3",Harbour Jazz\nhttp://127.0.0.1:7090/radio/harbour-jazz.mp3\n' +
        '#EXTINF:-1 group-title="hls",Lighthouse Jazz\nhttp://127.0.0.1:7090/hls/lighthouse-jazz/index.m3u8\n',
    );
  });
});
