import { end, findMissingPrograms, Icecast } from '../readers/icecast.test-support';
import { until } from '../readers/odd.source.test-support';
import { StreamRegistry } from './stream.registry';
import { toLocalStreamView } from './stream.view';

jest.setTimeout(60_000);

const missing = findMissingPrograms();
const sentence = 'plays a real Icecast server fed by a real encoder, and outlives the encoder';

async function playThroughARestart(): Promise<void> {
  const icecast = await Icecast.start();
  const ignored = () => undefined;
  const counters = {
    onBytes: ignored,
    onStall: ignored,
    onFailure: ignored,
    onReconnection: ignored,
  };
  const registry = new StreamRegistry(counters, 128);
  let encoder = icecast.encode('live.mp3', 96);
  try {
    await until('it plays', () => icecast.announce('live.mp3', 'Sine – first'), 20_000);
    const stream = { name: 'live', source: icecast.url('live.mp3'), config: {} };
    const assignment = {
      streamId: '1',
      epoch: 1,
      desired: 'run',
      exclusive: true,
      stream,
    } as const;
    registry.start(assignment, { isAllowed: () => true });
    const view = () => toLocalStreamView(registry.find('1')!);

    await until('the title', () => view().title === 'Sine – first', 20_000);
    await until('the bitrate', () => Math.abs((view().bitrateKbps ?? 0) - 96) < 24, 20_000);
    expect(view()).toMatchObject({ state: 'running', kind: 'icy', lastError: null });
    expect(view().bytes).toBeGreaterThan(10_000);

    await end(encoder);
    await until('it is noticed', () => ['failing', 'stalled'].includes(view().state), 20_000);
    expect(view().lastError).not.toBeNull();

    encoder = icecast.encode('live.mp3', 96);
    await until('it plays again', () => icecast.announce('live.mp3', 'Sine – second'), 20_000);
    await until('it recovers', () => view().title === 'Sine – second', 30_000);
    expect(view()).toMatchObject({ state: 'running', lastError: null });
    expect(view().reconnections).toBeGreaterThan(0);
  } finally {
    await registry.stop('1');
    await end(encoder);
    await icecast.stop();
  }
}

const maybe = missing.length === 0 ? it : it.skip;
const reason = missing.length === 0 ? '' : ` (not run: ${missing.join(' and ')} not installed)`;

describe('a stream from Icecast', () => {
  maybe(`${sentence}${reason}`, playThroughARestart);
});
