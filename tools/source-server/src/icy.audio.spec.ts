import { buildIcyBlock, IcyAudio } from './icy.audio';
import { LoopAudio } from './loop.audio';
import { splitIcy } from './stream.reader.test-support';

describe('ICY metadata', () => {
  it('counts its length in units of sixteen bytes, filled up with zeros', () => {
    const block = buildIcyBlock('Tune');
    expect(block[0]).toBe(2);
    expect(block).toHaveLength(33);
    expect(block.toString('latin1', 1, 20)).toBe("StreamTitle='Tune';");
    expect(block.subarray(20).every((byte) => byte === 0)).toBe(true);
  });

  it('survives apostrophes and a title that is longer than a block', () => {
    expect(buildIcyBlock("Don't").toString('utf8', 1)).toContain("StreamTitle='Don’t';");
    expect(buildIcyBlock('x'.repeat(10_000))).toHaveLength(1 + 255 * 16);
  });

  it('puts blocks at the same places however the audio is read, and a title only when it is new', () => {
    const loop = Buffer.from(Array.from({ length: 97 }, (_, i) => i));
    const titles = ['one', 'one', 'two'];
    const audio = new IcyAudio(new LoopAudio(loop, 8_000), 100, () => titles.shift() ?? 'three');
    const data = Buffer.concat([1, 98, 2, 150, 49, 120].flatMap((length) => audio.read(length)));
    const split = splitIcy(data, 100);
    expect(split.blocks).toEqual([
      "StreamTitle='one';",
      '',
      "StreamTitle='two';",
      "StreamTitle='three';",
    ]);
    expect(split.audio.equals(Buffer.concat([...new LoopAudio(loop, 8_000).read(420)]))).toBe(true);
  });
});
