import { Database, assertLive, writeServiceBeat } from '@weir/database';
import type { DatabaseOptions, SourceCipher } from '@weir/database';
import { DomainError } from '@weir/domain';
import type {
  Ack,
  AcksRequest,
  HeartbeatRequest,
  RegisterRequest,
  ResyncRequest,
} from '@weir/domain';
import {
  FleetsCache,
  HeartbeatRenewals,
  HeartbeatService,
  InstancesService,
  NoticeBus,
  StreamReportBuffer,
  WatchHub,
  assertHeartbeat,
  mapToProblem,
} from '@weir/orchestrator-api/simulation';
import type { SimulatedProcess } from '../kernel/simulated.process';
import type { RequestHandler, SimulatedAnswer, SimulatedRequest } from './network';
import { silentMetrics } from './silent.metrics';

/** How often a replica says that it is alive, as libs/bootstrap does it. In ms. */
const BEAT_INTERVAL_MS = 2_000;

/** What one life of the service consists of. */
interface Parts {
  readonly database: Database;
  readonly fleets: FleetsCache;
  readonly heartbeats: HeartbeatService;
  readonly instances: InstancesService;
  readonly hub: WatchHub;
}

export interface ApiSurroundings {
  readonly options: DatabaseOptions;
  readonly cipher: SourceCipher;
  /** Told of every stop that was accepted, after its commit. */
  readonly onReleased: (ack: Ack) => void;
}

/** One replica of orchestrator-api, from a request that is read already to the database. */
export class ApiProcess implements RequestHandler {
  private parts: Parts | undefined;

  constructor(
    readonly process: SimulatedProcess,
    private readonly surroundings: ApiSurroundings,
  ) {}

  get database(): Database | undefined {
    return this.process.isAlive ? this.parts?.database : undefined;
  }

  /** Begins a life; runs as code of the process. */
  start(): void {
    const { options, cipher } = this.surroundings;
    const database = new Database(options, () => undefined);
    const bus = new NoticeBus(database);
    const fleets = new FleetsCache(database, bus);
    const renewals = new HeartbeatRenewals(database, cipher, silentMetrics);
    const reports = new StreamReportBuffer(database);
    const heartbeats = new HeartbeatService(renewals, fleets, reports);
    const instances = new InstancesService(database, cipher, fleets);
    const hub = new WatchHub(database, cipher, bus, silentMetrics);
    this.parts = { database, fleets, heartbeats, instances, hub };
    hub.onApplicationBootstrap();
    fleets.onApplicationBootstrap();
    reports.onApplicationBootstrap();
    bus.onApplicationBootstrap();
    this.beat('starting');
    setInterval(() => this.beat('ready'), BEAT_INTERVAL_MS);
  }

  async handle(request: SimulatedRequest): Promise<SimulatedAnswer> {
    try {
      return await this.route(request);
    } catch (error) {
      const { problem, headers } = mapToProblem(error);
      if (problem.code === 'INTERNAL') throw error;
      return { status: problem.status, body: problem, headers };
    }
  }

  private beat(status: 'starting' | 'ready'): void {
    const { name } = this.process;
    const beat = {
      service: 'orchestrator-api',
      replica: name,
      url: null,
      version: '0',
      detail: {},
    };
    const { database } = this.getParts();
    writeServiceBeat(database.control, { ...beat, status }).catch(() => undefined);
  }

  private route(request: SimulatedRequest): Promise<SimulatedAnswer> {
    if (request.path === '/health/readiness') return Promise.resolve({ status: 200, body: {} });
    const [, , , fleet = '', , serverId, call] = request.path.split('/');
    if (serverId === undefined) return this.register(fleet, request.body as RegisterRequest);
    switch (call) {
      case 'heartbeat':
        return this.heartbeat(fleet, serverId, request.body);
      case 'acks':
        return this.acknowledge(fleet, serverId, request.body as AcksRequest);
      case 'running':
        return this.resync(fleet, serverId, request.body as ResyncRequest);
      case 'drain':
        return this.drain(fleet, serverId, Number(request.query.get('incarnation')));
      case 'watch':
        return this.watch(fleet, serverId, request);
      case undefined:
        return this.leave(fleet, serverId, Number(request.query.get('incarnation')));
      default:
        throw new DomainError('NOT_FOUND', `nothing answers at ${request.path}`);
    }
  }

  private async register(fleet: string, body: RegisterRequest): Promise<SimulatedAnswer> {
    return { status: 201, body: await this.getParts().instances.register(fleet, body) };
  }

  private async heartbeat(
    fleet: string,
    serverId: string,
    body: unknown,
  ): Promise<SimulatedAnswer> {
    assertHeartbeat(body);
    const answer = await this.getParts().heartbeats.beat(fleet, serverId, body as HeartbeatRequest);
    return { status: 200, body: answer };
  }

  private async acknowledge(
    fleet: string,
    serverId: string,
    { incarnation, acks }: AcksRequest,
  ): Promise<SimulatedAnswer> {
    const sender = { serverId, incarnation };
    const answer = await this.getParts().instances.acknowledge(fleet, sender, acks);
    answer.results.forEach(({ accepted }, at) => {
      const ack = acks[at];
      if (accepted && ack?.state === 'stopped') this.surroundings.onReleased(ack);
    });
    return { status: 200, body: answer };
  }

  private async resync(
    fleet: string,
    serverId: string,
    { incarnation, ...report }: ResyncRequest,
  ): Promise<SimulatedAnswer> {
    const sender = { serverId, incarnation };
    return { status: 200, body: await this.getParts().instances.resync(fleet, sender, report) };
  }

  private async drain(
    fleet: string,
    serverId: string,
    incarnation: number,
  ): Promise<SimulatedAnswer> {
    const { instances } = this.getParts();
    const order = { isOperator: false, incarnation };
    const status = await instances.drain(fleet, serverId, order);
    return { status: 200, body: { serverId, status } };
  }

  private async leave(
    fleet: string,
    serverId: string,
    incarnation: number,
  ): Promise<SimulatedAnswer> {
    await this.getParts().instances.leave(fleet, { serverId, incarnation });
    return { status: 204 };
  }

  /** As watch.controller.ts: who is live may watch. */
  private async watch(
    fleet: string,
    serverId: string,
    { query, openChannel }: SimulatedRequest,
  ): Promise<SimulatedAnswer> {
    const { fleets, database, hub } = this.getParts();
    const incarnation = Number(query.get('incarnation'));
    const seenRevision = Number(query.get('seenRevision'));
    const { fleetId } = await fleets.get(fleet);
    await assertLive(database.control, fleetId, { serverId, incarnation });
    hub.assertRoom();
    const sink = openChannel();
    hub.add({ fleetId, serverId, incarnation, seenRevision, sink });
    return { status: 200, channel: sink };
  }

  private getParts(): Parts {
    if (!this.parts) throw new Error(`${this.process.name} was never started`);
    return this.parts;
  }
}
