import { cleanMetrics, cleanReport } from './measure.cleaner';

describe('what a host measured', () => {
  it('keeps known finite metrics only, within their ranges', () => {
    const given = { cpu: 1.02, memory: Number.NaN, errorRate: -0.1, latencyP95Ms: 1e300 };
    const odd = { eventLoopLagMs: Number.POSITIVE_INFINITY, bandwidthMbps: -1, temperature: 20 };
    expect(cleanMetrics({ ...given, ...odd })).toEqual({
      cpu: 1,
      errorRate: 0,
      latencyP95Ms: 1e12,
      bandwidthMbps: 0,
    });
  });

  it('cuts and cleans the texts of a report and drops a load that is no number', () => {
    const given = {
      streamId: '1',
      load: Number.NaN,
      state: 'a\0b\udc00',
      error: 'x'.repeat(3_000),
    };
    const expected = { streamId: '1', state: 'ab\ufffd', error: 'x'.repeat(2_048) };
    expect(cleanReport(given)).toEqual(expected);
    expect(cleanReport({ streamId: '1', load: -2 })).toEqual({ streamId: '1', load: 0 });
  });

  it('drops a report of no stream', () => {
    expect(cleanReport({ streamId: 'camera' })).toBeUndefined();
  });
});
