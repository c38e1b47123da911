/** The part of an event that says who owns a stream now, or that an instance has a new address. */
export interface OwnershipNews {
  readonly kind: string;
  readonly streamId: string | null;
  readonly serverId: string | null;
}

/** Events after which the stream is with the instance that they name. */
const OWNER_KINDS: ReadonlySet<string> = new Set(['stream.placed', 'move.done']);

/** What a client knows: which instance runs a stream, and where that instance answers. */
export class OwnerTable {
  private readonly owners = new Map<string, string>();
  private readonly addresses = new Map<string, string>();

  setOwner(streamId: string, serverId: string | null): void {
    if (serverId === null) this.owners.delete(streamId);
    else this.owners.set(streamId, serverId);
  }

  setAddress(serverId: string, address: string): void {
    this.addresses.set(serverId, address);
  }

  /** @returns the name of an instance whose address has to be looked up again, if any. */
  learn({ kind, streamId, serverId }: OwnershipNews): string | undefined {
    if (serverId === null) return undefined;
    if (kind === 'instance.registered') return serverId;
    if (streamId !== null && OWNER_KINDS.has(kind)) this.setOwner(streamId, serverId);
    return undefined;
  }

  /** Where to ask for a stream: `http://host:port`; undefined when nobody is known to run it. */
  findAddress(streamId: string): string | undefined {
    const owner = this.owners.get(streamId);
    return owner === undefined ? undefined : this.addresses.get(owner);
  }
}
