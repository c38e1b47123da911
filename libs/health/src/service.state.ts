/** One timed step of a start. */
export interface StartupPhase {
  readonly name: string;
  readonly outcome: 'running' | 'done' | 'degraded' | 'failed';
  readonly durationMs: number;
  /** Attempts it took, for phases that connect to something. */
  readonly attempts: number;
  readonly detail?: string;
}

/** A part that the service can do without. */
export interface OptionalModuleReport {
  readonly name: string;
  readonly status: 'loaded' | 'absent' | 'failed';
  readonly detail?: string;
}

export type LifecycleStage = 'starting' | 'ready' | 'stopping';

/**
 * Where the process is in its life, and how it got there. One per process, written by the start-up
 * and by signal handlers, read by health checks.
 */
export class ServiceState {
  readonly startedAt = new Date();
  private currentStage: LifecycleStage = 'starting';
  private readonly phasesByName = new Map<string, StartupPhase>();
  private readonly modulesByName = new Map<string, OptionalModuleReport>();
  private readonly descriptions = new Map<string, () => unknown>();

  constructor(readonly service: string) {}

  get stage(): LifecycleStage {
    return this.currentStage;
  }

  get phases(): readonly StartupPhase[] {
    return [...this.phasesByName.values()];
  }

  get optionalModules(): readonly OptionalModuleReport[] {
    return [...this.modulesByName.values()];
  }

  /** What the service says of itself beside its stage, read now; goes into its beat. */
  get description(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.descriptions].map(([name, read]) => [name, read()]));
  }

  /** Adds something to the description; `read` gives JSON and never throws. */
  describe(name: string, read: () => unknown): void {
    this.descriptions.set(name, read);
  }

  recordPhase(phase: StartupPhase): void {
    this.phasesByName.set(phase.name, phase);
  }

  recordOptionalModule(report: OptionalModuleReport): void {
    this.modulesByName.set(report.name, report);
  }

  markReady(): void {
    if (this.currentStage === 'starting') this.currentStage = 'ready';
  }

  /** From here on the service is never ready again. */
  markStopping(): void {
    this.currentStage = 'stopping';
  }
}
