import type { SystemHealth } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { judgeSample } from './system-health.service';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('system health');
}, 60_000);
afterAll(() => api?.close(), 30_000);

const HEALTHY: SystemHealth = {
  at: '2026-01-01T00:00:00.000Z',
  overall: 'healthy',
  needsIntervention: false,
  totalInstances: 3,
  activeInstances: 3,
  totalStreams: 12,
  assignedStreams: 12,
  loadBalanceScore: 1,
  consistencyScore: 1,
  performanceScore: 1,
  services: [],
  reasons: [],
};

async function measure(ageSeconds: number, health: SystemHealth = HEALTHY): Promise<void> {
  await api.database.control.query(
    `insert into health_samples (at, overall, health)
     values (weir_now() - $1 * interval '1 second', $2, $3)`,
    [ageSeconds, health.overall, JSON.stringify(health)],
  );
}

describe('the health of the system', () => {
  it('is unknown, with why, before it was ever measured and when that was long ago', async () => {
    const never = await api.get<SystemHealth>('/v1/health', { key: api.keys.viewer });
    expect(never).toMatchObject({
      status: 200,
      body: { overall: 'unknown', needsIntervention: true, totalStreams: 0 },
    });
    expect(never.body.reasons[0]?.message).toMatch(/never measured/);
    await measure(90);
    const old = await api.get<SystemHealth>('/v1/health');
    expect(old.body).toMatchObject({ overall: 'unknown', totalStreams: 12 });
    expect(old.body.reasons[0]?.message).toMatch(/9\d s ago/);
  });

  it('is the newest sample', async () => {
    await measure(30);
    await measure(1, { ...HEALTHY, overall: 'degraded', loadBalanceScore: 0.5 });
    const { body } = await api.get<SystemHealth>('/v1/health');
    expect(body).toEqual({ ...HEALTHY, overall: 'degraded', loadBalanceScore: 0.5 });
  });

  it('has a history, oldest first, of the last hour unless told otherwise', async () => {
    await measure(7_200, { ...HEALTHY, totalStreams: 1 });
    const read = async (query: string) =>
      (await api.get<{ items: SystemHealth[] }>(`/v1/health/history${query}`)).body.items;
    expect((await read('')).map(({ overall }) => overall)).toEqual([
      'healthy',
      'healthy',
      'degraded',
    ]);
    expect((await read('?since=2000-01-01T00:00:00Z'))[0]).toMatchObject({ totalStreams: 1 });
    expect(await read('?since=2000-01-01T00:00:00Z&limit=1')).toHaveLength(1);
  });

  it.each(['since=now', 'limit=0', 'limit=10001', 'fleet=main'])('refuses %s', async (query) => {
    const answer = await api.get(`/v1/health/history?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  });

  it('needs a key that may read', async () => {
    expect((await api.get('/v1/health', { key: null })).status).toBe(401);
    expect((await api.get('/v1/health', { key: api.keys.instance })).status).toBe(403);
  });
});

describe('a sample', () => {
  it.each([
    [0, 'healthy'],
    [60_000, 'healthy'],
    [60_001, 'unknown'],
  ])('that is %i ms old makes the system %s', (ageMs, overall) => {
    const judged = judgeSample({ health: HEALTHY, ageMs }, new Date(0));
    expect(judged.overall).toBe(overall);
  });
});
