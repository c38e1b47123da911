import { Indicator } from './indicator';
import type { Reading } from './indicator';
import { Probe } from './probe';

class ScriptedIndicator extends Indicator {
  readonly name = 'scripted';
  readonly isRequired = true;
  reads = 0;

  constructor(private readonly answer: () => Promise<Reading>) {
    super();
  }

  read(): Promise<Reading> {
    this.reads += 1;
    return this.answer();
  }
}

const up: Reading = { status: 'up', details: {} };

describe('Probe', () => {
  it('counts no answer in time as down', async () => {
    const silent = new ScriptedIndicator(() => new Promise(() => {}));
    const { reading, status } = await new Probe(silent, 20).check();
    expect(reading.status).toBe('down');
    expect(status).toMatchObject({ status: 'error', error: 'no answer in 20 ms', retryCount: 1 });
  });

  it('counts an exception as down, with its message', async () => {
    const failing = new ScriptedIndicator(() => Promise.reject(new Error('refused')));
    expect((await new Probe(failing).check()).status.error).toBe('refused');
  });

  it('finds the message of a connection refused on every address', async () => {
    const error = new AggregateError([new Error('connect ECONNREFUSED')]);
    const failing = new ScriptedIndicator(() => Promise.reject(error));
    expect((await new Probe(failing).check()).status.error).toBe('connect ECONNREFUSED');
  });

  it('reads once for callers that come together or within a second', async () => {
    const indicator = new ScriptedIndicator(() => Promise.resolve(up));
    const probe = new Probe(indicator);
    await Promise.all([probe.check(), probe.check(), probe.check()]);
    await probe.check();
    expect(indicator.reads).toBe(1);
  });
});
