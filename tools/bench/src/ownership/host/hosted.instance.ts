import { createFileJournal, WeirClient } from '@weir/worker-client';
import type { HostOrder, InstanceOrder } from './host.order';
import { StreamDesk } from './stream.desk';

/** How long streams may take to be handed over when it leaves, in ms. */
const LEAVE_TIMEOUT_MS = 60_000;

/** One instance among others in this process: a client, its journal and its address. */
export class HostedInstance {
  private readonly desk: StreamDesk;
  private client: WeirClient | undefined;

  constructor(
    private readonly order: HostOrder,
    private readonly instance: InstanceOrder,
  ) {
    this.desk = new StreamDesk(order.handler);
  }

  /** Resolves when it is registered. */
  async join(): Promise<void> {
    const { apiUrl, key, maxStreams } = this.order;
    const { fleet, serverId, journal } = this.instance;
    this.client = new WeirClient({
      urls: [apiUrl],
      key,
      fleet,
      serverId,
      host: '127.0.0.1',
      port: await this.desk.listen(),
      maxStreams,
      handler: this.desk,
      // As stream-worker does: a process that stalls past its lease must not go on.
      killWhenBlocked: true,
      journal: createFileJournal(journal),
    });
    await this.client.start();
  }

  /**
   * Leaves cleanly: hands everything over, then says goodbye.
   * @throws Error when a stream did not stop in time.
   */
  async leave(): Promise<void> {
    const isClean = await this.client?.stop({ timeoutMs: LEAVE_TIMEOUT_MS });
    await this.desk.close();
    if (isClean === false) throw new Error(`${this.instance.serverId} did not leave cleanly`);
  }
}
