import { measureCold } from './cold.part';
import { measureConstrained } from './constrained.part';
import { measureExact } from './exact.part';
import { measureJitter } from './jitter.part';
import { measureJoin } from './join.part';
import { measureLoss } from './loss.part';
import { measureMemory } from './memory.part';
import { measurePeer } from './peer.part';
import { measureRestart } from './restart.part';
import { measureRounds } from './rounds.part';

/** Everything that is measured in a process of its own, by name. */
export const PARTS = {
  cold: measureCold,
  memory: measureMemory,
  constrained: measureConstrained,
  join: measureJoin,
  loss: measureLoss,
  rounds: measureRounds,
  restart: measureRestart,
  exact: measureExact,
  jitter: measureJitter,
  peer: measurePeer,
};

export type PartName = keyof typeof PARTS;

/** What the part is told; survives JSON. */
export type OrderOf<Name extends PartName> = Parameters<(typeof PARTS)[Name]>[0];

/** What it answers; survives JSON. */
export type FiguresOf<Name extends PartName> = Awaited<ReturnType<(typeof PARTS)[Name]>>;
