import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { SeededRandom } from '../random/seeded.random';
import type { TapFactory } from './connection.tap';
import { NO_FAULT } from './link.fault';
import type { Direction, LinkFault } from './link.fault';
import { ProxiedConnection } from './proxied.connection';

export interface FaultProxyOptions {
  /** Where connections go. */
  readonly target: { readonly host: string; readonly port: number };
  /** Port to listen on, on the loopback address; any free one when absent. */
  readonly port?: number;
  /** Decides the jitter. */
  readonly seed?: number;
  readonly tap?: TapFactory;
}

/** What passed through a proxy since it was made. */
export interface ProxyCounts {
  accepted: number;
  reset: number;
}

/**
 * A TCP proxy on the loopback address with faults that can be changed while it runs: slowness,
 * silence, refused and half-open connections, resets and cuts at a chosen place.
 */
export class FaultProxy {
  readonly counts: ProxyCounts = { accepted: 0, reset: 0 };
  private readonly connections = new Set<ProxiedConnection>();
  private readonly random: SeededRandom;
  private fault: LinkFault = NO_FAULT;
  private server: Server | undefined;
  private ownPort: number;

  private constructor(private readonly options: FaultProxyOptions) {
    this.ownPort = options.port ?? 0;
    this.random = new SeededRandom(options.seed ?? 1);
  }

  /** @throws when the port is taken. */
  static async listen(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.open();
    return proxy;
  }

  get port(): number {
    return this.ownPort;
  }

  get currentFault(): LinkFault {
    return this.fault;
  }

  /** Connections that are open at the moment. */
  get openCount(): number {
    return this.connections.size;
  }

  /** From now on this goes wrong, and nothing else; open connections feel it too. */
  async setFault(fault: LinkFault): Promise<void> {
    this.fault = fault;
    for (const connection of this.connections) connection.onFaultChange();
    if (fault.connecting === 'refused') await this.stopListening();
    else await this.open();
  }

  /** Nothing goes wrong any more. */
  heal(): Promise<void> {
    return this.setFault(NO_FAULT);
  }

  /** Resets every open connection. @returns how many. */
  resetAll(): number {
    const open = [...this.connections];
    for (const connection of open) connection.reset();
    this.counts.reset += open.length;
    return open.length;
  }

  /** Ends one direction of every open connection. */
  halfCloseAll(direction: Direction): void {
    for (const connection of this.connections) connection.halfClose(direction);
  }

  async close(): Promise<void> {
    this.resetAll();
    await this.stopListening();
  }

  private open(): Promise<void> {
    if (this.server) return Promise.resolve();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) =>
      this.accept(client),
    );
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: this.ownPort }, () => {
        this.ownPort = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Stops accepting at once; open connections go on. */
  private stopListening(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.close();
    return Promise.resolve();
  }

  private accept(client: Socket): void {
    this.counts.accepted += 1;
    const isHalfOpen = this.fault.connecting === 'half-open';
    const server = isHalfOpen ? undefined : this.connectToTarget(client);
    const connection = new ProxiedConnection({
      client,
      server,
      random: this.random,
      fault: () => this.fault,
      tap: this.options.tap?.(this.counts.accepted),
      onClose: (closed) => this.connections.delete(closed),
    });
    this.connections.add(connection);
  }

  /** Data of the client waits until there is somebody to give it to. */
  private connectToTarget(client: Socket): Socket {
    const server = connect({ ...this.options.target, allowHalfOpen: true });
    server.once('connect', () => client.resume());
    return server;
  }
}
