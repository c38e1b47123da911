import type { Assignment, InstanceMetrics } from '@weir/domain';
import { unreachable } from '@weir/domain';
import type { Journal } from '../client.journal';
import type { ClientNotice } from '../client.notice';
import {
  DEFAULT_PREPARE_TIMEOUT_MS,
  DEFAULT_STOP_TIMEOUT_MS,
  silentLogger,
} from '../client.options';
import type { ClientLogger, WeirClientOptions } from '../client.options';
import { InstanceMachine } from '../machine/instance.machine';
import { DEFAULT_MACHINE_SETTINGS } from '../machine/machine.settings';
import type { MachineSettings } from '../machine/machine.settings';
import type { MachineAction, MachineEvent } from '../machine/machine.types';
import { ApiCaller } from './api.caller';
import { CallPerformer } from './call.performer';
import { nodeRuntime } from './client.runtime';
import type { ClientRuntime, DeadlineWatch } from './client.runtime';
import { ClockMonitor } from './clock.monitor';
import { InstanceApi } from './instance.api';
import { OutageBuffer } from './outage.buffer';
import { StreamRunner } from './stream.runner';

/** How often the clocks are compared at least, in ms. */
const CLOCK_CHECK_MS = 500;

/**
 * The thin shell around the machine: one timer, the calls, the handler's steps. Events are taken
 * one after another, each with all its actions, even when an action causes the next event at once.
 */
export class ClientDriver {
  private readonly machine: InstanceMachine;
  private readonly clocks: ClockMonitor;
  private readonly watchdog: DeadlineWatch;
  private readonly outage = new OutageBuffer();
  private readonly calls: CallPerformer;
  private readonly runner: StreamRunner;
  private readonly logger: ClientLogger;
  private readonly queue: MachineEvent[] = [];
  private isDispatching = false;
  private isFinished = false;
  private cancelTimer: () => void = () => undefined;
  private leaseDeadlineMs = Number.NEGATIVE_INFINITY;
  /** Where the lease ended that was lost; what `autonomyMs` counts from. */
  private lastDeadlineMs = Number.NEGATIVE_INFINITY;
  private readonly journal: Journal;

  constructor(
    private readonly options: WeirClientOptions,
    private readonly hooks: {
      readonly onNotice: (notice: ClientNotice) => void;
      readonly onFinish: (isClean: boolean) => void;
    },
    private readonly runtime: ClientRuntime = nodeRuntime,
  ) {
    this.logger = options.logger ?? silentLogger;
    const keep = options.journal ?? (() => undefined);
    this.journal = (entry) => this.guard('the journal failed', () => keep(entry));
    const random = () => runtime.random();
    this.machine = new InstanceMachine(random, settingsOf(options));
    this.clocks = new ClockMonitor(runtime);
    const dispatch = (event: MachineEvent) => this.dispatch(event);
    this.calls = this.createPerformer(dispatch);
    this.runner = this.createRunner(dispatch);
    this.watchdog = runtime.createWatchdog(options.killWhenBlocked === true);
  }

  get incarnation(): number | undefined {
    return this.machine.currentIncarnation;
  }

  get runningCount(): number {
    return this.machine.runningCount;
  }

  /** What is left of the lease, in ms; 0 without one. */
  get leaseLeftMs(): number {
    return Math.max(0, this.leaseDeadlineMs - this.runtime.nowMs());
  }

  /** Asks to be emptied, for that long at most, and says goodbye. */
  leave(timeoutMs: number): void {
    this.dispatch({ type: 'leave-requested', deadlineMs: this.runtime.nowMs() + timeoutMs });
  }

  /** Hands an event to the machine and carries out what it decides. */
  dispatch(event: MachineEvent): void {
    if (this.isFinished) return;
    this.queue.push(event);
    if (this.isDispatching) return;
    this.isDispatching = true;
    try {
      this.checkClocks();
      for (let next = this.queue.shift(); next; next = this.queue.shift()) this.process(next);
    } finally {
      this.isDispatching = false;
    }
  }

  private process(event: MachineEvent): void {
    const { actions, nextWakeAtMs } = this.machine.onEvent(event, this.runtime.nowMs());
    for (const action of actions) this.perform(action);
    this.wakeAt(nextWakeAtMs);
  }

  /** Before anything else: an answer may have come while the machine was suspended. */
  private checkClocks(): void {
    const disagreementMs = this.clocks.findDisagreementMs();
    if (disagreementMs === undefined) return;
    this.clocks.settle();
    this.leaseDeadlineMs = Number.NEGATIVE_INFINITY;
    this.lastDeadlineMs = Number.NEGATIVE_INFINITY;
    this.queue.unshift({ type: 'clocks-disagreed', disagreementMs });
  }

  private perform(action: MachineAction): void {
    switch (action.type) {
      case 'register':
        return this.run(this.calls.register(action.running));
      case 'send-heartbeat':
        return this.run(this.calls.heartbeat(action));
      case 'send-acks':
        return this.run(this.calls.acknowledge(action.incarnation, action.acks));
      case 'resync':
        return this.run(this.calls.resync(action));
      case 'drain':
        return this.run(this.calls.drain(action.incarnation));
      case 'leave':
        return this.run(this.calls.leave(action.incarnation));
      case 'watch':
        return this.run(this.calls.watch(action.incarnation));
      case 'abandon-calls':
        return this.calls.abandon();
      case 'start-stream':
        return this.runner.start(action.assignment);
      case 'prepare-stream':
        return this.runner.prepare(action.assignment);
      case 'inspect-handler':
        return this.runner.inspect();
      case 'stop-stray':
        return this.runner.stopStray(action.stream);
      case 'stop-stream':
        return this.runner.stop(action.stream, action.reason);
      case 'set-deadline':
        this.leaseDeadlineMs = action.deadlineMs ?? Number.NEGATIVE_INFINITY;
        this.lastDeadlineMs = action.deadlineMs ?? this.lastDeadlineMs;
        return this.watchdog.watch(action);
      case 'notify':
        return this.tell(action.notice);
      case 'finish':
        return this.finish(action.isClean);
      default:
        return unreachable(action);
    }
  }

