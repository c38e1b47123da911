import { isDeepStrictEqual } from 'node:util';
import { SeededRandom } from '@weir/testing';
import { checkHistory, checkPlant } from '../checks/plant.check';
import type { PlantVerdict } from '../checks/plant.check';
import type { Violation } from '../checks/violation';
import { Plant } from '../plant/plant';
import { DEFAULT_PLANT } from '../plant/plant.options';
import type { PlantOptions } from '../plant/plant.options';
import { keepEvidence } from './evidence';
import { RecoveryTable } from './recovery.table';
import type { FigureLine, RecoveryLine } from './recovery.table';
import type { Row } from './row';
import { NotRecoveredError, Scene } from './scene';

/** What came of a row. */
export interface RowResult {
  readonly id: string;
  readonly fault: string;
  readonly expected: string;
  readonly repetitions: number;
  readonly durationMs: number;
  readonly recoveries: readonly RecoveryLine[];
  readonly figures: readonly FigureLine[];
  readonly violations: readonly Violation[];
  readonly surprises: readonly string[];
  /** Why it was not done. */
  readonly skipped: string | undefined;
  /** Where everything about a failure is kept. */
  readonly evidence: string | undefined;
}

export interface RunSettings {
  readonly seed: number;
  readonly isFull: boolean;
  /** Instead of each row's own number. */
  readonly repetitions: number | undefined;
  /** Over every row's own plant. */
  readonly plant: Partial<PlantOptions>;
  /** Keeps the folder of every plant, not only after a failure. */
  readonly isKept: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (row: string, text: string) => void;
}

/** Runs rows one after the other; those that want the same plant share one while it is healthy. */
export class RowRunner {
  private plant: Plant | undefined;
  private readonly random: SeededRandom;

  constructor(private readonly settings: RunSettings) {
    this.random = new SeededRandom(settings.seed);
  }

  async run(row: Row): Promise<RowResult> {
    const startedMs = performance.now();
    const obstacle = row.findObstacle?.();
    const recoveries = new RecoveryTable();
    if (obstacle !== undefined) {
      const nothing = { violations: [], surprises: [], evidence: undefined };
      return toResult(row, {
        recoveries,
        startedMs,
        repetitions: 0,
        skipped: obstacle,
        ...nothing,
      });
    }
    const repetitions = this.settings.repetitions ?? row.repetitions;
    const plant = await this.providePlant(row);
    plant.surprises.length = 0;
    const violations: Violation[] = [];
    for (let turn = 1; turn <= repetitions && violations.length === 0; turn += 1) {
      const count = repetitions > 1 ? `${turn} of ${repetitions}: ` : '';
      violations.push(...(await this.runOnce(row, { plant, recoveries, count })));
    }
    const surprises = [...plant.surprises];
    const evidence = violations.length > 0 ? await this.giveUpPlant(row, violations) : undefined;
    const skipped = undefined;
    return toResult(row, {
      recoveries,
      startedMs,
      repetitions,
      skipped,
      violations,
      surprises,
      evidence,
    });
  }

  /** Ends the plant, if there is one. */
  async close(): Promise<void> {
    const { plant } = this;
    this.plant = undefined;
    if (!plant) return;
    await plant.stop();
    if (!this.settings.isKept) plant.remove();
  }

  private async runOnce(
    row: Row,
    on: { readonly plant: Plant; readonly recoveries: RecoveryTable; readonly count: string },
  ): Promise<Violation[]> {
    const { plant, recoveries, count } = on;
    const scene = new Scene({
      plant,
      recoveries,
      random: this.random,
      isFull: this.settings.isFull,
      signal: this.settings.signal,
      onProgress: (text) => this.settings.onProgress(row.id, count + text),
    });
    try {
      await row.run(scene);
      await scene.settle();
      scene.say('checking journals, sink and database');
      const verdict = await checkPlant(plant);
      noteEffects(recoveries, verdict);
      return [...scene.violations, ...verdict.violations];
    } catch (error) {
      this.settings.signal.throwIfAborted();
      const history = await checkHistory(plant);
      return [...scene.violations, toViolation(error), ...history.violations];
    }
  }

  private async providePlant(row: Row): Promise<Plant> {
    const options: PlantOptions = { ...DEFAULT_PLANT, ...row.plant, ...this.settings.plant };
    if (this.plant && isDeepStrictEqual(this.plant.options, options)) return this.plant;
    await this.close();
    this.plant = await Plant.start(options, this.settings.seed, (detail) =>
      this.settings.onProgress(row.id, `starting: ${detail}`),
    );
    return this.plant;
  }

  private async giveUpPlant(row: Row, violations: readonly Violation[]): Promise<string> {
    const plant = this.plant as Plant;
    this.plant = undefined;
    const { seed, isFull } = this.settings;
    const what = row.replay ?? `--rows ${row.id}`;
    const replay = `npm run chaos -- ${what} --seed ${seed}${isFull ? ' --full' : ''}`;
    await keepEvidence(plant, { replay, violations });
    await plant.stop();
    return plant.home.folder;
  }
}

function noteEffects(recoveries: RecoveryTable, { effects }: PlantVerdict): void {
  if (effects.refused > 0)
    recoveries.figure('stale effects that the sink refused', effects.refused);
}

function toViolation(error: unknown): Violation {
  if (error instanceof NotRecoveredError) return error.violation;
  return { invariant: 'run', what: error instanceof Error ? (error.stack ?? '') : String(error) };
}

function toResult(
  row: Row,
  outcome: {
    readonly recoveries: RecoveryTable;
    readonly startedMs: number;
    readonly repetitions: number;
    readonly skipped: string | undefined;
    readonly violations: readonly Violation[];
    readonly surprises: readonly string[];
    readonly evidence: string | undefined;
  },
): RowResult {
  const { recoveries, startedMs, ...rest } = outcome;
  return {
    id: row.id,
    fault: row.fault,
    expected: row.expected,
    durationMs: performance.now() - startedMs,
    recoveries: recoveries.lines(),
    figures: recoveries.figureLines(),
    ...rest,
  };
}
