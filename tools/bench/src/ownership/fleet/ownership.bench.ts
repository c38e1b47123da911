import { Database } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import { DATABASE_NAME } from '@weir/start';
import type { StackOptions } from '@weir/start';
import { until } from '@weir/testing';
import { BenchStack } from '../../bench.stack';
import { CommitWatch } from './commit.watch';
import { countUnsettled, findFleetId } from './ownership.reader';

/** A fleet that something is measured on. */
export interface MeasuredFleet {
  readonly name: string;
  readonly fleetId: number;
}

const QUERY_TIMEOUT_MS = 30_000;
const CONNECTIONS = 4;

/** The whole of Weir with its database in view: what happens is read, and nothing is written. */
export class OwnershipBench {
  private constructor(
    readonly bench: BenchStack,
    readonly database: Database,
    readonly commits: CommitWatch,
  ) {}

  static async start(options: Partial<StackOptions> = {}): Promise<OwnershipBench> {
    const bench = await BenchStack.start({ workers: 0, sampleStreams: 0, ...options });
    const reach = reachDatabase(bench);
    const database = new Database(reach, () => undefined);
    const commits = new CommitWatch(reach);
    await until('commits are heard of', () => commits.isListening);
    return new OwnershipBench(bench, database, commits);
  }

  async stop(): Promise<void> {
    await Promise.all([this.commits.close(), this.database.close()]);
    await this.bench.stop();
  }

  async createFleet(name: string, settings: Partial<FleetSettings>): Promise<MeasuredFleet> {
    await this.bench.call('', { fleet: name, method: 'PUT', body: JSON.stringify(settings) });
    return { name, fleetId: await findFleetId(this.database, name) };
  }

  /** Adds streams `stream-0` .. to a fleet, all of one weight. */
  async importStreams(
    { name }: MeasuredFleet,
    streams: { readonly count: number; readonly exclusive: boolean },
  ): Promise<void> {
    const lines = Array.from({ length: streams.count }, (_unused, index) =>
      JSON.stringify({
        name: `stream-${index}`,
        source: `http://127.0.0.1/${index}`,
        exclusive: streams.exclusive,
      }),
    );
    await this.bench.call('/streams:import', {
      fleet: name,
      method: 'POST',
      type: 'application/x-ndjson',
      body: lines.join('\n'),
    });
  }

  /** Waits until every stream of these fleets runs, and none on the instances that are gone. */
  async untilSettled(
    fleets: readonly MeasuredFleet[],
    gone: readonly string[],
    timeoutMs = 180_000,
  ): Promise<void> {
    const fleetIds = fleets.map(({ fleetId }) => fleetId);
    await until(
      'every stream runs',
      async () => (await countUnsettled(this.database, fleetIds, gone)) === 0,
      timeoutMs,
    );
  }
}

function reachDatabase({ stack }: BenchStack): DatabaseOptions {
  return {
    host: '127.0.0.1',
    port: stack.ports.postgres,
    name: DATABASE_NAME,
    user: 'postgres',
    password: stack.home.secrets().postgresPassword,
    timeoutMs: QUERY_TIMEOUT_MS,
    retriesMax: 3,
    retryDelayMs: 50,
    connectionsMax: CONNECTIONS,
    applicationName: 'bench',
  };
}
