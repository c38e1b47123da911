/**
 * Bitrates of MPEG-1 layer III in kbit/s, by the four bits of the header; 0 is free format, -1 is
 * invalid.
 */
const BITRATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, -1];

/** Sample rates of MPEG-1 in Hz, by the two bits of the header; -1 is reserved. */
const SAMPLE_RATES = [44_100, 48_000, 32_000, -1];

/** Length of a header in bytes. */
const HEADER_LENGTH = 4;

/**
 * The length in bytes of the MPEG-1 layer III frame that starts at `offset`, header included, or
 * undefined when no such frame starts there. ISO/IEC 11172-3, 2.4.1.3 and 2.4.3.1.
 */
export function findFrameLength(data: Buffer, offset: number): number | undefined {
  if (offset < 0 || offset + HEADER_LENGTH > data.length) {
    return undefined;
  }
  const header = data.readUInt32BE(offset);
  // Eleven bits of sync, version 11 (MPEG-1), layer 01 (III); the protection bit may be either.
  const isLayer3 = (header & 0xfffe0000) >>> 0 === 0xfffa0000;
  const bitrateKbps = BITRATES[(header >>> 12) & 0b1111] ?? -1;
  const sampleRateHz = SAMPLE_RATES[(header >>> 10) & 0b11] ?? -1;
  if (!isLayer3 || bitrateKbps <= 0 || sampleRateHz <= 0) {
    return undefined;
  }
  const padding = (header >>> 9) & 1;
  return Math.floor((144_000 * bitrateKbps) / sampleRateHz) + padding;
}
