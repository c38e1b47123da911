import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@weir/embedded';
import { DATABASE_NAME, DEFAULT_FLEET, Home, ProcessPart, serviceEnvironment } from '@weir/start';
import { SeededRandom, until } from '@weir/testing';
import { HeartbeatRecorder } from '../faults/heartbeat.recorder';
import { FakeClock, findFakeTimeLibrary } from './fake.clock';
import { InstanceMember } from './instance.member';
import { LinkTable } from './link.table';
import type { Member, MemberObserver } from './member';
import { OperatorClient } from './operator.client';
import { APPLICATION_OF, API_NAMES, SECOND_CHECKER_NAME, SERVICE_NAMES } from './plant.options';
import type { PlantOptions, ServiceName } from './plant.options';
import { PostgresMember } from './postgres.member';
import { ProcessMember } from './process.member';
import { RedisMember } from './redis.member';
import { findUnsettled } from './settled.picture';
import { SinkMember } from './sink.member';
import { StatementTap } from './statement.tap';
import { streamsToImport } from './stream.mix';
import { OperatorWorkload } from '../workload/operator.workload';
import { TruthReader } from './truth.reader';

const ROOT = join(__dirname, '..', '..', '..', '..');
const SERVICE_TIMEOUT_MS = 120_000;
/** An effect may come this much later than it is due before the stream counts as silent. In ms. */
const EFFECT_SLACK_MS = 1_200;
/** The first settling includes the start of everything. In ms. */
const FIRST_SETTLING_MS = 90_000;

/**
 * The whole of Weir as real processes on this machine, every connection through a fault proxy, with
 * a sink that witnesses each effect.
 */
export class Plant {
  readonly home: Home;
  readonly links: LinkTable;
  readonly statements = new StatementTap();
  readonly services = new Map<ServiceName, ProcessMember>();
  readonly instances: InstanceMember[] = [];
  readonly postgres: PostgresMember;
  readonly redis: RedisMember;
  readonly sink: SinkMember;
  /** What members did unasked. */
  readonly surprises: string[] = [];
  readonly clocks: Partial<Record<'postgres' | 'instances', FakeClock>> = {};
  private readonly recorders = new Map<string, HeartbeatRecorder>();
  private readonly ports: Ports;
  private reader: TruthReader | undefined;
  private working: OperatorWorkload | undefined;
  private operatorClient: OperatorClient | undefined;
  private readonly observe: MemberObserver = ({ name, what }) =>
    this.surprises.push(`${name} ${what}`);

