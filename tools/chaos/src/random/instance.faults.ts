import { PARTITIONED, slowLink } from '@weir/testing';
import type { LinkFault } from '@weir/testing';
import type { InstanceMember } from '../plant/instance.member';
import type { Scene } from '../run/scene';
import { NOTHING_TO_HEAL } from './fault.kind';
import type { FaultKind } from './fault.kind';

/** Beyond every lease of the plants here. In ms. */
const LONG_MS = 12_000;
const SLOW = slowLink({ latencyMs: 150, jitterMs: 200 });

/** What happens to instances, and to their ways to the API. */
export const INSTANCE_FAULTS: readonly FaultKind[] = [
  {
    name: 'instance killed',
    place: 'instances',
    durationMs: [500, LONG_MS],
    strike: async (scene) => {
      const instance = pickInstance(scene);
      await instance.kill();
      return { what: `${instance.name} killed`, heal: () => instance.start() };
    },
  },
  {
    name: 'instance asked to stop',
    place: 'instances',
    durationMs: [500, 3_000],
    strike: async (scene) => {
      const instance = pickInstance(scene);
      // It may take its time to hand over; what happens meanwhile is part of the matter.
      const stopped = instance.stop();
      return {
        what: `${instance.name} asked to stop`,
        heal: async () => {
          await stopped;
          await instance.start();
        },
      };
    },
  },
  {
    name: 'instance paused',
    place: 'instances',
    durationMs: [500, LONG_MS],
    strike: (scene) => {
      const instance = pickInstance(scene);
      instance.pause();
      const heal = (): Promise<void> => Promise.resolve(instance.resume());
      return Promise.resolve({ what: `${instance.name} paused`, heal });
    },
  },
  {
    name: 'instance blocked',
    place: 'instances',
    durationMs: [1_000, 8_000],
    strike: (scene) => {
      const instance = pickInstance(scene);
      const blockMs = Math.round(scene.random.between(500, LONG_MS));
      instance.block(blockMs);
      const what = `event loop of ${instance.name} blocked for ${blockMs} ms`;
      return Promise.resolve({ what, heal: NOTHING_TO_HEAL });
    },
  },
  cutOff('instance cut off', PARTITIONED),
  cutOff('instance not heard', { toServer: { isBlackhole: true } }),
  cutOff('instance not hearing', { toClient: { isBlackhole: true } }),
  cutOff('instance slow', SLOW),
  cutOff('instance refused', { connecting: 'refused' }),
  {
    name: 'instance connections reset',
    place: 'instances',
    durationMs: [100, 2_000],
    strike: (scene) => {
      const instance = pickInstance(scene);
      for (const link of scene.plant.links.match({ from: instance.name })) link.resetAll();
      const what = `connections of ${instance.name} reset`;
      return Promise.resolve({ what, heal: NOTHING_TO_HEAL });
    },
  },
];

function cutOff(name: string, fault: LinkFault): FaultKind {
  return {
    name,
    place: 'instances',
    durationMs: [500, LONG_MS],
    strike: async (scene) => {
      const { links } = scene.plant;
      const instance = pickInstance(scene);
      await links.setFault({ from: instance.name }, fault);
      const heal = (): Promise<void> => links.setFault({ from: instance.name }, {});
      return { what: `${name}: ${instance.name}`, heal };
    },
  };
}

function pickInstance({ plant, random }: Scene): InstanceMember {
  return random.pick(plant.instances);
}
