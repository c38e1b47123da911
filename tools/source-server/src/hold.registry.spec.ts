import { findOverlaps, type Hold, HoldRegistry } from './hold.registry';

describe('holds', () => {
  let nowMs = 0;
  let registry: HoldRegistry;
  const a = { name: 'x', kind: 'hls', client: 'player a', labels: {} } as const;
  const b = { ...a, client: 'player b' };

  beforeEach(() => {
    nowMs = 1_000;
    registry = new HoldRegistry(() => nowMs);
  });

  it('joins the requests of an HLS client to one hold, which ends with the last request', () => {
    registry.visit(a, 10);
    nowMs += 5_000;
    registry.visit(a, 20);
    expect(registry.countOpen('x')).toBe(1);
    nowMs += 6_001;
    expect(registry.countOpen('x')).toBe(0);
    registry.visit(a, 30);
    expect(registry.list()).toMatchObject([
      { fromMs: 1_000, toMs: 6_000, bytes: 30, end: 'idle' },
      { fromMs: 12_001, bytes: 30 },
    ]);
  });

  it('tells clients apart by what they call themselves', () => {
    registry.visit(a, 1);
    registry.visit(b, 1);
    registry.visit({ ...a, labels: { 'x-weir-server-id': 's1' } }, 1);
    expect(registry.countOpen('x')).toBe(3);
  });

  it('forgets the oldest ended holds, not the new ones', () => {
    for (let i = 0; i < 20_010; i += 1) {
      registry.begin({ ...a, kind: 'mp3' }).close('client');
    }
    const holds = registry.list();
    expect(holds).toHaveLength(20_000);
    expect(holds.at(-1)?.id).toBe(20_010);
  });

  function hold(name: string, fromMs: number, toMs?: number): Hold {
    return { ...a, id: fromMs, name, fromMs, bytes: 0, ...(toMs !== undefined && { toMs }) };
  }

  it('finds every overlap of one name and none between names', () => {
    const holds = [hold('x', 0, 100), hold('x', 60, 70), hold('x', 90, 200), hold('y', 0, 300)];
    expect(findOverlaps(holds, 1_000).map((overlap) => overlap.overlapMs)).toEqual([10, 10]);
    expect(findOverlaps(holds, 1_000, 10)).toEqual([]);
  });

  it('takes a hold that lasts for one until now, and one that follows at once for none', () => {
    expect(findOverlaps([hold('x', 0), hold('x', 50, 80)], 60)).toMatchObject([{ overlapMs: 10 }]);
    expect(findOverlaps([hold('x', 0, 50), hold('x', 50, 80)], 100)).toEqual([]);
  });
});
