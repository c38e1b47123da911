import type { Plant } from '../plant/plant';
import type { StreamTruth } from '../plant/truth.reader';

/** Who owned what at one moment, to tell later what changed. */
export interface OwnershipMark {
  readonly streams: readonly StreamTruth[];
  readonly eventId: number;
  readonly atNs: bigint;
}

export async function markOwnership(plant: Plant): Promise<OwnershipMark> {
  const truth = plant.truth.patient;
  const [streams, eventId] = await Promise.all([truth.streams(), truth.lastEventId()]);
  return { streams, eventId, atNs: process.hrtime.bigint() };
}

/** Streams of one instance at that moment. */
export function ownedBy({ streams }: OwnershipMark, serverId: string): StreamTruth[] {
  return streams.filter((stream) => stream.serverId === serverId);
}

/** How many streams have another epoch than then. */
export async function countChangedEpochs(plant: Plant, mark: OwnershipMark): Promise<number> {
  const before = new Map(mark.streams.map(({ streamId, epoch }) => [streamId, epoch]));
  const now = await plant.truth.patient.streams();
  return now.filter(({ streamId, epoch }) => (before.get(streamId) ?? epoch) !== epoch).length;
}

/** How many incarnations were declared lost since. */
export async function countLost(plant: Plant, mark: OwnershipMark): Promise<number> {
  return (await plant.truth.patient.events(mark.eventId, ['instance.lost'])).length;
}
