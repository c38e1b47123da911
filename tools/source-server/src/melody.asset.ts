import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFrameLength } from './mpeg.frame';

/**
 * `assets/melody.mp3`: eight notes, 498 frames of MPEG-1 layer III, 48 kHz, mono, 64 kbit/s,
 * without bit reservoir, so that every frame stands for itself and a listener may begin at any of
 * them. Of three rounds of the melody the middle one was kept: what comes before and after it is
 * the same sound, so its end joins its start without a click. Made with
 *
 *   ffmpeg -f lavfi -i "aevalsrc='st(0,mod(t,1.494));
 *     st(1,262*pow(9/8,mod(3*floor(mod(t,11.952)/1.494),5)));
 *     exp(-2.5*ld(0))*(1-exp(-200*ld(0)))*(0.45*sin(2*PI*ld(1)*ld(0))+0.15*sin(4*PI*ld(1)*ld(0)))'
 *     :s=48000:d=35.856" -ac 1 -c:a libmp3lame -b:a 64k -reservoir 0 -write_xing 0 -id3v2_version 0
 *     -map_metadata -1 -fflags +bitexact -f mp3 three.mp3
 *   dd if=three.mp3 bs=192 skip=498 count=498 of=melody.mp3
 */
const FILE = join(__dirname, '..', 'assets', 'melody.mp3');

/** One round of the melody and how it is cut. */
export interface Melody {
  /** Whole frames, ready to be repeated for ever. */
  readonly data: Buffer;
  readonly frameBytes: number;
  readonly frameMs: number;
  readonly bytesPerSecond: number;
  readonly bitrateKbps: number;
  readonly sampleRateHz: number;
}

/** 1152 samples at 48 kHz, and 64 kbit/s of that time. */
const FRAME_MS = 24;
const FRAME_BYTES = 192;

/**
 * Reads the melody.
 * @throws Error when the file is not what this server counts with: frames of one size from end to
 * end.
 */
export function loadMelody(): Melody {
  const data = readFileSync(FILE);
  for (let at = 0; at < data.length; at += FRAME_BYTES) {
    if (findFrameLength(data, at) !== FRAME_BYTES) {
      throw new Error(`assets/melody.mp3 has no frame of ${FRAME_BYTES} bytes at ${at}.`);
    }
  }
  return {
    data,
    frameBytes: FRAME_BYTES,
    frameMs: FRAME_MS,
    bytesPerSecond: (FRAME_BYTES * 1000) / FRAME_MS,
    bitrateKbps: 64,
    sampleRateHz: 48_000,
  };
}
