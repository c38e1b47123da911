import type { Audio } from './loop.audio';

/** A block is at most 255 times 16 bytes long. */
const BLOCK_UNIT = 16;
const LONGEST_TEXT = 255 * BLOCK_UNIT;

const NO_NEWS = Buffer.from([0]);

/**
 * One block of ICY metadata: a byte that counts units of 16 bytes, then `StreamTitle='...';` filled
 * up with zeros. An apostrophe cannot be written inside, so it becomes a typographic one.
 */
export function buildIcyBlock(title: string): Buffer {
  const text = Buffer.from(`StreamTitle='${title.replaceAll("'", '’')}';`).subarray(
    0,
    LONGEST_TEXT,
  );
  const units = Math.ceil(text.length / BLOCK_UNIT);
  const block = Buffer.alloc(1 + units * BLOCK_UNIT);
  block.writeUInt8(units, 0);
  text.copy(block, 1);
  return block;
}

/**
 * Puts a block of metadata after every `interval` bytes of audio: the title when it changed, else
 * nothing.
 */
export class IcyAudio implements Audio {
  private untilBlock: number;
  private sentTitle: string | undefined;

  constructor(
    private readonly audio: Audio,
    private readonly interval: number,
    private readonly currentTitle: () => string,
  ) {
    this.untilBlock = interval;
  }

  get bytesPerSecond(): number {
    return this.audio.bytesPerSecond;
  }

  /** `length` counts audio only; the blocks come on top, as they take no playing time. */
  read(length: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0;) {
      const part = Math.min(left, this.untilBlock);
      pieces.push(...this.audio.read(part));
      left -= part;
      this.untilBlock -= part;
      if (this.untilBlock === 0) {
        pieces.push(this.nextBlock());
        this.untilBlock = this.interval;
      }
    }
    return pieces;
  }

  private nextBlock(): Buffer {
    const title = this.currentTitle();
    if (title === this.sentTitle) {
      return NO_NEWS;
    }
    this.sentTitle = title;
    return buildIcyBlock(title);
  }
}
