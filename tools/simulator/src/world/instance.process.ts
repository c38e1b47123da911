import { WeirClient } from '@weir/worker-client';
import type { ClientLogger } from '@weir/worker-client';
import type { SimulatedProcess } from '../kernel/simulated.process';
import { StreamHost } from './stream.host';
import type { HostSurroundings } from './stream.host';

export interface InstanceOptions {
  readonly serverId: string;
  readonly fleet: string;
  readonly urls: readonly string[];
  readonly maxStreams: number;
  readonly zone: string;
}

/** How long a clean stop may take before streams are stopped without a handover. In ms. */
const LEAVE_TIMEOUT_MS = 8_000;

/** One process of an instance: the real client in a simulated host. */
export class InstanceProcess {
  private client: WeirClient | undefined;
  host: StreamHost;
  isLeaving = false;

  constructor(
    readonly process: SimulatedProcess,
    readonly options: InstanceOptions,
    private readonly surroundings: HostSurroundings,
  ) {
    this.host = new StreamHost(surroundings);
  }

  /** Begins a life; runs as code of the process. @param vouches that no earlier process is left */
  start(vouches: boolean): void {
    this.isLeaving = false;
    const host = new StreamHost(this.surroundings);
    this.host = host;
    this.client = new WeirClient({
      ...this.options,
      key: 'key',
      host: `${this.process.name}.example`,
      port: 80,
      handler: host,
      reports: () => [...host.running.keys()].map((streamId) => ({ streamId, load: 1 })),
      logger: this.createLogger(),
      killWhenBlocked: true,
      takeover: vouches,
    });
    void this.client.start();
  }

  private createLogger(): ClientLogger {
    const { observer } = this.surroundings;
    const { name } = this.process;
    const say = (fields: object, message: string): void =>
      observer.said(name, () => `${message} ${JSON.stringify(fields)}`);
    return { debug: () => undefined, info: say, warn: say, error: say };
  }

  /** A clean stop: resolves when the client has left, or could not. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    await this.client?.stop({ timeoutMs: LEAVE_TIMEOUT_MS });
  }
}
