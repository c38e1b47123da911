import { FaultProxy } from '@weir/testing';
import type { LinkFault, TapFactory } from '@weir/testing';

/** Who talks to whom: every connection between two parts goes through a proxy of its own. */
export interface LinkName {
  readonly from: string;
  readonly to: string;
}

/** All links, by the names of their ends. */
export class LinkTable {
  private readonly links = new Map<string, { name: LinkName; proxy: FaultProxy }>();

  constructor(private readonly seed: number) {}

  /** @returns the port that `from` must use to reach `to`. */
  async add(name: LinkName, targetPort: number, tap?: TapFactory): Promise<number> {
    const proxy = await FaultProxy.listen({
      target: { host: '127.0.0.1', port: targetPort },
      seed: this.seed + this.links.size,
      ...(tap && { tap }),
    });
    this.links.set(`${name.from}>${name.to}`, { name, proxy });
    return proxy.port;
  }

  /** The link between two parts. @throws Error when there is none. */
  between(from: string, to: string): FaultProxy {
    const link = this.links.get(`${from}>${to}`);
    if (!link) throw new Error(`there is no link from ${from} to ${to}`);
    return link.proxy;
  }

  /** Every link whose ends match. An end that is left out matches all. */
  match({ from, to }: Partial<LinkName>): FaultProxy[] {
    return [...this.links.values()]
      .filter(({ name }) => from === undefined || name.from === from)
      .filter(({ name }) => to === undefined || name.to === to)
      .map(({ proxy }) => proxy);
  }

  async setFault(which: Partial<LinkName>, fault: LinkFault): Promise<void> {
    await Promise.all(this.match(which).map((proxy) => proxy.setFault(fault)));
  }

  async healAll(): Promise<void> {
    await Promise.all(this.match({}).map((proxy) => proxy.heal()));
  }

  async close(): Promise<void> {
    await Promise.all(this.match({}).map((proxy) => proxy.close()));
  }
}
