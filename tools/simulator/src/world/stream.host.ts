import type { Ack, Assignment } from '@weir/domain';
import type { StopResult, StreamContext, StreamHandler } from '@weir/worker-client';
import type { SimulatedProcess } from '../kernel/simulated.process';
import type { VirtualMachine } from '../kernel/virtual.machine';
import type { Effect, FencedSink, SinkVerdict } from './fenced.sink';

/** One stream that the host runs, or is about to. */
export interface HeldStream {
  readonly streamId: string;
  readonly epoch: number;
  readonly exclusive: boolean;
  readonly process: SimulatedProcess;
  readonly life: number;
  /** Asks the client whether effects are allowed at this moment. */
  readonly isAllowed: () => boolean;
}

/** Told of what hosts do. */
export interface HostObserver {
  started(held: HeldStream, assignment: Assignment): void;
  stopped(held: HeldStream): void;
  effect(effect: Effect, verdict: SinkVerdict): void;
  /** A stop was accepted and committed, with its checkpoint. */
  released(ack: Ack): void;
  /** What a client says of itself. */
  said(process: string, what: () => string): void;
}

export interface HostConditions {
  /** Share of starts that fail. */
  failShare: number;
  /** Share of starts and stops that take long, and how long at most. In ms. */
  slowShare: number;
  slowMostMs: number;
  /** How long an effect is on its way at most. In ms. */
  effectMostMs: number;
}

export interface HostSurroundings {
  readonly machine: VirtualMachine;
  readonly process: SimulatedProcess;
  readonly sink: FencedSink;
  readonly observer: HostObserver;
  readonly conditions: HostConditions;
  /** Whether an effect that is on its way is waited for before a stream counts as stopped. */
  readonly drainsEffects: boolean;
}

const EFFECT_EVERY_MS = 250;

interface RunningStream extends HeldStream {
  position: number;
  underWay: Promise<void> | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The program that embeds the client: runs streams that do something to the outside every now and
 * then, one effect at a time, each under its epoch and only while it is allowed.
 */
export class StreamHost implements StreamHandler {
  readonly running = new Map<string, RunningStream>();

  constructor(private readonly around: HostSurroundings) {}

  async start(assignment: Assignment, context: StreamContext): Promise<void> {
    const { process, observer, conditions } = this.around;
    const held = this.hold(assignment, context);
    this.running.set(held.streamId, held);
    observer.started(held, assignment);
    await this.takeTime();
    if (process.random.happens(conditions.failShare)) {
      this.end(held);
      throw new Error('the source does not answer');
    }
    if (this.running.get(held.streamId) !== held) return;
    held.timer = setInterval(() => this.act(held), EFFECT_EVERY_MS);
  }

  async stop(streamId: string, epoch: number): Promise<StopResult> {
    const held = this.running.get(streamId);
    if (held?.epoch !== epoch) return {};
    clearInterval(held.timer);
    await this.takeTime();
    if (this.around.drainsEffects) await held.underWay;
    this.end(held);
    return { checkpoint: { position: held.position } };
  }

  prepare(): void {
    // Warming up has no effect that anybody could see.
  }

  private hold(assignment: Assignment, context: StreamContext): RunningStream {
    const { streamId, epoch, exclusive, checkpoint } = assignment;
    const { process } = this.around;
    const position = (checkpoint as { position?: number } | undefined)?.position ?? 0;
    const isAllowed = (): boolean => context.isAllowed();
    const { life } = process;
    return {
      streamId,
      epoch,
      exclusive,
      process,
      life,
      isAllowed,
      position,
      underWay: undefined,
      timer: undefined,
    };
  }

  private end(held: RunningStream): void {
    clearInterval(held.timer);
    if (this.running.get(held.streamId) === held) this.running.delete(held.streamId);
    this.around.observer.stopped(held);
  }

  private async takeTime(): Promise<void> {
    const { process, conditions } = this.around;
    const { random } = process;
    const isSlow = random.happens(conditions.slowShare);
    const durationMs = isSlow ? random.between(0, conditions.slowMostMs) : random.between(0, 20);
    await new Promise((resolve) => setTimeout(resolve, durationMs));
  }

  private act(held: RunningStream): void {
    if (held.underWay || !held.isAllowed()) return;
    held.underWay = this.emit(held).finally(() => (held.underWay = undefined));
  }

  /** The effect arrives some time after it was allowed; the sink's answer some time after that. */
  private emit(held: RunningStream): Promise<void> {
    const { machine, process, sink, observer, conditions } = this.around;
    const { streamId, epoch, life } = held;
    const writer = `${process.name}.${life}`;
    const effect = { streamId, epoch, writer, position: held.position + 1 };
    const inMs = process.random.between(0.5, conditions.effectMostMs);
    return new Promise((resolve) => {
      machine.schedule({ inMs }, () => {
        const verdict = sink.take(effect);
        observer.effect(effect, verdict);
        if (process.life !== life) return;
        machine.schedule({ inMs: process.random.between(0.5, 5), process }, () => {
          if (verdict.kind !== 'refused') held.position = effect.position;
          resolve();
        });
      });
    });
  }
}
