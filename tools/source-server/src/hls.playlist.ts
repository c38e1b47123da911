import type { Melody } from './melody.asset';

/** 83 frames of 24 ms are 1,992 ms: the most that fits into a target duration of two seconds. */
export const FRAMES_PER_SEGMENT = 83;
export const TARGET_DURATION_S = 2;

/** Segments in the playlist, and how many more stay available for a client that is behind. */
export const WINDOW_SEGMENTS = 6;
const GRACE_SEGMENTS = 6;

/** Transport stream clocks run at 90 kHz and have 33 bits. */
const CLOCK_HZ = 90_000;
const CLOCK_RANGE = 2n ** 33n;

const TIMESTAMP_OWNER = 'com.apple.streaming.transportStreamTimestamp\0';

/** Playing time of a segment. */
export function segmentMs(melody: Melody): number {
  return FRAMES_PER_SEGMENT * melody.frameMs;
}

/** Number of the segment that is being recorded at `nowMs`; all below it are complete. */
export function computeLiveSequence(melody: Melody, nowMs: number): number {
  return Math.floor(nowMs / segmentMs(melody));
}

/** Whether segment `sequence` can still, or already, be had at `nowMs`. */
export function isSegmentAvailable(melody: Melody, sequence: number, nowMs: number): boolean {
  const live = computeLiveSequence(melody, nowMs);
  return sequence < live && sequence >= live - WINDOW_SEGMENTS - GRACE_SEGMENTS;
}

/** The media playlist at `nowMs`: the newest complete segments. RFC 8216, section 4.3. */
export function buildMediaPlaylist(melody: Melody, nowMs: number): string {
  const durationMs = segmentMs(melody);
  const first = computeLiveSequence(melody, nowMs) - WINDOW_SEGMENTS;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${TARGET_DURATION_S}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(first * durationMs).toISOString()}`,
  ];
  for (let sequence = first; sequence < first + WINDOW_SEGMENTS; sequence += 1) {
    lines.push(`#EXTINF:${(durationMs / 1000).toFixed(3)},`, `segment-${sequence}.mp3`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * A master playlist that names the one media playlist there is. `mp4a.40.34` is MPEG-1 layer III.
 */
export function buildMasterPlaylist(melody: Melody): string {
  const bandwidth = Math.ceil(melody.bitrateKbps * 1_100);
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},CODECS="mp4a.40.34"`,
    'index.m3u8',
    '',
  ].join('\n');
}

/** A packed-audio segment: the tag with its timestamp, then its frames. RFC 8216, section 3.4. */
export function buildSegment(melody: Melody, sequence: number): Buffer {
  const bytes = FRAMES_PER_SEGMENT * melody.frameBytes;
  const segmentsInLoop = melody.data.length / bytes;
  const start = (sequence % segmentsInLoop) * bytes;
  return Buffer.concat([
    buildTimestampTag(sequence * segmentMs(melody)),
    melody.data.subarray(start, start + bytes),
  ]);
}

/** An ID3v2.4 tag with one PRIV frame: the owner's name and eight bytes of 90 kHz time. */
function buildTimestampTag(timeMs: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(Math.round((timeMs * CLOCK_HZ) / 1000)) % CLOCK_RANGE);
  const body = Buffer.concat([Buffer.from(TIMESTAMP_OWNER, 'latin1'), time]);
  const frame = Buffer.concat([Buffer.from('PRIV'), syncSafe(body.length), Buffer.alloc(2), body]);
  return Buffer.concat([Buffer.from('ID3\x04\x00\x00', 'latin1'), syncSafe(frame.length), frame]);
}

/** ID3 numbers use seven bits of each byte, so that no tag looks like the start of a frame. */
function syncSafe(value: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f));
}
