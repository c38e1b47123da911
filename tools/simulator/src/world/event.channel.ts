import type { SimulatedProcess } from '../kernel/simulated.process';
import type { SimulatedNetwork } from './network';

interface Ends {
  readonly client: SimulatedProcess;
  readonly clientLife: number;
  readonly server: SimulatedProcess;
}

/** Server-sent events on one connection: in order, or the connection breaks. */
export class EventChannel implements AsyncIterable<Uint8Array> {
  isClosed = false;
  private readonly chunks: Uint8Array[] = [];
  private isEnded = false;
  private wake: (() => void) | undefined;
  private readonly closeListeners: (() => void)[] = [];
  private lastArrivalAt = 0;
  private readonly serverLife: number;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly ends: Ends,
  ) {
    this.serverLife = ends.server.life;
    ends.server.onCrash(() => this.breakOff());
    ends.client.onCrash(() => this.closeServerEnd());
  }

  /** Of the server: one event. */
  send(event: string, data: unknown): void {
    this.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  comment(): void {
    this.push(': \n\n');
  }

  end(): void {
    if (this.isClosed) return;
    this.arrive(() => this.endClient());
    this.close();
  }

  whenClosed(callback: () => void): void {
    this.closeListeners.push(callback);
  }

  /** Of the client: it does not read any more. */
  abandon(): void {
    this.endClient();
    this.closeServerEnd();
  }

  cancel(): Promise<void> {
    this.abandon();
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const chunk = this.chunks.shift();
      if (chunk) yield chunk;
      else if (this.isEnded) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private push(text: string): void {
    if (this.isClosed) return;
    this.arrive(() => {
      this.chunks.push(Buffer.from(text));
      this.wakeReader();
    });
  }

  /** After what was sent before. A message that is lost breaks the connection. */
  private arrive(work: () => void): void {
    const { client, clientLife, server } = this.ends;
    const { machine } = this.network;
    const travelMs = this.network.travelMs(server.name, client.name);
    if (travelMs === undefined) return this.breakOff();
    this.lastArrivalAt = Math.max(this.lastArrivalAt, machine.now + travelMs);
    const inMs = this.lastArrivalAt - machine.now;
    machine.schedule({ inMs, process: client, life: clientLife }, work);
  }

  private breakOff(): void {
    const { client, clientLife: life } = this.ends;
    this.network.machine.schedule({ inMs: 1, process: client, life }, () => this.endClient());
    this.close();
  }

  private closeServerEnd(): void {
    const { server } = this.ends;
    const { serverLife: life } = this;
    this.network.machine.schedule({ inMs: 1, process: server, life }, () => this.close());
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const listener of this.closeListeners.splice(0)) listener();
  }

  private endClient(): void {
    this.isEnded = true;
    this.wakeReader();
  }

  private wakeReader(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }
}
