import type { FleetPicture, InstanceLine, StreamLine } from './fleet.reader';
import { colors, fitTo } from './terminal';

const BAR_WIDTH = 20;

/** The live picture of the fleet as lines: instances with their load, streams with their owners. */
export function renderFleet(
  picture: FleetPicture,
  size: { readonly columns: number; readonly rows: number },
): string[] {
  const instances = [...picture.instances].sort((a, b) => (a.serverId < b.serverId ? -1 : 1));
  const head = [
    colors.bold(`${fitTo('INSTANCE', 14)} ${fitTo('STATUS', 9)} ${fitTo('STREAMS', 8)}`),
    ...instances.map(instanceLine),
    '',
    colors.bold(
      `${fitTo('STREAM', 24)} ${fitTo('OWNER', 14)} ${fitTo('STATE', 11)} ${fitTo('KBIT/S', 7)} TITLE OR PROBLEM`,
    ),
  ];
  const room = Math.max(3, size.rows - head.length - 1);
  const streams = [...picture.streams].sort(bySeverityThenName);
  const lines = streams.slice(0, room).map((stream) => streamLine(stream, size.columns));
  const hidden = streams.length - lines.length;
  return hidden > 0 ? [...head, ...lines, colors.dim(`… and ${hidden} more`)] : [...head, ...lines];
}

function instanceLine(instance: InstanceLine): string {
  const share = instance.maxStreams > 0 ? instance.assignedStreams / instance.maxStreams : 0;
  const filled = Math.min(BAR_WIDTH, Math.ceil(share * BAR_WIDTH));
  const bar = '█'.repeat(filled) + colors.dim('·'.repeat(BAR_WIDTH - filled));
  const count = fitTo(`${instance.assignedStreams}/${instance.maxStreams}`, 8);
  return `${fitTo(instance.serverId, 14)} ${paintStatus(instance.status)} ${count} ${bar}`;
}

function paintStatus(status: string): string {
  const text = fitTo(status, 9);
  if (status === 'ready') return colors.green(text);
  return status === 'lost' ? colors.red(text) : colors.yellow(text);
}

function streamLine(stream: StreamLine, columns: number): string {
  const title = fitTo(stream.title, Math.max(8, columns - 61)).trimEnd();
  return [
    fitTo(stream.name, 24),
    fitTo(stream.serverId ?? '-', 14),
    paintState(stream),
    fitTo(stream.kbps === null ? '' : stream.kbps.toFixed(0), 7),
    title,
  ].join(' ');
}

function paintState(stream: StreamLine): string {
  const text = fitTo(stream.state, 11);
  if (stream.state === 'running') return colors.green(text);
  return isTroubled(stream) ? colors.red(text) : colors.yellow(text);
}

function isTroubled(stream: StreamLine): boolean {
  return stream.serverId === null || stream.state === 'failing' || stream.state === 'stalled';
}

function bySeverityThenName(a: StreamLine, b: StreamLine): number {
  const severity = Number(isTroubled(b)) - Number(isTroubled(a));
  if (severity !== 0) return severity;
  return a.name < b.name ? -1 : 1;
}
