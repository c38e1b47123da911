import type { LastEffect } from '../sink/sink.protocol';
import type { StreamTruth } from './truth.reader';

/** What is needed to tell whether every stream runs. */
export interface FleetPicture {
  readonly streams: readonly StreamTruth[];
  readonly effects: readonly LastEffect[];
  readonly nowNs: bigint;
  /** An effect that is older does not show that the stream runs. In ms. */
  readonly effectAgeMaxMs: number;
  /** Nor does one from before this moment: whoever had it may be gone by now. */
  readonly effectsSinceNs: bigint;
}

const NS_PER_MS = 1_000_000n;

/**
 * What is missing until every wanted stream is assigned, said to run, and really has effects under
 * the epoch of its owner. Empty: the fleet has settled.
 */
export function findUnsettled(picture: FleetPicture): string[] {
  const last = new Map(picture.effects.map((effect) => [effect.streamId, effect]));
  const wanted = picture.streams.filter((stream) => stream.isEnabled);
  const stray = picture.streams.filter((stream) => !stream.isEnabled && stream.serverId !== null);
  return [
    ...wanted.flatMap((stream) => problemWith(stream, last.get(stream.streamId), picture) ?? []),
    ...stray.map(({ name }) => `${name} is not wanted and still owned`),
  ];
}

function problemWith(
  { name, status, serverId, epoch, isExclusive }: StreamTruth,
  effect: LastEffect | undefined,
  { nowNs, effectAgeMaxMs, effectsSinceNs }: FleetPicture,
): string | undefined {
  if (status !== 'running') return `${name} is ${status}${serverId ? ` on ${serverId}` : ''}`;
  if (!effect) return `${name} has had no effect yet`;
  const ageMs = Number((nowNs - BigInt(effect.atNs)) / NS_PER_MS);
  if (ageMs > effectAgeMaxMs) return `${name} on ${serverId} has had no effect for ${ageMs} ms`;
  if (BigInt(effect.atNs) <= effectsSinceNs) return `${name} has had no effect since`;
  if (!isExclusive) return undefined;
  if (effect.epoch !== epoch) return `${name} has effects of epoch ${effect.epoch}, not ${epoch}`;
  const writer = effect.writer.split('#')[0]?.split('@')[0];
  if (writer !== serverId) return `${name} is owned by ${serverId} and written by ${writer}`;
  return undefined;
}
