import { plan } from '@weir/planner';
import type { InstanceView, Step, StreamView } from '@weir/planner';
import { capacityFor, readyInstance } from '../fleet/instance.rows';
import { PLAN_SEED, STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import type { Peer, PeerQuestion } from './peer';

/** Longer ago than any cooldown. In ms. */
const LONG_AGO_MS = STARTED_AT_MS - 3_600_000;

/** Weir's own planner: one plan with unlimited budgets, from the snapshot to the steps. */
export const weirPeer: Peer = {
  name: 'Weir',
  prepare: (question) => {
    const snapshot = {
      instances: listInstances(question),
      streams: question.streamIds.map((streamId, at) => viewOf(question, streamId, at)),
    };
    let steps: readonly Step[] = [];
    return {
      decide: () => {
        const made = plan(snapshot, unlimitedSettings, { now: STARTED_AT_MS, seed: PLAN_SEED });
        steps = [...made.placements, ...made.moves];
      },
      owners: () => ownersAfter(question, steps),
    };
  },
};

function listInstances({ weights, serverIds, alive }: PeerQuestion): InstanceView[] {
  const capacity = capacityFor(weights, serverIds.length);
  return alive.map((number) => ({
    ...readyInstance(number, capacity),
    serverId: serverIds[number] ?? '',
  }));
}

function viewOf(question: PeerQuestion, streamId: string, at: number): StreamView {
  const owner = question.serverIds[question.previous[at] ?? -1];
  return {
    streamId,
    load: { weight: question.weights[at] ?? 0 },
    priority: 5,
    exclusive: true,
    enabled: true,
    ...(owner !== undefined && { owner, assignedAt: LONG_AGO_MS }),
  };
}

function ownersAfter(question: PeerQuestion, steps: readonly Step[]): Int32Array {
  const streams = new Map(question.streamIds.map((streamId, at) => [streamId, at]));
  const numbers = new Map(question.serverIds.map((serverId, at) => [serverId, at]));
  const owners = Int32Array.from(question.previous);
  for (const step of steps) owners[streams.get(step.streamId) ?? -1] = numbers.get(step.to) ?? -1;
  return owners;
}
