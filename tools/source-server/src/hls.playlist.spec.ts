import { buildMediaPlaylist, buildSegment, isSegmentAvailable } from './hls.playlist';
import { loadMelody } from './melody.asset';
import { countFrames } from './stream.reader.test-support';

describe('HLS playlist', () => {
  const melody = loadMelody();
  const nowMs = 1_800_000_000_000;

  function sequencesAt(timeMs: number): number[] {
    return [...buildMediaPlaylist(melody, timeMs).matchAll(/^segment-(\d+)\.mp3$/gm)].map((m) =>
      Number(m[1]),
    );
  }

  it('slides by one segment in the playing time of one segment', () => {
    const before = sequencesAt(nowMs);
    const after = sequencesAt(nowMs + 1_992);
    expect(before).toHaveLength(6);
    expect(after).toEqual(before.map((sequence) => sequence + 1));
    expect(buildMediaPlaylist(melody, nowMs)).toContain(`#EXT-X-MEDIA-SEQUENCE:${before[0]}\n`);
  });

  it('offers every segment that it names, keeps them for a while, and none of the future', () => {
    const named = sequencesAt(nowMs);
    const [first = 0, last = 0] = [named[0], named.at(-1)];
    expect(named.every((sequence) => isSegmentAvailable(melody, sequence, nowMs))).toBe(true);
    expect(isSegmentAvailable(melody, first, nowMs + 5 * 1_992)).toBe(true);
    expect(isSegmentAvailable(melody, first, nowMs + 60_000)).toBe(false);
    expect(isSegmentAvailable(melody, last + 1, nowMs)).toBe(false);
  });

  it('has no segment that is longer than the target duration', () => {
    const durations = [...buildMediaPlaylist(melody, nowMs).matchAll(/^#EXTINF:([\d.]+),$/gm)];
    expect(durations.map((match) => Number(match[1]))).toEqual(Array(6).fill(1.992));
  });

  it('gives a round of the melody in six segments, each with its time on the 90 kHz clock', () => {
    const tagLength = 73;
    const first = 903_614_460;
    const segments = [0, 1, 2, 3, 4, 5].map((i) => buildSegment(melody, first + i));
    expect(Buffer.concat(segments.map((s) => s.subarray(tagLength))).equals(melody.data)).toBe(
      true,
    );
    segments.forEach((segment, i) => {
      expect(segment.toString('latin1', 0, 3)).toBe('ID3');
      expect(segment.toString('latin1', 10, 14)).toBe('PRIV');
      expect(segment.toString('latin1', 20, 65)).toBe(
        'com.apple.streaming.transportStreamTimestamp\0',
      );
      expect(segment.readBigUInt64BE(65)).toBe((BigInt(first + i) * 179_280n) % 2n ** 33n);
      expect(countFrames(segment.subarray(tagLength))).toBe(83);
    });
  });
});
