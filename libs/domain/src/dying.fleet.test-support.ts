import { decideFlappingMs, isScattering } from './flapping';
import { DEFAULT_FLEET_SETTINGS } from './fleet';
import { computeIsolatedMax, decideIsolation } from './isolation';
import type { InstanceLoss, Suspicion } from './isolation';
import { decideProbation } from './probation';

const MINUTE_MS = 60_000;
const STEP_MS = 1_000;

export interface DyingFleetRules {
  readonly instances: number;
  readonly streams: number;
  /** Streams that kill their instance this long after they started there, in ms. */
  readonly poison: ReadonlyMap<string, number>;
  /** How dead instances are noticed: by their lease, or because they register again at once. */
  readonly death: 'taken-over' | 'replaced';
  /** Crashes of each instance per hour that no stream is at fault for. */
  readonly crashesPerHour: number;
  readonly random: () => number;
}

interface Held {
  readonly sinceMs: number;
}

interface Instance {
  readonly serverId: string;
  incarnation: number;
  diedAt: number | undefined;
  flappingUntil: number;
  streams: Map<string, Held>;
}

type Hold = { kind: 'isolated' | 'probation'; evidence: Suspicion; isRecalled: boolean };

/**
 * A fleet in virtual time, as small as it can be to try the decisions about dying instances:
 * streams go to the emptiest instance, and some of them kill it.
 */
export class DyingFleet {
  readonly holds = new Map<string, Hold>();
  readonly failedOn = new Map<string, Set<string>>();
  readonly everIsolated = new Set<string>();
  readonly lostServers: string[] = [];
  /** Lost incarnations and servers until each poison was first isolated. */
  readonly lostBefore = new Map<string, { incarnations: number; servers: number }>();
  heldMost = 0;
  now = 1_000_000;
  private readonly settings = DEFAULT_FLEET_SETTINGS;
  private readonly instances: Instance[];
  private readonly ownerless = new Set<string>();
  private losses: (InstanceLoss & { suspects: Map<string, number> })[] = [];
  private lossCount = 0;

  constructor(private readonly rules: DyingFleetRules) {
    this.instances = Array.from({ length: rules.instances }, (_unused, index) => ({
      serverId: `server-${index}`,
      incarnation: 1,
      diedAt: undefined,
      flappingUntil: 0,
      streams: new Map(),
    }));
    const first = Array.from({ length: rules.streams }, (_unused, index) => String(index + 1));
    for (const streamId of first) if (!rules.poison.has(streamId)) this.ownerless.add(streamId);
    this.place();
  }

  /** The poison arrives when everything else has been running for long. */
  poisonArrives(): void {
    for (const streamId of this.rules.poison.keys()) this.ownerless.add(streamId);
    this.place();
  }

  run(durationMs: number): void {
    const end = this.now + durationMs;
    while (this.now < end) {
      this.now += STEP_MS;
      this.kill();
      this.notice();
      this.tryProbation();
      this.place();
    }
  }

  private kill(): void {
    const chance = (this.rules.crashesPerHour * STEP_MS) / (60 * MINUTE_MS);
    for (const instance of this.alive()) {
      const isPoisoned = [...instance.streams].some(([id, { sinceMs }]) => {
        const delayMs = this.rules.poison.get(id);
        return delayMs !== undefined && this.now - sinceMs >= delayMs;
      });
      if (isPoisoned || this.rules.random() < chance) instance.diedAt = this.now;
    }
  }

  private notice(): void {
    const afterMs = this.rules.death === 'replaced' ? 2_000 : this.settings.leaseTtlMs;
    for (const instance of this.instances) {
      const { diedAt } = instance;
      if (diedAt === undefined) continue;
      if (this.now - diedAt === afterMs) this.lose(instance, diedAt);
      const backAfterMs = this.rules.death === 'replaced' ? afterMs : MINUTE_MS;
      if (this.now - diedAt >= backAfterMs) instance.diedAt = undefined;
    }
  }

  private lose(instance: Instance, diedAt: number): void {
    const { isolateRecentMs, isolateWindowMs, flapWindowMs } = this.settings;
    const lastSign = diedAt - Math.floor((this.rules.random() * this.settings.leaseTtlMs) / 3);
    const recent = [...instance.streams].filter(
      ([, { sinceMs }]) => sinceMs >= lastSign - isolateRecentMs,
    );
    this.losses = this.losses.filter(({ atMs }) => atMs >= this.now - isolateWindowMs);
    this.losses.push({
      lossId: (this.lossCount += 1),
      serverId: instance.serverId,
      incarnation: instance.incarnation,
      atMs: lastSign,
      isNew: true,
      suspectCount: recent.length,
      suspects: new Map(
        recent.map(([id, { sinceMs }]) => [
          id,
          Math.max(diedAt > sinceMs ? 1 : 0, lastSign - sinceMs),
        ]),
      ),
    });
    this.lostServers.push(instance.serverId);
    const flaps = this.losses.filter(
      ({ serverId, atMs }) => serverId === instance.serverId && atMs >= this.now - flapWindowMs,
    ).length;
    const flappingMs = decideFlappingMs(flaps, this.settings);
    if (flappingMs > 0) instance.flappingUntil = this.now + flappingMs;
    const kept = new Map<string, Held>();
    for (const [id] of instance.streams) {
      const isKept = this.rules.death === 'replaced' && !isScattering(flaps);
      if (isKept) kept.set(id, { sinceMs: this.now });
      else this.ownerless.add(id);
      if (this.rules.death === 'replaced' && !isKept) this.avoid(id, instance.serverId);
    }
    instance.streams = kept;
    instance.incarnation += 1;
    this.judge();
  }

