import type { Incident } from '../history/history.plan';
import { follow } from '../postgres/postgres.server';
import type { SimulatedProcess } from '../kernel/simulated.process';
import type { SimulatedWorld } from '../world/simulated.world';

/** How often each kind of incident really happened. */
export type IncidentCounts = Record<string, number>;

/** Who is everybody, in a cut. */
const EVERYBODY = '*';

/** Does to the world what a plan says. */
export class IncidentPerformer {
  readonly counts: IncidentCounts = {};
  /** The sum of how far the database's clock was stepped back, in ms. */
  steppedBackMs = 0;
  /** Told when the database has become an older one. */
  onRestored: () => void = () => undefined;
  private slowUntil = 0;

  constructor(private readonly world: SimulatedWorld) {}

  perform(incident: Incident): void | Promise<void> {
    const result = this.performKind(incident);
    if (result === false) return;
    const name = incident.kind === 'operator' ? incident.action.action : incident.kind;
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    return result === true ? undefined : result;
  }

  /** Ends every fault: from now on the system may recover. */
  heal(): void {
    const { world } = this;
    world.network.heal();
    const { server, network } = world;
    Object.assign(server.conditions, { slowShare: 0, breakShare: 0, lostCommitShare: 0 });
    Object.assign(network.conditions, { lossShare: 0, duplicateShare: 0, delayedShare: 0 });
    Object.assign(world.hostConditions, { failShare: 0, slowShare: 0 });
    server.start();
    for (const process of this.everyProcess()) {
      process.pausedUntil = Math.min(process.pausedUntil, world.machine.now);
      process.blockedUntil = Math.min(process.blockedUntil, world.machine.now);
      process.databaseCutUntil = Math.min(process.databaseCutUntil, world.machine.now);
    }
    for (const name of [...world.apis.keys(), ...world.balancers.keys()]) world.begin(name);
    for (const [name, instance] of world.instances) {
      if (name.endsWith('-twin')) world.crash(instance.process);
    }
  }

  /** @returns false when there was nothing to do it to. */
  private performKind(incident: Incident): boolean | Promise<void> {
    const { world } = this;
    const { machine, server } = world;
    switch (incident.kind) {
      case 'crash':
        return this.crash(incident);
      case 'pause':
        return this.withLive(incident.target, (process) => {
          process.pausedUntil = machine.now + incident.forMs;
        });
      case 'block':
        return this.withLive(incident.target, (process) => {
          process.blockedUntil = machine.now + incident.forMs;
        });
      case 'cut':
        return this.cut(incident);
      case 'cut-database':
        return this.withLive(incident.target, (process) => {
          process.databaseCutUntil = machine.now + incident.forMs;
        });
      case 'restart-database':
        return this.restart(incident.downMs, false);
      case 'restore-database':
        return this.restart(incident.downMs, true);
      case 'save-database':
        return world.operator.isReady ? (server.backend.save() ?? true) : false;
      case 'step-clock':
        server.clockOffsetMs += incident.byMs;
        this.steppedBackMs += Math.max(0, -incident.byMs);
        return true;
      case 'slow-database':
        return this.slow(incident);
      case 'join':
        return this.begin(incident.target);
      case 'leave':
        return this.leave(incident);
      case 'twin':
        return this.twin(incident);
      case 'operator':
        return this.operate(incident);
    }
  }

  private crash({ target, downMs, vouches }: Extract<Incident, { kind: 'crash' }>): boolean {
    return this.withLive(target, (process) => {
      this.world.crash(process);
      this.later(downMs, () => this.world.begin(target, vouches));
    });
  }

  private cut({ from, to, isBothWays, forMs }: Extract<Incident, { kind: 'cut' }>): boolean {
    const { network, apis } = this.world;
    const ends = to === EVERYBODY ? [...apis.keys()] : [to];
    for (const end of ends) {
      network.cut(from, end, forMs);
      if (isBothWays) network.cut(end, from, forMs);
    }
    return true;
  }

  private restart(downMs: number, isRestore: boolean): boolean | Promise<void> {
    const { server, operator } = this.world;
    if (!server.isUp || !operator.isReady) return false;
    const stopping = server.stop();
    this.later(downMs, () => {
      if (!isRestore) return server.start();
      return follow(server.stop(), () =>
        follow(server.backend.restore(), () => {
          this.onRestored();
          server.start();
        }),
      );
    });
    return stopping ?? true;
  }

  private slow({ share, mostMs, forMs }: Extract<Incident, { kind: 'slow-database' }>): boolean {
    const { server, machine } = this.world;
    server.conditions.slowShare = share;
    server.conditions.slowMostMs = mostMs;
    this.slowUntil = machine.now + forMs;
    this.later(forMs, () => {
      if (machine.now >= this.slowUntil) server.conditions.slowShare = 0;
    });
    return true;
  }

  private begin(target: string): boolean {
    if (this.world.processOf(target)?.isAlive !== false) return false;
    this.world.begin(target);
    return true;
  }

  private leave({ target, awayMs, vouches }: Extract<Incident, { kind: 'leave' }>): boolean {
    const { world } = this;
    const instance = world.instances.get(target);
    if (!instance?.process.isAlive || instance.isLeaving) return false;
    const { process } = instance;
    const { life } = process;
    world.machine.schedule({ inMs: 0, process }, () => {
      void instance.leave().then(() => {
        if (process.life === life) world.crash(process);
        this.later(awayMs, () => world.begin(target, vouches));
      });
    });
    return true;
  }

  private twin({ target, forMs }: Extract<Incident, { kind: 'twin' }>): boolean {
    const { world } = this;
    const twin = world.addTwin(target);
    if (twin.process.isAlive) return false;
    world.begin(twin.process.name);
    this.later(forMs, () => world.crash(twin.process));
    return true;
  }

  private operate({ action }: Extract<Incident, { kind: 'operator' }>): boolean {
    const { operator, machine, balancers } = this.world;
    if (!operator.isReady) return false;
    if (action.action === 'ring') {
      for (const balancer of balancers.values()) {
        const { process } = balancer;
        if (process.isAlive) machine.schedule({ inMs: 0, process }, () => balancer.ring('fleet'));
      }
      return true;
    }
    machine.schedule({ inMs: 0, process: operator.process }, () => void operator.act(action));
    return true;
  }

  private withLive(target: string, work: (process: SimulatedProcess) => void): boolean {
    const process = this.world.processOf(target);
    if (!process?.isAlive) return false;
    work(process);
    return true;
  }

  private later(inMs: number, work: () => void | Promise<void>): void {
    this.world.machine.schedule({ inMs }, work);
  }

  private everyProcess(): SimulatedProcess[] {
    const { apis, balancers, instances } = this.world;
    return [...apis.values(), ...balancers.values(), ...instances.values()].map(
      ({ process }) => process,
    );
  }
}
