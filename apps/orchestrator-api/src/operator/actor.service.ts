import { Injectable } from '@nestjs/common';
import { OrdinaryReads, findKeyName } from '@weir/database';

/** Who an operator's order is from, in words for the history. */
@Injectable()
export class ActorService {
  constructor(private readonly reads: OrdinaryReads) {}

  /** The name of the key, or its number when it has none any more. */
  async nameOf(keyId: number): Promise<string> {
    return (await findKeyName(this.reads, keyId)) ?? `key ${keyId}`;
  }
}
