import type { HostNews, HostOrder, HostRequest, InstanceOrder } from './host.order';
import { HostedInstance } from './hosted.instance';

/**
 * A process that is many instances, each with a client, a lease and a journal of its own. SIGTERM
 * makes all of them leave cleanly; without its parent it ends at once.
 */
class InstanceHost {
  private readonly instances = new Map<string, HostedInstance>();

  constructor(private readonly order: HostOrder) {}

  async join(instance: InstanceOrder): Promise<void> {
    const hosted = new HostedInstance(this.order, instance);
    this.instances.set(instance.serverId, hosted);
    await hosted.join();
  }

  async joinAll(): Promise<void> {
    await Promise.all(this.order.instances.map((instance) => this.join(instance)));
  }

  async leaveAll(): Promise<void> {
    await Promise.all([...this.instances.keys()].map((serverId) => this.leave(serverId)));
  }

  async carryOut({ kind, serverId }: HostRequest): Promise<void> {
    if (kind === 'leave') return this.leave(serverId);
    const instance = this.order.instances.find((known) => known.serverId === serverId);
    if (instance === undefined) throw new Error(`${serverId} is no instance of this host`);
    await this.join(instance);
  }

  private async leave(serverId: string): Promise<void> {
    const hosted = this.instances.get(serverId);
    this.instances.delete(serverId);
    await hosted?.leave();
  }
}

function tell(news: HostNews): void {
  process.send?.(news);
}

async function main(): Promise<void> {
  const host = new InstanceHost(JSON.parse(process.argv[2] ?? '{}') as HostOrder);
  process.on('disconnect', () => process.exit(1));
  process.on('message', (request: HostRequest) => {
    host.carryOut(request).then(
      () => tell({ kind: 'done', id: request.id }),
      (error: unknown) => tell({ kind: 'done', id: request.id, error: String(error) }),
    );
  });
  process.on('SIGTERM', () => {
    host.leaveAll().then(() => process.exit(0), fail);
  });
  await host.joinAll();
  tell({ kind: 'ready' });
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
