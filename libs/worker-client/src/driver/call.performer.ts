import type {
  Ack,
  InstanceMetrics,
  RegisterRequest,
  StreamEpoch,
  WatchChanges,
} from '@weir/domain';
import type { ClientLogger, WeirClientOptions } from '../client.options';
import { CLIENT_VERSION } from '../client.version';
import type { MachineAction, MachineEvent } from '../machine/machine.types';
import { isBodyRefused } from './call.outcome';
import type { CallOutcome } from './call.outcome';
import { callUntilAnswered } from './call.retry';
import type { ClientRuntime } from './client.runtime';
import { HeartbeatMeasures } from './heartbeat.measures';
import type { InstanceApi } from './instance.api';
import { keepWatching } from './watch.reader';

type ActionOf<T extends MachineAction['type']> = Extract<MachineAction, { type: T }>;

/** Saying goodbye is a courtesy: without an answer the lease simply runs out. In ms. */
const LEAVE_TIMEOUT_MS = 5_000;

export interface PerformerParts {
  readonly api: InstanceApi;
  readonly options: WeirClientOptions;
  readonly logger: ClientLogger;
  readonly dispatch: (event: MachineEvent) => void;
  readonly seenRevision: () => number;
  readonly runtime: ClientRuntime;
  /** Told of measures that could not be delivered. */
  readonly onUnsent: (metrics: InstanceMetrics) => void;
}

/**
 * Carries out the machine's calls: repeats them as long as they matter, and reports what became of
 * them.
 */
export class CallPerformer {
  private readonly measures: HeartbeatMeasures;
  private scope = new AbortController();
  private isFirstRegistration = true;

  constructor(private readonly parts: PerformerParts) {
    this.measures = new HeartbeatMeasures(parts.options, parts.logger);
  }

  /** Ends every call of the incarnation that is over. */
  abandon(): void {
    this.scope.abort();
    this.scope = new AbortController();
  }

  async register(running: readonly StreamEpoch[]): Promise<void> {
    const { api, dispatch } = this.parts;
    const outcome = await api.register(this.registration(running), this.scope.signal);
    if (outcome.kind !== 'answered') {
      const reason = this.note('register', outcome);
      const { retryAfterMs } = outcome.kind === 'transient' ? outcome : {};
      const again = retryAfterMs !== undefined && { retryAfterMs };
      return dispatch({ type: 'registration-failed', reason, ...again });
    }
    this.isFirstRegistration = false;
    dispatch({ type: 'registered', sentAtMs: outcome.sentAtMs, response: outcome.value });
  }

  async heartbeat(action: ActionOf<'send-heartbeat'>): Promise<void> {
    const { api, dispatch } = this.parts;
    const { incarnation, seenRevision, running, timeoutMs } = action;
    const { signal } = this.scope;
    const { runtime, onUnsent } = this.parts;
    const measures = this.measures.take(runtime.nowMs());
    const body = { incarnation, seenRevision, running, ...measures };
    const outcome = await api.heartbeat(body, { timeoutMs, signal });
    if (outcome.kind === 'answered') {
      const { sentAtMs, value: response } = outcome;
      return dispatch({ type: 'heartbeat-answered', incarnation, sentAtMs, response });
    }
    if (outcome.kind === 'transient' || outcome.kind === 'refused') {
      const { reason } = outcome;
      this.parts.logger.warn({ reason }, 'a heartbeat failed');
      if (isBodyRefused(outcome)) this.measures.refused(measures, reason, runtime.nowMs());
      if (measures.metrics) onUnsent(measures.metrics);
      return dispatch({ ...outcome, type: 'heartbeat-failed', incarnation });
    }
    this.reportEnd(incarnation, outcome);
  }

  async acknowledge(incarnation: number, acks: readonly Ack[]): Promise<void> {
    const { api, dispatch, logger } = this.parts;
    const outcome = await api.acknowledge({ incarnation, acks }, this.scope.signal);
    this.reportEnd(incarnation, outcome);
    if (outcome.kind === 'answered') {
      return dispatch({ type: 'acks-answered', incarnation, acks, results: outcome.value.results });
    }
    if (outcome.kind !== 'transient' && outcome.kind !== 'refused') return;
    const reason = this.note('acks', outcome);
    if (!isBodyRefused(outcome)) return dispatch({ ...outcome, type: 'acks-failed', incarnation });
    if (acks.length === 1) {
      const dropped = acks.map(({ streamId, epoch, state }) => ({ streamId, epoch, state }));
      logger.error({ reason, dropped }, 'an acknowledgement was refused');
    }
    dispatch({ type: 'acks-refused', incarnation, reason });
  }

