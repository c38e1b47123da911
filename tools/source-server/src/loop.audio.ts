/** Endless audio: gives as many bytes as are asked for, where the last ones ended. */
export interface Audio {
  readonly bytesPerSecond: number;
  /** The next `length` bytes, in pieces. */
  read(length: number): Buffer[];
}

/**
 * Repeats one buffer for ever; the pieces are views of it, so a hundred listeners cost no copies.
 */
export class LoopAudio implements Audio {
  private position: number;

  /** @param start offset of the first byte; counted round and round. */
  constructor(
    private readonly loop: Buffer,
    readonly bytesPerSecond: number,
    start = 0,
  ) {
    this.position = start % loop.length;
  }

  read(length: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0;) {
      const piece = this.loop.subarray(this.position, this.position + left);
      pieces.push(piece);
      left -= piece.length;
      this.position = (this.position + piece.length) % this.loop.length;
    }
    return pieces;
  }
}
