import { PARTITIONED } from '@weir/testing';
import type { LinkFault } from '@weir/testing';
import { pickBusyInstance } from '../faults/busy.instance';
import { elapsedMs } from '../faults/elapsed';
import { findLeaseLossNs } from '../faults/self.fencing';
import type { InstanceMember } from '../plant/instance.member';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

interface Cut {
  readonly name: string;
  readonly fault: LinkFault;
  /** Whether heartbeats still arrive: then nobody may take over, and the streams rest. */
  readonly isHeard: boolean;
}

const CUTS: readonly Cut[] = [
  { name: 'both ways', fault: PARTITIONED, isHeard: false },
  { name: 'outgoing only', fault: { toServer: { isBlackhole: true } }, isHeard: false },
  { name: 'incoming only', fault: { toClient: { isBlackhole: true } }, isHeard: true },
];

/** An instance is cut off from every replica of the API, in both directions or in one. */
export const w5Row: Row = {
  id: 'W5',
  fault: 'an instance cut off from the API: both ways, outgoing only, incoming only',
  expected: 'it stops its exclusive streams by itself; it is back without a restart',
  repetitions: 1,
  run: async (scene) => {
    for (const cut of CUTS) await cutOff(scene, cut);
  },
};

async function cutOff(scene: Scene, { name, fault, isHeard }: Cut): Promise<void> {
  const { plant, leaseTtlMs } = scene;
  const { instance } = await pickBusyInstance(scene);
  const processes = instance.processCount;
  scene.say(`${instance.name} is cut off, ${name}`);
  const cutNs = process.hrtime.bigint();
  await plant.links.setFault({ from: instance.name }, fault);
  await scene.last(leaseTtlMs);
  if (!isHeard) {
    await scene.recover(`cut off ${name}: streams run elsewhere`, cutNs, leaseTtlMs + 5_000);
  }
  scene.claim(
    findLeaseLossNs(instance, cutNs) !== undefined,
    `${instance.name} was cut off ${name} and never noticed the end of its lease`,
  );
  await plant.links.setFault({ from: instance.name }, {});
  const healedNs = process.hrtime.bigint();
  await untilMember(scene, instance);
  scene.record('it is a member again, from healing', elapsedMs(healedNs), leaseTtlMs);
  await scene.recover('every stream runs, from healing', healedNs, leaseTtlMs);
  scene.claim(instance.processCount === processes, `${instance.name} had to be restarted`);
}

function untilMember(scene: Scene, { serverId }: InstanceMember): Promise<void> {
  return scene.untilTrue(`${serverId} is a member again`, async () => {
    const rows = await scene.plant.truth.query<{ status: string }>(
      'select status from instances where server_id = $1',
      [serverId],
    );
    return rows[0]?.status === 'ready';
  });
}
