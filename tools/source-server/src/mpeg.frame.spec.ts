import { findFrameLength } from './mpeg.frame';

describe('MPEG frames', () => {
  it.each([
    ['128 kbit/s at 44.1 kHz', 'fffb9064', 417],
    ['the same with padding', 'fffb9264', 418],
    ['64 kbit/s at 48 kHz', 'fffb54c4', 192],
    ['320 kbit/s at 32 kHz, with checksum', 'fffae864', 1440],
  ])('knows the length of %s', (_name, header, length) => {
    expect(findFrameLength(Buffer.from(header, 'hex'), 0)).toBe(length);
  });

  it.each([
    ['text', '48544d4c'],
    ['an AAC frame', 'fff15080'],
    ['MPEG-2', 'fff39064'],
    ['layer II', 'fffd9064'],
    ['free format', 'fffb0064'],
    ['the invalid bitrate', 'fffbf064'],
    ['the reserved sample rate', 'fffb9c64'],
    ['half a header', 'fffb'],
  ])('does not take %s for a frame', (_name, header) => {
    expect(findFrameLength(Buffer.from(header, 'hex'), 0)).toBeUndefined();
  });
});