  /** One attempt: by the next one, the list may not be true any more. */
  async resync({ incarnation, seenRevision, running }: ActionOf<'resync'>): Promise<void> {
    const { api, dispatch } = this.parts;
    const body = { incarnation, ...(seenRevision !== undefined && { seenRevision }), running };
    const outcome = await api.resync(body, this.scope.signal);
    this.reportEnd(incarnation, outcome);
    if (outcome.kind === 'answered') {
      return dispatch({ type: 'resync-answered', incarnation, response: outcome.value });
    }
    if (outcome.kind !== 'transient' && outcome.kind !== 'refused') return;
    this.note('resync', outcome);
    if (outcome.kind === 'refused') return dispatch({ type: 'resync-refused', incarnation });
    dispatch({ ...outcome, type: 'resync-failed', incarnation });
  }

  async drain(incarnation: number): Promise<void> {
    const { api, dispatch } = this.parts;
    const { signal } = this.scope;
    const outcome = await this.repeat('drain', signal, () => api.drain(incarnation, signal));
    this.reportEnd(incarnation, outcome);
    if (outcome.kind === 'answered') dispatch({ type: 'drain-answered', incarnation });
  }

  async leave(incarnation: number): Promise<void> {
    const { api, dispatch } = this.parts;
    const limit = new AbortController();
    const cancel = this.parts.runtime.after(LEAVE_TIMEOUT_MS, () => limit.abort());
    await this.repeat('leave', limit.signal, () => api.leave(incarnation, limit.signal));
    cancel();
    dispatch({ type: 'leave-answered' });
  }

  async watch(incarnation: number): Promise<void> {
    const { api, logger, runtime, dispatch, seenRevision } = this.parts;
    const target = {
      incarnation,
      seenRevision,
      onOpened: () => dispatch({ type: 'watch-opened', incarnation }),
      onChanges: (pushed: WatchChanges) =>
        dispatch({ type: 'changes-pushed', incarnation, pushed }),
      onEnded: (failure: CallOutcome<never>) => this.reportEnd(incarnation, failure),
      onLost: (reason: string) => {
        logger.debug({ reason }, 'the watch was lost');
        dispatch({ type: 'watch-lost', incarnation, reason });
      },
    };
    await keepWatching({ api, runtime }, target, this.scope.signal);
  }

  private repeat<T>(
    name: string,
    signal: AbortSignal,
    attempt: () => Promise<CallOutcome<T>>,
  ): Promise<CallOutcome<T>> {
    const { runtime } = this.parts;
    return callUntilAnswered(attempt, {
      runtime,
      signal,
      onFailure: (outcome) => void this.note(name, outcome),
    });
  }

  /** @returns why it failed, in words */
  private note(call: string, outcome: CallOutcome<unknown>): string {
    const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
    if (outcome.kind !== 'abandoned') {
      this.parts.logger.warn({ call, reason }, 'a call to the API failed');
    }
    return reason;
  }

  private reportEnd(incarnation: number, outcome: CallOutcome<unknown>): void {
    const { dispatch } = this.parts;
    if (outcome.kind === 'fenced') dispatch({ type: 'incarnation-fenced', incarnation });
    if (outcome.kind === 'unknown') dispatch({ type: 'instance-unknown', incarnation });
  }

  private registration(running: readonly StreamEpoch[]): RegisterRequest {
    const { serverId, host, port, maxStreams, capacity, zone, labels } = this.parts.options;
    const isTakeover = this.isFirstRegistration && this.parts.options.takeover === true;
    return {
      serverId,
      host,
      port,
      maxStreams,
      clientVersion: CLIENT_VERSION,
      ...(capacity && { capacity }),
      ...(zone !== undefined && { zone }),
      ...(labels && { labels }),
      ...(running.length > 0 && { running }),
      ...(isTakeover && { takeover: true }),
    };
  }
}
