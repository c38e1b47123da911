import { ReportSelector } from './report.selector';

describe('ReportSelector', () => {
  const reports = Array.from({ length: 2_500 }, (_, index) => ({
    streamId: String(index + 1),
    load: 0.25,
    state: 'running',
  }));

  it('sends all reports in turn when they do not fit into one heartbeat', () => {
    const selector = new ReportSelector();
    const seen = new Set<string>();
    for (let beat = 0; beat < 3; beat += 1) {
      const selected = selector.select(reports);
      expect(selected.length).toBeLessThanOrEqual(1_000);
      expect(JSON.stringify(selected).length).toBeLessThan(60 * 1024);
      for (const { streamId } of selected) seen.add(streamId);
    }
    expect(seen.size).toBe(2_500);
  });

  it('shortens errors, sends few reports whole, and none when there are none', () => {
    const selector = new ReportSelector();
    expect(selector.select([])).toEqual([]);
    const [report] = selector.select([{ streamId: '1', error: 'x'.repeat(5_000) }]);
    expect(report?.error).toHaveLength(2_048);
  });
});