  /**
   * A call's own failures are outcomes; what is thrown here is a bug, and must not pass in silence.
   */
  private run(call: Promise<void>): void {
    call.catch((error: unknown) => {
      this.logger.error({ err: error }, 'the client failed');
      process.nextTick(() => {
        throw error;
      });
    });
  }

  private tell(notice: ClientNotice): void {
    const { name } = notice;
    const streamId = 'streamId' in notice ? notice.streamId : undefined;
    const reason = 'reason' in notice ? notice.reason : undefined;
    this.journal({
      at: this.runtime.machineNs(),
      kind: name,
      ...(streamId !== undefined && { streamId }),
      ...(reason !== undefined && { reason }),
    });
    this.log(notice);
    this.guard('a listener failed', () => this.hooks.onNotice(notice));
    const report = this.outage.notice(notice, this.runtime.nowMs());
    if (report) this.tell(report);
  }

  private log(notice: ClientNotice): void {
    const { name, ...fields } = notice;
    if (name === 'renewed') return this.logger.debug(fields, name);
    if (name !== 'localOperationReported') return this.logger.info(fields, name);
    const { droppedNotices, droppedMeasures } = notice;
    this.logger.info({ droppedNotices, droppedMeasures }, name);
  }

  /** What the host does with news must not stop the machine between two actions. */
  private guard(message: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.logger.error({ err: error }, message);
    }
  }

  private wakeAt(nextWakeAtMs: number | undefined): void {
    this.cancelTimer();
    if (this.isFinished) return;
    const waitMs = (nextWakeAtMs ?? Number.POSITIVE_INFINITY) - this.runtime.nowMs();
    const boundedMs = Math.ceil(Math.min(CLOCK_CHECK_MS, Math.max(0, waitMs)));
    this.cancelTimer = this.runtime.after(boundedMs, () => this.dispatch({ type: 'woken' }));
  }

  private finish(isClean: boolean): void {
    this.isFinished = true;
    this.cancelTimer();
    this.watchdog.close().then(
      () => this.hooks.onFinish(isClean),
      () => this.hooks.onFinish(isClean),
    );
  }

  private createPerformer(dispatch: (event: MachineEvent) => void): CallPerformer {
    const { options, runtime, logger } = this;
    const { urls, key } = options;
    const onNotice = (notice: ClientNotice) => this.tell(notice);
    const api = new InstanceApi(new ApiCaller({ urls, key, runtime, onNotice }), options);
    const seenRevision = () => this.machine.currentRevision;
    const onUnsent = (metrics: InstanceMetrics) => this.outage.measure(metrics, runtime.nowMs());
    return new CallPerformer({ api, options, logger, dispatch, seenRevision, runtime, onUnsent });
  }

  private createRunner(dispatch: (event: MachineEvent) => void): StreamRunner {
    return new StreamRunner({
      handler: this.options.handler,
      journal: this.journal,
      logger: this.logger,
      stopTimeoutMs: this.options.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS,
      prepareTimeoutMs: this.options.prepareTimeoutMs ?? DEFAULT_PREPARE_TIMEOUT_MS,
      runtime: this.runtime,
      dispatch,
      isLeaseGood: (assignment) => this.isLeaseGood(assignment),
      onStopOverdue: (assignment) => this.onStopOverdue(assignment),
    });
  }

  private isLeaseGood({ exclusive, autonomyMs = 0 }: Assignment): boolean {
    if (!exclusive) return true;
    if (this.clocks.findDisagreementMs() !== undefined) return false;
    if (autonomyMs > 0) return this.runtime.nowMs() < this.lastDeadlineMs + autonomyMs;
    return !this.watchdog.hasFired && this.runtime.nowMs() < this.leaseDeadlineMs;
  }

  /** An exclusive stream that does not stop may soon run twice: the process goes, if it may. */
  private onStopOverdue({ streamId, epoch, exclusive }: Assignment): void {
    this.logger.error({ streamId, epoch }, 'a handler takes too long to stop a stream');
    this.tell({ name: 'stopOverdue', streamId, epoch });
    const isLeaseGone = this.runtime.nowMs() >= this.leaseDeadlineMs;
    if (exclusive && isLeaseGone && this.options.killWhenBlocked) this.runtime.die();
  }
}

function settingsOf({ localOperation, checkIntervalMs }: WeirClientOptions): MachineSettings {
  const { localPolicy, checkIntervalMs: usualMs } = DEFAULT_MACHINE_SETTINGS;
  return {
    localPolicy: {
      nonExclusive: localOperation?.nonExclusive ?? localPolicy.nonExclusive,
      maxMs: localOperation?.maxMs ?? localPolicy.maxMs,
    },
    checkIntervalMs: checkIntervalMs ?? usualMs,
  };
}
