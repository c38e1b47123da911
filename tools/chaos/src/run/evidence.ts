import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Violation } from '../checks/violation';
import type { Plant } from '../plant/plant';

/** What of the database tells who owned what, and how it came to that. No secret among it. */
const QUERIES: Readonly<Record<string, string>> = {
  fleets: 'select fleet_id, name, settings from fleets',
  fleet_revisions: 'select * from fleet_revisions',
  cluster_state: 'select * from cluster_state',
  streams: `select stream_id, name, exclusive, autonomy_ms, enabled, config, deleted_at from streams
            order by stream_id`,
  assignments: 'select * from assignments order by stream_id',
  instances: 'select * from instances order by server_id',
  instance_leases: 'select * from instance_leases order by server_id',
  instance_counters: 'select * from instance_counters order by server_id',
  moves: 'select * from moves order by move_id',
  move_ends: 'select * from move_ends',
  events:
    'select * from (select * from events order by event_id desc limit 20000) e order by event_id',
  service_status: 'select * from service_status',
};

/** Keeps what is needed to understand a failure in the folder of the plant, which stays. */
export async function keepEvidence(
  plant: Plant,
  about: { readonly replay: string; readonly violations: readonly Violation[] },
): Promise<void> {
  const folder = join(plant.home.folder, 'database');
  mkdirSync(folder, { recursive: true });
  for (const [name, query] of Object.entries(QUERIES)) {
    const rows = await plant.truth.query(query).catch((error: Error) => [{ error: error.message }]);
    const lines = rows.map((row) => JSON.stringify(row));
    writeFileSync(join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`);
  }
  const story = { ...about, seed: plant.seed, options: plant.options, surprises: plant.surprises };
  writeFileSync(join(plant.home.folder, 'failure.json'), `${JSON.stringify(story, null, 2)}\n`);
}
