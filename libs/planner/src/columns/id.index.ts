import { indexAt } from './column.access';

/**
 * Index by id, for a few thousand ids and a million look-ups with strings that were just read. A
 * Map would have the engine work out and keep a hash of each of these; a hash of our own, worked
 * out in compiled code, is faster for a string that is looked up once. (Open addressing, FNV-1a.)
 */
export class IdIndex {
  private readonly mask: number;
  private readonly slots: Int32Array;

  /** @param indices the places in `ids` of those to be found. */
  constructor(
    private readonly ids: readonly string[],
    indices: readonly number[],
  ) {
    let size = 16;
    while (size < 4 * indices.length) size *= 2;
    this.mask = size - 1;
    this.slots = new Int32Array(size).fill(-1);
    for (const index of indices) {
      let slot = hashOf(ids[index] ?? '') & this.mask;
      while (indexAt(this.slots, slot) >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = index;
    }
  }

  /** Its place; -1 when it is not there. */
  find(id: string): number {
    let slot = hashOf(id) & this.mask;
    for (;;) {
      const index = indexAt(this.slots, slot);
      if (index < 0 || this.ids[index] === id) return index;
      slot = (slot + 1) & this.mask;
    }
  }
}

function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
