import type { PlantOptions } from '../plant/plant.options';
import type { Scene } from './scene';

/** One row of the fault matrix: what is done to a plant, and what must hold then. */
export interface Row {
  /** Its name in the fault matrix: `P1`. */
  readonly id: string;
  readonly fault: string;
  /** What its own claims are, in words, for the table. */
  readonly expected: string;
  /** How often it is done by default; a campaign does it more often. */
  readonly repetitions: number;
  /** The arguments that run it again; `--rows` with its id when absent. */
  readonly replay?: string;
  /** Over the defaults. Rows with the same options share a plant. */
  readonly plant?: Partial<PlantOptions>;
  /** Why it cannot be done on this machine; undefined when it can. */
  readonly findObstacle?: () => string | undefined;
  /** One repetition, on a plant that has settled; it leaves nothing broken. */
  readonly run: (scene: Scene) => Promise<void>;
}
