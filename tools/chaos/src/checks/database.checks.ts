import type { TruthReader } from '../plant/truth.reader';
import { firstOf } from './violation';
import type { Violation } from './violation';

/** What each instance holds: what it owns, and its end of each move. */
const HELD = `
  select fleet_id, server_id, count(*)::integer as held from (
    select fleet_id, server_id from assignments where server_id is not null
    union all select fleet_id, server_id from move_ends
  ) ends group by fleet_id, server_id`;

/** I2: nobody has more than fits: what is assigned, and what is on its way there. */
export async function checkCapacity(truth: TruthReader): Promise<Violation[]> {
  const rows = await truth.query<{ serverId: string; held: number; maxStreams: number }>(
    `select server_id as "serverId", h.held, i.max_streams as "maxStreams"
     from instances i join (${HELD}) h using (fleet_id, server_id)
     where h.held > i.max_streams`,
  );
  return firstOf(
    rows.map(({ serverId, held, maxStreams }) => ({
      invariant: 'I2',
      what: `${serverId} has ${held} streams and room for ${maxStreams}`,
    })),
  );
}

/** I5: counters equal what they count. */
export async function checkCounters(truth: TruthReader): Promise<Violation[]> {
  const rows = await truth.query<{ serverId: string; counted: number; real: number }>(
    `select server_id as "serverId", coalesce(c.held_count, 0) as counted,
       coalesce(h.held, 0) as real
     from instance_counters c full join (${HELD}) h using (fleet_id, server_id)
     where coalesce(c.held_count, 0) <> coalesce(h.held, 0)`,
  );
  return firstOf(
    rows.map(({ serverId, counted, real }) => ({
      invariant: 'I5',
      what: `${serverId} is counted with ${counted} streams and has ${real}`,
    })),
  );
}

/** I4b: nothing stays in the middle of something for ever. */
export async function checkTransient(truth: TruthReader, ageMaxMs: number): Promise<Violation[]> {
  const rows = await truth.query<{ moveId: string; state: string; ageMs: number }>(
    `select move_id::text as "moveId", state,
       (extract(epoch from weir_now() - updated_at) * 1000)::double precision as "ageMs"
     from moves where state in ('preparing', 'stopping', 'starting')
       and updated_at < weir_now() - $1 * interval '1 millisecond'`,
    [ageMaxMs],
  );
  return firstOf(
    rows.map(({ moveId, state, ageMs }) => ({
      invariant: 'I4',
      what: `move ${moveId} has been ${state} for ${Math.round(ageMs)} ms`,
    })),
  );
}
