import { Logger } from '@nestjs/common';
import { SourceCipher } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';
import type { HistoryPlan } from '../history/history.plan';
import { installGlobals } from '../kernel/virtual.globals';
import { SimulatedProcess } from '../kernel/simulated.process';
import type { ProcessKind } from '../kernel/simulated.process';
import { VirtualMachine } from '../kernel/virtual.machine';
import { virtualThread } from '../kernel/virtual.thread';
import type { Backend } from '../postgres/backend';
import { PostgresServer } from '../postgres/postgres.server';
import { SimulatedClient } from '../postgres/simulated.client';
import type { ClientConfig } from '../postgres/simulated.client';
import { SimulatedPool } from '../postgres/simulated.pool';
import { ApiProcess } from './api.process';
import { BalancerProcess } from './balancer.process';
import type { BalancerCounts } from './balancer.process';
import { FencedSink } from './fenced.sink';
import { InstanceProcess } from './instance.process';
import { SimulatedNetwork } from './network';
import { OperatorProcess } from './operator.process';
import { OwnershipLedger } from './ownership.ledger';
import type { HostConditions, HostObserver } from './stream.host';

export const FLEET = 'fleet';
/** The database's clock at the beginning: whole milliseconds, as everything it stores. */
const DATABASE_START_MS = 1_782_000_000_000;
/** How long the server takes to notice that a process is gone, in ms. */
const GONE_NOTICED_MS = 3;

const OPTIONS: DatabaseOptions = {
  host: 'postgres',
  port: 5432,
  name: 'weir',
  user: 'weir',
  password: 'weir',
  timeoutMs: 10_000,
  retriesMax: 3,
  retryDelayMs: 20,
  connectionsMax: 10,
  applicationName: 'simulated',
};

/** How a world is made. */
export interface WorldParts {
  readonly plan: HistoryPlan;
  readonly createBackend: (now: () => number) => Backend | Promise<Backend>;
  readonly observer: HostObserver;
  readonly drainsEffects: boolean;
}

/** Every process of one history, the database, the network between them, and the sink. */
export class SimulatedWorld {
  readonly network: SimulatedNetwork;
  readonly sink = new FencedSink();
  readonly ledger: OwnershipLedger;
  readonly apis = new Map<string, ApiProcess>();
  readonly balancers = new Map<string, BalancerProcess>();
  readonly instances = new Map<string, InstanceProcess>();
  readonly operator: OperatorProcess;
  readonly balancerCounts: BalancerCounts = {
    rounds: 0,
    roundsMissed: 0,
    placed: 0,
    movesStarted: 0,
    movesDone: 0,
    movesAborted: 0,
    conflicts: 0,
    takeovers: 0,
    failedActions: 0,
    generationBumps: 0,
  };
  readonly hostConditions: HostConditions;
  private readonly uninstall: () => void;

  static async create(machine: VirtualMachine, parts: WorldParts): Promise<SimulatedWorld> {
    const clock = { offsetMs: () => 0 };
    const now = (): number => DATABASE_START_MS + Math.floor(machine.now) + clock.offsetMs();
    const server = new PostgresServer(machine, await parts.createBackend(now));
    clock.offsetMs = () => server.clockOffsetMs;
    return new SimulatedWorld(machine, server, parts);
  }

  private constructor(
    readonly machine: VirtualMachine,
    readonly server: PostgresServer,
    private readonly parts: WorldParts,
  ) {
    const { plan } = parts;
    this.network = new SimulatedNetwork(machine);
    this.ledger = new OwnershipLedger(machine);
    this.hostConditions = {
      failShare: plan.swarm.failShare,
      slowShare: plan.swarm.slowHostShare,
      slowMostMs: plan.swarm.slowHostMostMs,
      effectMostMs: plan.swarm.effectMostMs,
    };
    this.uninstall = this.install();
    Logger.overrideLogger(false);
    const around = { options: OPTIONS, cipher: CIPHER };
    this.operator = new OperatorProcess(this.createProcess('operator', 'operator'), around, FLEET);
    for (let at = 1; at <= plan.apis; at += 1) this.addApi(`api-${at}`);
    for (let at = 1; at <= plan.balancers; at += 1) this.addBalancer(`balancer-${at}`);
    for (const instance of plan.instances) this.addInstance(instance.name, instance.name);
  }

