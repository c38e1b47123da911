import type { ServiceState, StartupPhase } from '@weir/health';
import type { Logger, MetricsRegistry } from '@weir/observability';
import { tellParent } from './parent.channel';
import { messageOf } from './retry';

/** What a phase has to say besides that it is done. */
export interface PhaseResult {
  readonly attempts?: number;
  /** Set when the service goes on without what the phase was to bring. */
  readonly degradedBecause?: string;
}

const MS_PER_SECOND = 1000;

/**
 * Runs the phases of a start: each is timed, logged, measured, and told to health checks and the
 * parent.
 */
export class PhaseRecorder {
  private readonly running = new Set<string>();
  private readonly seconds;

  constructor(
    private readonly state: ServiceState,
    private readonly logger: Logger,
    metrics: MetricsRegistry,
  ) {
    this.seconds = metrics.gauge({
      name: 'startup_phase_seconds',
      help: 'How long each phase of the start took.',
      labels: ['phase'],
    });
  }

  /** Names of the phases under way, for the message when the start takes too long. */
  get runningPhases(): readonly string[] {
    return [...this.running];
  }

  /** Runs one phase; what it throws is recorded and thrown on. */
  async run(name: string, work: () => Promise<PhaseResult | void>): Promise<void> {
    const startedAtMs = performance.now();
    this.running.add(name);
    this.record({ name, outcome: 'running', durationMs: 0, attempts: 0 });
    try {
      const result = (await work()) ?? {};
      this.finish(name, startedAtMs, result);
    } catch (error) {
      const durationMs = elapsedMs(startedAtMs);
      this.record({ name, outcome: 'failed', durationMs, attempts: 0, detail: messageOf(error) });
      throw error;
    } finally {
      this.running.delete(name);
    }
  }

  private finish(name: string, startedAtMs: number, result: PhaseResult): void {
    const durationMs = elapsedMs(startedAtMs);
    const detail = result.degradedBecause;
    this.seconds.set({ phase: name }, durationMs / MS_PER_SECOND);
    this.record({
      name,
      outcome: detail === undefined ? 'done' : 'degraded',
      durationMs,
      attempts: result.attempts ?? 1,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  private record(phase: StartupPhase): void {
    this.state.recordPhase(phase);
    const { name, outcome, durationMs, detail } = phase;
    const rest = detail === undefined ? {} : { detail };
    tellParent({
      type: 'phase',
      service: this.state.service,
      phase: name,
      outcome,
      durationMs,
      ...rest,
    });
    if (outcome === 'running') return;
    const fields = { phase: name, outcome, durationMs, attempts: phase.attempts, ...rest };
    this.logger[outcome === 'done' ? 'info' : 'warn'](fields, `start-up phase ${name}: ${outcome}`);
  }
}

function elapsedMs(startedAtMs: number): number {
  return Math.round(performance.now() - startedAtMs);
}
