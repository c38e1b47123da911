import type { ServiceRecord } from '@weir/database';

/** A replica that was not heard of for this long is silent: five beats are missing. In ms. */
export const SILENT_MS = 10_000;

/** What a replica does before it goes in good order. */
const LEAVING: ReadonlySet<string> = new Set(['stopping', 'stopped']);

/**
 * The replicas that are worth looking at. Left out, first match wins:
 * 1. an older entry of the same address: another process listens there now;
 * 2. one that stopped in good order and is silent since;
 * 3. a silent one whose service has a replica that started after it fell silent: its replacement.
 */
export function selectReplicas(records: readonly ServiceRecord[]): ServiceRecord[] {
  const newestFirst = records.toSorted((a, b) => a.silentMs - b.silentMs);
  const urls = new Set<string>();
  const kept: ServiceRecord[] = [];
  for (const record of newestFirst) {
    if (record.url !== null && urls.has(record.url)) continue;
    if (record.url !== null) urls.add(record.url);
    const isSilent = record.silentMs > SILENT_MS;
    if (isSilent && (LEAVING.has(record.status) || isReplaced(record, records))) continue;
    kept.push(record);
  }
  return kept.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

function isReplaced(silent: ServiceRecord, records: readonly ServiceRecord[]): boolean {
  return records.some(
    (other) =>
      other.service === silent.service &&
      other.silentMs <= SILENT_MS &&
      other.startedAt.getTime() > silent.lastSeen.getTime(),
  );
}

function nameOf({ service, replica }: ServiceRecord): string {
  return `${service}/${replica}`;
}
