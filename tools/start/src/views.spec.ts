import { renderFleet } from './live.table';
import { planPorts } from './port.plan';
import { ProgressView } from './progress.view';
import { fitTo, formatDuration } from './terminal';

const instance = {
  serverId: 'worker-1',
  status: 'ready',
  assignedStreams: 2,
  maxStreams: 4,
  port: 1,
};
const stream = {
  streamId: '1',
  name: 'Harbour Jazz',
  serverId: 'worker-1',
  status: 'running',
  state: 'running',
  kbps: 64,
  title: 'A tune',
};

describe('the live table', () => {
  it('shows who runs what, troubled streams first, and says how many did not fit', () => {
    const failing = { ...stream, streamId: '2', name: 'Zoo', state: 'failing', title: 'refused' };
    const streams = [stream, failing, ...Array.from({ length: 30 }, () => stream)];
    const lines = renderFleet({ instances: [instance], streams }, { columns: 100, rows: 12 });
    const text = lines.join('\n');
    expect(text).toMatch(/worker-1 .*2\/4/);
    expect(text.indexOf('Zoo')).toBeLessThan(text.indexOf('Harbour'));
    expect(text).toMatch(/and \d+ more/);
    expect(lines.length).toBeLessThanOrEqual(13);
  });

  it('has room for an empty fleet', () => {
    expect(renderFleet({ instances: [], streams: [] }, { columns: 40, rows: 5 })).toHaveLength(3);
  });
});

describe('progress', () => {
  it('is one plain line per change where there is no terminal', () => {
    const lines: string[] = [];
    const terminal = {
      isInteractive: false,
      columns: 80,
      rows: 24,
      write: (t: string) => lines.push(t),
    };
    const view = new ProgressView(terminal);
    const news = { name: 'redis', tier: 'infrastructure', durationMs: 120 } as const;
    view.onNews({ ...news, state: 'starting', detail: '' });
    view.onNews({ ...news, state: 'starting', detail: 'still' });
    view.onNews({ ...news, state: 'ready', detail: 'port 1' });
    view.finish();
    expect(lines).toEqual(['redis starting\n', 'redis ready (120 ms): port 1\n']);
  });
});

it('ports count up from the first one, workers ten above it', () => {
  expect(planPorts(7_070, 2)).toMatchObject({
    api: 7_070,
    aggregator: 7_073,
    workers: [7_080, 7_081],
  });
});

it('texts are cut or filled to their column, and durations are readable', () => {
  expect([fitTo('abc', 5), fitTo('abcdef', 4)]).toEqual(['abc  ', 'abc…']);
  expect([20, 2_345, 65_000].map(formatDuration)).toEqual(['20 ms', '2.3 s', '1 min 5 s']);
});
