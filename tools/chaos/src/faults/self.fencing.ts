import type { InstanceMember, ProcessJournal } from '../plant/instance.member';

/** When an instance noticed, from `sinceNs` on, that its lease was over; undefined: never. */
export function findLeaseLossNs(instance: InstanceMember, sinceNs: bigint): bigint | undefined {
  for (const { lines } of instance.journals()) {
    for (const { kind, at } of lines) {
      if ((kind === 'leaseLost' || kind === 'fenced') && BigInt(at) >= sinceNs) return BigInt(at);
    }
  }
  return undefined;
}

/** Until when a process could act, by its own reckoning, when it last noted that. */
export function findLastDeadlineNs({ lines }: ProcessJournal): bigint | undefined {
  const untilNs = lines.findLast(({ kind }) => kind === 'lease')?.untilNs;
  return untilNs === undefined ? undefined : BigInt(untilNs);
}
