import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database, writeServiceBeat } from '@weir/database';
import type { ServiceState as DatabaseServiceState } from '@weir/database';
import type { ServiceState } from '@weir/health';
import { readBuildInfo } from '@weir/observability';
import type { Logger } from '@weir/observability';
import { hostname } from 'node:os';
import { messageOf } from './retry';

/** How often a replica says that it is alive; others call it silent after a few of these. */
const BEAT_INTERVAL_MS = 2_000;

/** Names this process among the replicas of its service. */
export function replicaName(): string {
  return `${hostname()}-${process.pid}`;
}

/** Says in the database, every two seconds, that this replica is alive and where it answers. */
export class ServiceBeat {
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private isFailing = false;
  private readonly version = readBuildInfo().version;

  private constructor(
    private readonly database: Database,
    private readonly service: { readonly state: ServiceState; readonly logger: Logger },
    private readonly url: string | null,
  ) {}

  /** @param app of a service with a database */
  static start(
    app: NestFastifyApplication,
    service: { readonly state: ServiceState; readonly logger: Logger },
    url: string | null,
  ): ServiceBeat {
    const beat = new ServiceBeat(app.get(Database, { strict: false }), service, url);
    beat.timer = setInterval(() => beat.beat(), BEAT_INTERVAL_MS);
    beat.beat('starting');
    return beat;
  }

  /** Says goodbye; what fails there is heard of as silence a little later. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    this.beat('stopping');
    await this.beating;
  }

  /** One at a time: while the database is slow, beats are left out instead of queued. */
  private beat(status: DatabaseServiceState = this.service.state.stage): void {
    this.beating ??= this.write(status).finally(() => (this.beating = undefined));
  }

  private async write(status: DatabaseServiceState): Promise<void> {
    try {
      await writeServiceBeat(this.database.control, {
        service: this.service.state.service,
        replica: replicaName(),
        url: this.url,
        version: this.version,
        status,
        detail: {
          pid: process.pid,
          uptimeMs: Math.round(performance.now()),
          ...this.service.state.description,
        },
      });
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.service.logger.warn(`beat was not written: ${messageOf(error)}`);
      this.isFailing = true;
    }
  }
}
