import type { FleetSnapshot, MoveView, PlannerSettings, StreamView } from '@weir/planner';
import { plan } from '@weir/planner';

export interface JoinOptions {
  /** Instances before the new one joins. */
  readonly instances: number;
  /** Streams that each of them runs, all of weight 1. */
  readonly streamsEach: number;
  /** Capacity of each instance, in streams. */
  readonly capacity: number;
  /** How long a move is under way, in rounds of one second each. */
  readonly roundsPerMove: number;
}

export interface Join {
  /** Seconds until it runs its share, less the band; undefined: not within `ROUNDS_MAX`. */
  readonly seconds: number | undefined;
  readonly moves: number;
}

/** A plan each second, as the control loop makes them. */
const ROUND_MS = 1_000;
const ROUNDS_MAX = 1_200;
const NEW = 'new';

/** Lets an empty instance join an even fleet, and plans every second until it has its share. */
export function runJoin(options: JoinOptions, settings: PlannerSettings): Join {
  let fleet = evenFleet(options);
  const share = (options.instances * options.streamsEach) / (options.instances + 1);
  const enough = share * (1 - settings.relativeBand);
  const underWay: { readonly move: MoveView; readonly doneIn: number }[] = [];
  let moves = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const done = underWay.filter(({ doneIn }) => doneIn === round).map(({ move }) => move);
    fleet = finish(fleet, done, round * ROUND_MS);
    if (countOf(fleet, NEW) >= enough) return { seconds: (round * ROUND_MS) / 1_000, moves };
    const current = underWay.filter(({ doneIn }) => doneIn > round).map(({ move }) => move);
    const context = { now: round * ROUND_MS, seed: 1 };
    const planned = plan({ ...fleet, moves: current }, settings, context);
    moves += planned.moves.length;
    for (const { streamId, from, to } of planned.moves) {
      const move = from === undefined ? { streamId, to } : { streamId, from, to };
      underWay.push({ move, doneIn: round + options.roundsPerMove });
    }
  }
  return { seconds: undefined, moves };
}

function evenFleet({ instances, streamsEach, capacity }: JoinOptions): FleetSnapshot {
  const serverIds = [...Array.from({ length: instances }, (_, at) => `i${at}`), NEW];
  const streams = Array.from({ length: instances * streamsEach }, (_, at): StreamView => ({
    streamId: `s${at}`,
    load: { weight: 1 },
    owner: `i${at % instances}`,
  }));
  return {
    instances: serverIds.map((serverId) => ({
      serverId,
      status: 'ready',
      capacity: { streams: capacity },
    })),
    streams,
  };
}

function finish(fleet: FleetSnapshot, done: readonly MoveView[], now: number): FleetSnapshot {
  const targets = new Map(done.map((move) => [move.streamId, move.to]));
  const streams = fleet.streams.map((view) => {
    const owner = targets.get(view.streamId);
    return owner === undefined ? view : { ...view, owner, lastMovedAt: now };
  });
  return { ...fleet, streams };
}

function countOf(fleet: FleetSnapshot, serverId: string): number {
  return fleet.streams.filter((view) => view.owner === serverId).length;
}
