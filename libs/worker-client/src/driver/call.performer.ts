import type {
  Ack,
  InstanceMetrics,
  RegisterRequest,
  StreamEpoch,
  StreamReport,
} from '@weir/domain';
import type { ClientLogger, WeirClientOptions } from '../client.options';
import { CLIENT_VERSION } from '../client.version';
import type { MachineAction, MachineEvent } from '../machine/machine.types';
import type { CallOutcome } from './call.outcome';
import { callUntilAnswered } from './call.retry';
import type { InstanceApi } from './instance.api';
import { ReportSelector } from './report.selector';
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
  private readonly reports = new ReportSelector();
  private scope = new AbortController();
  private isFirstRegistration = true;

  constructor(private readonly parts: PerformerParts) {}

  /** Ends every call of the incarnation that is over. */
  abandon(): void {
    this.scope.abort();
    this.scope = new AbortController();
  }

  async register(running: readonly StreamEpoch[]): Promise<void> {
    const { api, dispatch } = this.parts;
    const { signal } = this.scope;
    const body = this.registration(running);
    const outcome = await this.repeat('register', signal, () => api.register(body, signal), true);
    if (outcome.kind !== 'answered') return;
    this.isFirstRegistration = false;
    dispatch({ type: 'registered', sentAtMs: outcome.sentAtMs, response: outcome.value });
  }

  async heartbeat(action: ActionOf<'send-heartbeat'>): Promise<void> {
    const { api, dispatch } = this.parts;
    const { incarnation, seenRevision, running, timeoutMs } = action;
    const { signal } = this.scope;
    const body = { incarnation, seenRevision, running, ...this.measure() };
    const outcome = await api.heartbeat(body, { timeoutMs, signal });
    if (outcome.kind === 'answered') {
      const { sentAtMs, value: response } = outcome;
      return dispatch({ type: 'heartbeat-answered', incarnation, sentAtMs, response });
    }
    if (outcome.kind === 'transient' || outcome.kind === 'refused') {
      this.parts.logger.warn({ reason: outcome.reason }, 'a heartbeat failed');
      return dispatch({ type: 'heartbeat-failed', incarnation, ...outcome });
    }
    this.reportEnd(incarnation, outcome);
  }

  async acknowledge(incarnation: number, acks: readonly Ack[]): Promise<void> {
    const { api, dispatch } = this.parts;
    const { signal } = this.scope;
    const attempt = () => api.acknowledge({ incarnation, acks }, signal);
    const outcome = await this.repeat('acks', signal, attempt);
    this.reportEnd(incarnation, outcome);
    if (outcome.kind !== 'answered' && outcome.kind !== 'refused') return;
    const results = outcome.kind === 'answered' ? outcome.value.results : [];
    dispatch({ type: 'acks-answered', incarnation, acks, results });
  }

  async resync(incarnation: number, running: readonly StreamEpoch[]): Promise<void> {
    const { api, dispatch } = this.parts;
    const { signal } = this.scope;
    const attempt = () => api.resync({ incarnation, running }, signal);
    const outcome = await this.repeat('resync', signal, attempt);
    this.reportEnd(incarnation, outcome);
    if (outcome.kind === 'refused') dispatch({ type: 'resync-refused', incarnation });
    if (outcome.kind !== 'answered') return;
    dispatch({ type: 'resync-answered', incarnation, response: outcome.value });
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

  /** What the host measures must never cost a heartbeat. */
  private measure(): { metrics?: InstanceMetrics; streams?: readonly StreamReport[] } {
    const { metrics, reports } = this.parts.options;
    try {
      return {
        ...(metrics && { metrics: metrics() }),
        ...(reports && { streams: this.reports.select(reports()) }),
      };
    } catch (error) {
      this.parts.logger.error({ err: error }, 'measuring for the heartbeat failed');
      return {};
    }
  }
}
