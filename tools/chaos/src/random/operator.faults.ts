import { OPERATOR_ACTIONS, putBackOperatorActions } from '../workload/operator.actions';
import type { FaultKind } from './fault.kind';

const ACTIONS = 6;

/** An operator who does several things at once, some of them senseless. */
export const OPERATOR_FAULTS: readonly FaultKind[] = [
  {
    name: 'operator actions',
    place: 'operator',
    durationMs: [500, 6_000],
    strike: async (scene) => {
      const actions = scene.random.sample(OPERATOR_ACTIONS, ACTIONS);
      await Promise.all(actions.map(({ act }) => act(scene).catch(() => undefined)));
      const what = `an operator: ${actions.map(({ name }) => name).join(', ')}`;
      return { what, heal: () => putBackOperatorActions(scene) };
    },
  },
  {
    name: 'moves by hand',
    place: 'operator',
    durationMs: [200, 2_000],
    strike: async (scene) => {
      const moves = OPERATOR_ACTIONS.filter(({ name }) => name.startsWith('a move'));
      for (let round = 0; round < ACTIONS; round += 1) {
        const { act } = scene.random.pick(moves);
        await act(scene).catch(() => undefined);
      }
      return { what: 'moves by hand, some forced or taken back', heal: () => Promise.resolve() };
    },
  },
];