  private constructor(
    readonly options: PlantOptions,
    readonly seed: number,
    ports: Ports,
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'weir-chaos-'));
    // PostgreSQL runs as another user when this process is root, and must be able to enter.
    chmodSync(folder, 0o755);
    this.home = new Home(folder);
    this.home.prepare();
    this.ports = ports;
    this.links = new LinkTable(seed);
    for (const who of options.fakeClockOf) this.clocks[who] = this.createClock(who);
    this.postgres = this.createPostgres();
    this.redis = this.createRedis();
    this.sink = new SinkMember({
      folder: this.home.journals,
      port: ports.sink,
      environment: this.plainEnvironment(),
      observe: this.observe,
    });
  }

  /** Starts everything and waits until every stream runs. What fails leaves nothing running. */
  static async start(
    options: PlantOptions,
    seed: number,
    onDetail: (detail: string) => void,
  ): Promise<Plant> {
    const [postgres = 0, redis = 0, sink = 0, ...apis] = await freePorts(3 + API_NAMES.length);
    const plant = new Plant(options, seed, { postgres, redis, sink, apis });
    try {
      await plant.startAll(onDetail);
    } catch (error) {
      await plant.stop();
      const { folder } = plant.home;
      throw new Error(`the plant did not start; its logs are in ${folder}`, { cause: error });
    }
    return plant;
  }

  /** The database, read past every proxy. */
  get truth(): TruthReader {
    if (!this.reader) throw new Error('the plant was never started');
    return this.reader;
  }

  /** An operator with the addresses of both replicas, past every proxy. */
  get operator(): OperatorClient {
    if (!this.operatorClient) throw new Error('the plant was never started');
    return this.operatorClient;
  }

  /** An operator who works on through every fault, and what was answered to that. */
  get workload(): OperatorWorkload {
    if (!this.working) throw new Error('the plant was never started');
    return this.working;
  }

  get apiPorts(): readonly number[] {
    return this.ports.apis;
  }

  /** Where one replica of the API has the fleet, past every proxy. */
  apiUrl(name: (typeof API_NAMES)[number]): string {
    return `http://127.0.0.1:${this.ports.apis[API_NAMES.indexOf(name)]}/v1/fleets/${DEFAULT_FLEET}`;
  }

  service(name: ServiceName): ProcessMember {
    const member = this.services.get(name);
    if (!member) throw new Error(`there is no ${name}`);
    return member;
  }

  /** Keeps copies of the heartbeats of an instance, when told to. */
  recorderOf(instanceName: string): HeartbeatRecorder {
    const recorder = this.recorders.get(instanceName);
    if (!recorder) throw new Error(`there is no instance ${instanceName}`);
    return recorder;
  }

  /** The instance `instance-${number}`, from 1. */
  instance(number: number): InstanceMember {
    const member = this.instances[number - 1];
    if (!member) throw new Error(`there is no instance ${number}`);
    return member;
  }

  /** Everything that can be made to fail. */
  members(): Member[] {
    return [this.postgres, this.redis, ...this.services.values(), ...this.instances];
  }

  /**
   * What is missing until every stream runs; one entry when that cannot be known.
   * @param effectsSinceNs only later effects show that a stream runs. ns, monotonic clock.
   */
  async findUnsettled(effectsSinceNs = 0n): Promise<string[]> {
    const down = this.members().filter((member) => !member.isUp);
    try {
      const [streams, effects] = await Promise.all([this.truth.streams(), this.sink.last()]);
      return findUnsettled({
        streams,
        effects,
        nowNs: process.hrtime.bigint(),
        effectAgeMaxMs: 2 * this.options.writeEveryMs + EFFECT_SLACK_MS,
        effectsSinceNs,
      });
    } catch (error) {
      const names = down.map(({ name }) => name).join(', ');
      return [`the fleet cannot be read: ${(error as Error).message} (down: ${names || 'none'})`];
    }
  }

  /** One more instance, which is not started yet. */
  addInstance(settings: {
    readonly serverId: string;
    readonly writerName?: string;
  }): Promise<InstanceMember> {
    return this.createInstance(settings.serverId, settings.writerName);
  }

  /** Ends everything at once. The folder stays. */
  async stop(): Promise<void> {
    this.working?.giveUp();
    await this.reader?.close().catch(() => undefined);
    const members = [...this.instances, ...this.services.values(), this.sink];
    await Promise.all(members.map((member) => member.kill()));
    await this.links.close();
    await this.redis.kill();
    await this.postgres.kill();
  }

  /** Deletes its folder. */
  remove(): void {
    rmSync(this.home.folder, { recursive: true, force: true });
  }

  private async startAll(onDetail: (detail: string) => void): Promise<void> {
    onDetail('PostgreSQL and Redis');
    await Promise.all([this.postgres.start(), this.redis.start(), this.sink.start()]);
    await this.postgres.createDatabase(DATABASE_NAME);
    this.reader = TruthReader.connect(this.postgres.url(DATABASE_NAME));
    const urls = this.ports.apis.map((port) => `http://127.0.0.1:${port}`);
    this.operatorClient = new OperatorClient(urls, this.home.keys().operator);
    await this.migrate();
    onDetail('services');
    for (const name of this.serviceNames()) await this.createService(name);
    await Promise.all([...this.services.values()].map((service) => service.start()));
    await this.prepareFleet();
    onDetail('instances');
    for (let number = 1; number <= this.options.instances; number += 1) {
      await this.createInstance(`instance-${number}`);
    }
    await Promise.all(this.instances.map((instance) => instance.start()));
    onDetail('waiting until every stream runs');
    await until(
      'every stream runs',
      async () => (await this.findUnsettled()).length === 0,
      FIRST_SETTLING_MS,
    );
    onDetail('waiting until every instance has its share');
    await until(
      'every instance has streams',
      async () => (await this.findIdle().catch(() => ['not known'])).length === 0,
      FIRST_SETTLING_MS,
    );
    this.working = new OperatorWorkload(this.operator, new SeededRandom(this.seed));
    this.working.start();
  }

  /** Instances without streams. */
  private async findIdle(): Promise<string[]> {
    const owners = new Set((await this.truth.streams()).map(({ serverId }) => serverId));
    return this.instances.map(({ serverId }) => serverId).filter((id) => !owners.has(id));
  }

  private serviceNames(): ServiceName[] {
    const isWanted = (name: ServiceName): boolean =>
      name !== SECOND_CHECKER_NAME || this.options.checkers > 1;
    return SERVICE_NAMES.filter(isWanted);
  }

  private async prepareFleet(): Promise<void> {
    const { leaseTtlMs, settings } = this.options;
    await this.operator.call('', { method: 'PUT', body: { leaseTtlMs, ...settings } });
    await this.operator.call('/streams:import', {
      method: 'POST',
      contentType: 'application/x-ndjson',
      body: streamsToImport(this.options),
    });
  }

  private plainEnvironment(): Record<string, string> {
    const { postgres, redis } = this.ports;
    const unused = { api: 0, balancer: 0, checker: 0, aggregator: 0, sources: 0, workers: [] };
    return { ...serviceEnvironment(this.home, { postgres, redis, ...unused }), LOG_LEVEL: 'info' };
  }

  private createClock(who: string): FakeClock {
    const library = findFakeTimeLibrary();
    if (library === undefined) throw new Error('libfaketime is missing');
    return new FakeClock(join(this.home.folder, `${who}.clock`), library);
  }

  private createPostgres(): PostgresMember {
    const clock = this.clocks.postgres;
    return new PostgresMember({
      dataDir: this.home.postgres,
      port: this.ports.postgres,
      password: this.home.secrets().postgresPassword,
      logFile: this.home.logOf('postgres'),
      // Processes are killed here, machines are not: without fsync nothing is lost to that.
      durable: false,
      takeOver: true,
      ...(clock && { environment: clock.environment }),
    });
  }

  private createRedis(): RedisMember {
    return new RedisMember({
      dir: this.home.redis,
      port: this.ports.redis,
      password: this.home.secrets().redisPassword,
      logFile: this.home.logOf('redis'),
      takeOver: true,
    });
  }

  private async migrate(): Promise<void> {
    const part = new ProcessPart({
      name: 'migrate',
      tier: 'schema',
      program: join(ROOT, 'libs/database/dist/migrate.main.js'),
      env: this.plainEnvironment(),
      logFile: this.home.logOf('migrate'),
      until: 'exit',
      timeoutMs: SERVICE_TIMEOUT_MS,
      onSpawn: () => undefined,
    });
    await part.start(() => undefined);
  }

  private async createService(name: ServiceName): Promise<void> {
    const tap = this.statements.factoryOf(name);
    const env = {
      ...this.plainEnvironment(),
      DB_PORT: String(
        await this.links.add({ from: name, to: 'postgres' }, this.ports.postgres, tap),
      ),
      REDIS_PORT: String(await this.links.add({ from: name, to: 'redis' }, this.ports.redis)),
      WEIR_PORT: String(this.ports.apis[API_NAMES.findIndex((api) => api === name)] ?? 0),
    };
    const create = (): ProcessPart =>
      new ProcessPart({
        name,
        tier: 'control',
        program: join(ROOT, 'apps', APPLICATION_OF[name], 'dist/main.js'),
        env,
        logFile: this.home.logOf(name),
        until: 'ready',
        timeoutMs: SERVICE_TIMEOUT_MS,
        onSpawn: () => undefined,
      });
    this.services.set(name, new ProcessMember(name, { create, observe: this.observe }));
  }

  private async createInstance(serverId: string, writerName?: string): Promise<InstanceMember> {
    const from = writerName ?? serverId;
    const recorder = new HeartbeatRecorder();
    this.recorders.set(from, recorder);
    const ports = await Promise.all(
      API_NAMES.map((to, index) =>
        this.links.add({ from, to }, this.ports.apis[index] ?? 0, recorder.factory),
      ),
    );
    // Everybody begins with another replica, so that both have something to do.
    if (this.instances.length % 2 === 1) ports.reverse();
    const member = new InstanceMember({
      folder: this.home.journals,
      environment: { ...this.plainEnvironment(), ...this.clocks.instances?.environment },
      observe: this.observe,
      ...(writerName !== undefined && { writerName }),
      settings: {
        serverId,
        apiUrls: ports.map((port) => `http://127.0.0.1:${port}`),
        key: this.home.keys().instance,
        fleet: DEFAULT_FLEET,
        maxStreams: this.options.maxStreamsPerInstance,
        sinkUrl: this.sink.url,
        writeEveryMs: this.options.writeEveryMs,
        killWhenBlocked: this.options.killWhenBlocked,
        isCanary: this.options.isCanary,
      },
    });
    this.instances.push(member);
    mkdirSync(this.home.journals, { recursive: true });
    return member;
  }
}

interface Ports {
  readonly postgres: number;
  readonly redis: number;
  readonly sink: number;
  readonly apis: readonly number[];
}
