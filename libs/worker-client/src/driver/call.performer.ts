import type { Ack, AckResult, AcksResponse, RegisterRequest, StreamEpoch } from '@weir/domain';
import type { RegisterResponse } from '@weir/domain';
import type { ClientLogger, WeirClientOptions } from '../client.options';
import { CLIENT_VERSION } from '../client.version';
import type { MachineAction, MachineEvent } from '../machine/machine.types';
import { isBodyRefused } from './call.outcome';
import type { CallOutcome } from './call.outcome';
import { callUntilAnswered } from './call.retry';
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
}

/**
 * Carries out the machine's calls: repeats them as long as they matter, and reports what became of
 * them.
 */
export class CallPerformer {
  private readonly measures: HeartbeatMeasures;
  private scope = new AbortController();
  private isFirstRegistration = true;
  private isAttemptingRegistration = false;
  private hasGivenUpRegistering = false;

  constructor(private readonly parts: PerformerParts) {
    this.measures = new HeartbeatMeasures(parts.options, parts.logger);
  }

  /** Ends every call of the incarnation that is over. */
  abandon(): void {
    this.scope.abort();
    this.scope = new AbortController();
  }

  async register(running: readonly StreamEpoch[]): Promise<void> {
    const { dispatch } = this.parts;
    const { signal } = this.scope;
    const body = this.registration(running);
    const attempt = () => this.attemptRegistration(body, signal);
    const outcome = await this.repeat('register', signal, attempt, true);
    if (outcome.kind !== 'answered') return dispatch({ type: 'registration-ended' });
    this.isFirstRegistration = false;
    dispatch({ type: 'registered', sentAtMs: outcome.sentAtMs, response: outcome.value });
  }

  /** An attempt under way may have been granted an incarnation, so its answer is awaited. */
  giveUpRegistering(): void {
    this.hasGivenUpRegistering = true;
    if (!this.isAttemptingRegistration) this.abandon();
  }

  async heartbeat(action: ActionOf<'send-heartbeat'>): Promise<void> {
    const { api, dispatch } = this.parts;
    const { incarnation, seenRevision, running, timeoutMs } = action;
    const { signal } = this.scope;
    const measures = this.measures.take(performance.now());
    const body = { incarnation, seenRevision, running, ...measures };
    const outcome = await api.heartbeat(body, { timeoutMs, signal });
    if (outcome.kind === 'answered') {
      const { sentAtMs, value: response } = outcome;
      return dispatch({ type: 'heartbeat-answered', incarnation, sentAtMs, response });
    }
    if (outcome.kind === 'transient' || outcome.kind === 'refused') {
      const { reason } = outcome;
      this.parts.logger.warn({ reason }, 'a heartbeat failed');
      if (isBodyRefused(outcome)) this.measures.refused(measures, reason, performance.now());
      return dispatch({ ...outcome, type: 'heartbeat-failed', incarnation });
    }
    this.reportEnd(incarnation, outcome);
  }

  async acknowledge(incarnation: number, acks: readonly Ack[]): Promise<void> {
    const { signal } = this.scope;
    const outcome = await this.sendAcks(incarnation, acks, signal);
    const isRepeated = acks.length > 1 && isBodyRefused(outcome);
    const results = isRepeated
      ? await this.acknowledgeOneByOne(incarnation, acks, signal)
      : this.resultsOf(incarnation, acks, outcome);
    if (results) this.parts.dispatch({ type: 'acks-answered', incarnation, acks, results });
  }

  /** One ack that the API cannot take must not cost the others that were sent with it. */
  private async acknowledgeOneByOne(
    incarnation: number,
    acks: readonly Ack[],
    signal: AbortSignal,
  ): Promise<readonly AckResult[] | undefined> {
    const all: AckResult[] = [];
    for (const ack of acks) {
      const outcome = await this.sendAcks(incarnation, [ack], signal);
      const results = this.resultsOf(incarnation, [ack], outcome);
      if (!results) return undefined;
      all.push(...results);
    }
    return all;
  }

  private sendAcks(
    incarnation: number,
    acks: readonly Ack[],
    signal: AbortSignal,
  ): Promise<CallOutcome<AcksResponse>> {
    const { api } = this.parts;
    return this.repeat('acks', signal, () => api.acknowledge({ incarnation, acks }, signal));
  }