  /** Puts back what the history has taken from Node.js. */
  async close(): Promise<void> {
    this.uninstall();
    await this.server.backend.close();
  }

  /** Begins a process, or a new life of it. */
  begin(name: string, vouches = false): void {
    const started = this.findStartable(name);
    if (!started || started.process.isAlive) return;
    const { process } = started;
    process.begin();
    const isTrue = vouches && !this.isNameInUse(name);
    this.machine.schedule({ inMs: 0, process }, () => started.start(isTrue));
  }

  beginOperator(): void {
    const { operator, machine } = this;
    operator.process.begin();
    machine.schedule({ inMs: 0, process: operator.process }, () => {
      void operator.start(this.parts.plan);
    });
  }

  /** SIGKILL: whatever the process held is gone, its connections a little later. */
  crash(process: SimulatedProcess): void {
    if (!process.isAlive) return;
    const { life } = process;
    this.ledger.dropAllOf(process);
    process.end();
    this.machine.schedule({ inMs: GONE_NOTICED_MS }, () => this.server.closeAllOf(process, life));
  }

  processOf(name: string): SimulatedProcess | undefined {
    return this.findStartable(name)?.process;
  }

  /** A second process that uses the name of an instance which may be there. */
  addTwin(serverId: string): InstanceProcess {
    const name = `${serverId}-twin`;
    return this.instances.get(name) ?? this.addInstance(name, serverId);
  }

  /** A caller may only vouch that no other process has its name when that is so. */
  private isNameInUse(name: string): boolean {
    const serverId = this.instances.get(name)?.options.serverId;
    return [...this.instances.values()].some(
      ({ process, options }) =>
        options.serverId === serverId && process.name !== name && process.isAlive,
    );
  }

  private findStartable(
    name: string,
  ): { process: SimulatedProcess; start: (vouches: boolean) => void } | undefined {
    return this.apis.get(name) ?? this.balancers.get(name) ?? this.instances.get(name);
  }

  private addApi(name: string): void {
    const process = this.createProcess(name, 'api');
    const api = new ApiProcess(process, {
      options: OPTIONS,
      cipher: CIPHER,
      onReleased: (ack) => this.parts.observer.released(ack),
    });
    this.apis.set(name, api);
    this.network.listen(name, api);
  }

  private addBalancer(name: string): void {
    const process = this.createProcess(name, 'balancer');
    this.balancers.set(name, new BalancerProcess(process, OPTIONS, this.balancerCounts));
  }

  private addInstance(name: string, serverId: string): InstanceProcess {
    const { plan, observer, drainsEffects } = this.parts;
    const process = this.createProcess(name, 'instance');
    const planned = plan.instances.find((instance) => instance.name === serverId);
    const apis = [...this.apis.keys()];
    if (process.random.happens(0.5)) apis.reverse();
    const options = {
      serverId,
      fleet: FLEET,
      urls: apis.map((api) => `http://${api}`),
      maxStreams: planned?.maxStreams ?? 4,
      zone: 'z',
    };
    const { machine, sink, hostConditions: conditions } = this;
    const surroundings = { machine, process, sink, observer, conditions, drainsEffects };
    const instance = new InstanceProcess(process, options, surroundings);
    this.instances.set(name, instance);
    return instance;
  }

  private createProcess(name: string, kind: ProcessKind): SimulatedProcess {
    const random = this.machine.random(name);
    const { rateError } = this.parts.plan.swarm;
    return new SimulatedProcess(name, kind, random, {
      rate: 1 + random.pick([-1, -0.5, 0, 0.5, 1]) * rateError,
      monotonicStartMs: random.integer(0, 1_000_000),
      wallOffsetMs: random.integer(-288_000, 288_000),
    });
  }

  private install(): () => void {
    const { machine, server, network } = this;
    const kill = (process: SimulatedProcess): void => this.crash(process);
    return installGlobals(machine, {
      fetch: network.fetch,
      Pool: class extends SimulatedPool {
        constructor(config: ClientConfig) {
          super(server, config);
        }
      },
      Client: class extends SimulatedClient {
        constructor(config: ClientConfig) {
          super(server, config);
        }
      },
      Worker: virtualThread(machine, kill),
      kill,
    });
  }
}

const CIPHER = new SourceCipher('simulated secret of high entropy');