  private avoid(streamId: string, serverId: string): void {
    const avoided = this.failedOn.get(streamId) ?? new Set();
    this.failedOn.set(streamId, avoided.add(serverId));
  }

  private judge(): void {
    const decision = decideIsolation(
      {
        losses: this.losses,
        streams: this.rules.streams,
        instances: this.instances.length,
        isolated: new Map(
          [...this.holds].flatMap(([id, { kind, evidence }]) =>
            kind === 'isolated' ? [[id, { isSuspect: !evidence.isProven }]] : [],
          ),
        ),
        onProbation: new Set(
          [...this.holds].flatMap(([id, { kind }]) => (kind === 'probation' ? [id] : [])),
        ),
      },
      this.settings,
    );
    this.losses = this.losses.map((loss) => ({ ...loss, isNew: false }));
    for (const id of decision.exonerate) this.acquit(id);
    for (const evidence of [...decision.isolate, ...decision.convict]) this.isolate(evidence);
    for (const id of decision.recall) {
      this.isolate({ ...this.holds.get(id)!.evidence });
      this.holds.get(id)!.isRecalled = true;
    }
    const held = this.holds.size;
    this.heldMost = Math.max(this.heldMost, held);
    if (held > computeIsolatedMax(this.rules.streams, this.settings)) throw new Error('too many');
  }

  private isolate(evidence: Suspicion): void {
    const { streamId } = evidence;
    if (this.rules.poison.has(streamId) && !this.lostBefore.has(streamId)) {
      const servers = new Set(this.lostServers).size;
      this.lostBefore.set(streamId, { incarnations: this.lostServers.length, servers });
    }
    this.everIsolated.add(streamId);
    this.holds.set(streamId, { kind: 'isolated', evidence, isRecalled: false });
    this.ownerless.add(streamId);
    for (const instance of this.instances) instance.streams.delete(streamId);
  }

  private acquit(streamId: string): void {
    this.holds.delete(streamId);
    for (const loss of this.losses) loss.suspects.delete(streamId);
  }

  private tryProbation(): void {
    const list = [...this.holds];
    const decision = decideProbation(
      {
        instances: this.instances.length,
        suspects: list.flatMap(([streamId, { kind, evidence, isRecalled }]) =>
          kind === 'isolated' && !evidence.isProven
            ? [{ streamId, losses: evidence.losses.length, isRecalled }]
            : [],
        ),
        onProbation: list.flatMap(([streamId, { kind, evidence, isRecalled }]) =>
          kind === 'probation'
            ? [
                {
                  streamId,
                  isRecalled,
                  provenMs: this.provenMs(streamId),
                  worstAfterMs: Math.max(0, ...evidence.losses.map(({ afterMs }) => afterMs)),
                },
              ]
            : [],
        ),
      },
      this.settings,
    );
    for (const id of decision.release) this.acquit(id);
    for (const id of decision.start) this.holds.get(id)!.kind = 'probation';
  }

  /** Up to the last sign of life, which a dead instance stopped giving. */
  private provenMs(streamId: string): number {
    const owner = this.instances.find(({ streams }) => streams.has(streamId));
    const held = owner?.streams.get(streamId);
    if (!owner || !held) return 0;
    return (owner.diedAt ?? this.now) - held.sinceMs;
  }

  private place(): void {
    for (const streamId of [...this.ownerless].sort(() => this.rules.random() - 0.5)) {
      if (this.holds.get(streamId)?.kind === 'isolated') continue;
      const open = this.alive().filter(({ flappingUntil }) => flappingUntil <= this.now);
      const avoided = this.failedOn.get(streamId);
      const wanted = open.filter(({ serverId }) => !avoided?.has(serverId));
      const [target] = (wanted.length > 0 ? wanted : open).sort(
        (a, b) => a.streams.size - b.streams.size,
      );
      if (!target) continue;
      target.streams.set(streamId, { sinceMs: this.now });
      this.ownerless.delete(streamId);
    }
  }

  private alive(): Instance[] {
    return this.instances.filter(({ diedAt }) => diedAt === undefined);
  }
}
