import type { Assignment, HeartbeatResponse, RegisterResponse } from '@weir/domain';
import { InstanceMachine } from './instance.machine';
import { DEFAULT_MACHINE_SETTINGS } from './machine.settings';
import type { MachineSettings } from './machine.settings';
import type { MachineAction, MachineEvent } from './machine.types';

export const TTL_MS = 15_000;
/** 15 s * 0.96 - 1 s. */
export const USABLE_MS = 13_400;

export function assignment(streamId: string, epoch: number, more: Partial<Assignment> = {}) {
  const stream = { name: `stream ${streamId}`, source: 'http://source.test/', config: {} };
  return { streamId, epoch, desired: 'run', exclusive: true, stream, ...more } as Assignment;
}

export function registerResponse(more: Partial<RegisterResponse> = {}): RegisterResponse {
  return {
    serverId: 'a',
    incarnation: 1,
    leaseTtlMs: TTL_MS,
    heartbeatIntervalMs: 5_000,
    revision: 10,
    assignments: [],
    ...more,
  };
}

export function heartbeatResponse(more: Partial<HeartbeatResponse> = {}): HeartbeatResponse {
  return {
    leaseTtlMs: TTL_MS,
    heartbeatIntervalMs: 5_000,
    revision: 10,
    status: 'ready',
    ...more,
  };
}

/** A machine with its clock in the test's hands. */
export class MachineBench {
  readonly machine: InstanceMachine;
  readonly everything: MachineAction[] = [];
  nowMs = 1_000;
  nextWakeAtMs: number | undefined;

  constructor(settings: Partial<MachineSettings> = {}) {
    const all = { ...DEFAULT_MACHINE_SETTINGS, checkIntervalMs: 0, ...settings };
    this.machine = new InstanceMachine(() => 0.5, all);
  }

  send(event: MachineEvent): MachineAction[] {
    const outcome = this.machine.onEvent(event, this.nowMs);
    this.nextWakeAtMs = outcome.nextWakeAtMs;
    this.everything.push(...outcome.actions);
    return [...outcome.actions];
  }

  /** Lets time pass without any answer, waking the machine when it asks for it. */
  pass(durationMs: number): MachineAction[] {
    const end = this.nowMs + durationMs;
    const actions: MachineAction[] = [];
    while (this.nextWakeAtMs !== undefined && this.nextWakeAtMs <= end) {
      this.nowMs = Math.max(this.nowMs, this.nextWakeAtMs);
      actions.push(...this.send({ type: 'woken' }));
    }
    this.nowMs = end;
    return actions;
  }

  join(assignments: readonly Assignment[] = [], more: Partial<RegisterResponse> = {}) {
    if (this.machine.currentIncarnation === undefined) this.send({ type: 'begun' });
    const response = registerResponse({ assignments, ...more });
    return this.send({ type: 'registered', sentAtMs: this.nowMs, response });
  }

  get incarnation(): number {
    return this.machine.currentIncarnation ?? -1;
  }

  beat(more: Partial<HeartbeatResponse> = {}, sentAtMs = this.nowMs): MachineAction[] {
    const { incarnation } = this;
    const response = heartbeatResponse(more);
    return this.send({ type: 'heartbeat-answered', incarnation, sentAtMs, response });
  }

  push(changes: readonly Assignment[], revision: number): MachineAction[] {
    const { incarnation } = this;
    return this.send({ type: 'changes-pushed', incarnation, pushed: { revision, changes } });
  }

  stopped(streamId: string, epoch: number, checkpoint?: Record<string, unknown>) {
    const stream = { streamId, epoch };
    return this.send({ type: 'stream-stopped', stream, ...(checkpoint && { checkpoint }) });
  }

  /** Answers the request with acks that is under way. */
  answerAcks(): MachineAction[] {
    const acks = ofType(this.everything, 'send-acks').at(-1)?.acks ?? [];
    return this.send({ type: 'acks-answered', incarnation: this.incarnation, acks, results: [] });
  }

  started(streamId: string, epoch: number) {
    return this.send({ type: 'stream-started', stream: { streamId, epoch } });
  }
}

export function ofType<T extends MachineAction['type']>(
  actions: readonly MachineAction[],
  type: T,
): Extract<MachineAction, { type: T }>[] {
  return actions.filter(
    (action): action is Extract<MachineAction, { type: T }> => action.type === type,
  );
}

export function acksIn(actions: readonly MachineAction[]) {
  return ofType(actions, 'send-acks').flatMap(({ acks }) => acks);
}

export function notices(actions: readonly MachineAction[]): string[] {
  return ofType(actions, 'notify').map(({ notice }) => notice.name);
}
