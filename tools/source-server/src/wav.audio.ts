import { type Audio, LoopAudio } from './loop.audio';

/** Telephone quality: small enough that hundreds of listeners stay cheap. */
const SAMPLE_RATE_HZ = 8_000;
const BYTES_PER_SAMPLE = 2;
const BYTES_PER_SECOND = SAMPLE_RATE_HZ * BYTES_PER_SAMPLE;

/** A tone that has a whole number of waves in a second, so that the loop has no seam. */
const TONE_HZ = 440;
const AMPLITUDE = 8_000;

/** What a live source writes where a file would have its length, which it cannot know. */
const UNKNOWN_LENGTH = 0xffffffff;

/** RIFF/WAVE header of endless 16-bit mono PCM, 44 bytes. */
export function buildWavHeader(): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(UNKNOWN_LENGTH, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(BYTES_PER_SECOND, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36);
  header.writeUInt32LE(UNKNOWN_LENGTH, 40);
  return header;
}

/** One second of the tone. */
export function buildTone(): Buffer {
  const tone = Buffer.alloc(BYTES_PER_SECOND);
  for (let i = 0; i < SAMPLE_RATE_HZ; i += 1) {
    const sample = AMPLITUDE * Math.sin((2 * Math.PI * TONE_HZ * i) / SAMPLE_RATE_HZ);
    tone.writeInt16LE(Math.round(sample), i * BYTES_PER_SAMPLE);
  }
  return tone;
}

/** The endless tone, without header. */
export function makeWavAudio(tone: Buffer): Audio {
  return new LoopAudio(tone, BYTES_PER_SECOND);
}
