import type { FleetSnapshot, InstanceView, StreamView } from '../../index';
import { runBy, utilisationOf } from '../fleet.reading.test-support';
import { toBar, toNumber, toPercent, toTable, wrap } from './text.table.test-support';

/** One line per instance, and below it what it runs. */
export function renderFleet(fleet: FleetSnapshot): string[] {
  const { instances } = fleet;
  const hasZones = instances.some((view) => view.zone !== undefined);
  const hasLabels = instances.some((view) => view.labels !== undefined);
  const head = ['instance', 'status', 'zone', 'labels', 'streams', 'load', 'utilisation'];
  const shown = [true, true, hasZones, hasLabels, true, true, true];
  const rows = [head, ...instances.map((view) => toRow(fleet, view))];
  const lines = toTable(rows.map((row) => row.filter((_, at) => shown[at])));
  return [
    ...lines.slice(0, 1),
    ...instances.flatMap((view, at) => [
      lines[at + 1] ?? '',
      ...wrap(listStreams(runBy(fleet, view.serverId)), '    '),
    ]),
    ...renderOwnerless(fleet),
  ];
}

function toRow(fleet: FleetSnapshot, view: InstanceView): string[] {
  const { dimension, load, capacity, share } = utilisationOf(fleet, view);
  const unit = dimension === 'weight' ? '' : ` ${dimension}`;
  const performance = view.performance === undefined ? '' : ` at ${toPercent(view.performance)}`;
  return [
    view.serverId,
    view.status,
    view.zone ?? '-',
    toPairs(view.labels),
    `${runBy(fleet, view.serverId).length}/${view.capacity.streams}`,
    `${toNumber(load)}/${toNumber(capacity)}${unit}${performance}`,
    `${toBar(share)} ${toPercent(share).padStart(7)}`,
  ];
}

function toPairs(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '-' : pairs.join(' ');
}

function renderOwnerless(fleet: FleetSnapshot): string[] {
  const known = new Set(fleet.instances.map((view) => view.serverId));
  const ownerless = fleet.streams.filter(({ owner }) => owner === undefined || !known.has(owner));
  if (ownerless.length === 0) return [];
  return wrap(`without an owner: ${listStreams(ownerless)}`);
}

function listStreams(streams: readonly StreamView[]): string {
  return streams.length === 0 ? '(nothing)' : streams.map(toWord).join(' ');
}

/** `cam-01`, and in brackets what is not as usual: `cam-01(weight=3,priority=9)`. */
function toWord(view: StreamView): string {
  const { weight, ...resources } = view.load;
  const notes = [
    ...(weight === 1 ? [] : [`weight=${toNumber(weight)}`]),
    ...Object.entries(resources).map(([name, value]) => `${name}=${toNumber(value)}`),
    ...(view.priority === undefined ? [] : [`priority=${view.priority}`]),
    ...(view.spreadGroup === undefined ? [] : [`group=${view.spreadGroup}`]),
    ...Object.entries(view.requires ?? {}).map(([key, value]) => `requires:${key}=${value}`),
    ...Object.entries(view.avoid ?? {}).map(([key, value]) => `avoids:${key}=${value}`),
  ];
  return notes.length === 0 ? view.streamId : `${view.streamId}(${notes.join(',')})`;
}
