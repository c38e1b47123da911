import { Database } from '@weir/database';
import type { TestDatabase } from '@weir/testing';
import { FleetSupervisor } from './fleet.supervisor';
import { RecordingObserver } from './supervisor.observer.test-support';

/** One replica of the balancer, in this process, with connections of its own. */
export class Replica {
  readonly observer: RecordingObserver;
  readonly supervisor: FleetSupervisor;
  private readonly database: Database;

  /** @param fleet whose doings are remembered; it works on all. */
  constructor(test: TestDatabase, fleet?: string) {
    this.observer = new RecordingObserver(fleet);
    this.database = new Database(test.options, () => undefined);
    this.supervisor = new FleetSupervisor(this.database, this.observer);
    this.supervisor.start();
  }

  async stop(): Promise<void> {
    await this.supervisor.stop();
    await this.database.close();
  }
}
