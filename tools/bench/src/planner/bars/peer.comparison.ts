import type { PeerFigures } from '../parts/peer.part';
import { PEERS } from '../peers/peer.list';
import { scaled } from './bar';
import type { BarContext, Measured } from './bar';
import { MeasureLog } from './measure.log';

/** The common case: rendezvous hashing looks at every pair, so it is a tenth of bar 1. */
const STREAMS = 50_000;
const INSTANCES = 1_000;

export const COMPARISON_TITLE =
  'beside it: 50,000 streams of weight 1 to 4 on 1,000 instances, by other ways to decide';

export interface Comparison {
  readonly rows: readonly PeerFigures[];
  readonly measured: readonly Measured[];
}

/** Every peer on the same case, each in a process of its own. */
export async function comparePeers(context: BarContext): Promise<Comparison> {
  const log = new MeasureLog(context);
  const rows: PeerFigures[] = [];
  for (const peer of PEERS.keys()) {
    const order = {
      peer,
      streams: scaled(context, STREAMS),
      instances: scaled(context, INSTANCES, 2),
      seed: context.seed,
      ...context.runs,
    };
    rows.push(await log.run('peer', order));
  }
  return { rows, measured: log.measured };
}