  /** What the acks came to, none when they were refused; undefined: the incarnation is over. */
  private resultsOf(
    incarnation: number,
    acks: readonly Ack[],
    outcome: CallOutcome<AcksResponse>,
  ): readonly AckResult[] | undefined {
    if (outcome.kind === 'answered') return outcome.value.results;
    this.reportEnd(incarnation, outcome);
    if (outcome.kind !== 'refused') return undefined;
    const dropped = acks.map(({ streamId, epoch, state }) => ({ streamId, epoch, state }));
    this.parts.logger.error({ reason: outcome.reason, dropped }, 'acknowledgements were refused');
    return [];
  }

  /** One attempt: by the next one, the list may not be true any more. */
  async resync(incarnation: number, running: readonly StreamEpoch[]): Promise<void> {
    const { api, dispatch } = this.parts;
    const { signal } = this.scope;
    const outcome = await api.resync({ incarnation, running }, signal);
    this.reportEnd(incarnation, outcome);
    if (outcome.kind === 'answered') {
      return dispatch({ type: 'resync-answered', incarnation, response: outcome.value });
    }
    if (outcome.kind !== 'transient' && outcome.kind !== 'refused') return;
    const { kind, reason } = outcome;
    this.parts.logger.warn({ call: 'resync', reason }, 'a call to the API failed');
    if (kind === 'refused') return dispatch({ type: 'resync-refused', incarnation });
    dispatch({ ...outcome, type: 'resync-failed', incarnation });
  }

  async drain(incarnation: number): Promise<void> {
    const { api, dispatch } = this.parts;
    const { signal } = this.scope;
    const outcome = await this.repeat('drain', signal, () => api.drain(signal));
    this.reportEnd(incarnation, outcome);
    if (outcome.kind === 'answered') dispatch({ type: 'drain-answered', incarnation });
  }

  async leave(incarnation: number): Promise<void> {
    const { api, dispatch } = this.parts;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), LEAVE_TIMEOUT_MS);
    await this.repeat('leave', limit.signal, () => api.leave(incarnation, limit.signal));
    clearTimeout(timer);
    dispatch({ type: 'leave-answered' });
  }

  async watch(incarnation: number): Promise<void> {
    const { api, logger, seenRevision } = this.parts;
    const target = {
      incarnation,
      seenRevision,
      onChanges: (pushed: Parameters<typeof this.push>[1]) => this.push(incarnation, pushed),
      onEnded: (failure: CallOutcome<never>) => this.reportEnd(incarnation, failure),
      onLost: (reason: string) => logger.debug({ reason }, 'the watch was lost'),
    };
    await keepWatching(api, target, this.scope.signal);
  }

  private push(
    incarnation: number,
    pushed: Extract<MachineEvent, { type: 'changes-pushed' }>['pushed'],
  ): void {
    this.parts.dispatch({ type: 'changes-pushed', incarnation, pushed });
  }

  private repeat<T>(
    name: string,
    signal: AbortSignal,
    attempt: () => Promise<CallOutcome<T>>,
    isRefusalRetried = false,
  ): Promise<CallOutcome<T>> {
    return callUntilAnswered(attempt, {
      signal,
      scope: isRefusalRetried ? 'transient-or-refused' : 'transient',
      onFailure: (outcome) => {
        const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
        this.parts.logger.warn({ call: name, reason }, 'a call to the API failed');
      },
    });
  }

  private reportEnd(incarnation: number, outcome: CallOutcome<unknown>): void {
    const { dispatch } = this.parts;
    if (outcome.kind === 'fenced') dispatch({ type: 'incarnation-fenced', incarnation });
    if (outcome.kind === 'unknown') dispatch({ type: 'instance-unknown', incarnation });
  }

  private async attemptRegistration(
    body: RegisterRequest,
    signal: AbortSignal,
  ): Promise<CallOutcome<RegisterResponse>> {
    this.isAttemptingRegistration = true;
    const outcome = await this.parts.api.register(body, signal);
    this.isAttemptingRegistration = false;
    const isAnswered = outcome.kind === 'answered';
    return this.hasGivenUpRegistering && !isAnswered ? { kind: 'abandoned' } : outcome;
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
