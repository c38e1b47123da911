import { DEFAULT_FLEET_SETTINGS, PROBLEM_STATUS } from '@weir/domain';
import type { FleetView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';

interface FleetPage {
  items: FleetView[];
  next: string | null;
}

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('fleets');
}, 60_000);
afterAll(() => api?.close());

describe('a fleet', () => {
  it('is created by PUT with defaults, then set by PUT', async () => {
    const created = await api.put<FleetView>('/v1/fleets/alpha', { leaseTtlMs: 10_000 });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      fleet: 'alpha',
      settings: { leaseTtlMs: 10_000, frozen: false, movesInFlightMax: 200 },
      instances: 0,
      streams: 0,
    });
    const set = await api.put<FleetView>('/v1/fleets/alpha', { moveCooldownMs: 1_000 });
    expect(set.status).toBe(200);
    expect(set.body.settings).toMatchObject({ leaseTtlMs: 15_000, moveCooldownMs: 1_000 });
  });

  it('keeps by PATCH what is not given', async () => {
    await api.put('/v1/fleets/beta', { leaseTtlMs: 10_000 });
    const changed = await api.patch<FleetView>('/v1/fleets/beta', { massLossPercent: 12.5 });
    expect(changed.status).toBe(200);
    expect(changed.body.settings).toMatchObject({ leaseTtlMs: 10_000, massLossPercent: 12.5 });
    const read = await api.get<FleetView>('/v1/fleets/beta', { key: api.keys.viewer });
    expect(read.body).toEqual(changed.body);
  });

  it('says what a balancing move must gain and how many a plan begins, by default and as set', async () => {
    const created = await api.put<FleetView>('/v1/fleets/moves', {});
    expect(created.body.settings).toEqual(DEFAULT_FLEET_SETTINGS);
    const own = { balanceMoveCostShare: 0, movesPerPlanMax: 100_000 };
    const changed = await api.patch<FleetView>('/v1/fleets/moves', own);
    expect(changed.body.settings).toEqual({ ...DEFAULT_FLEET_SETTINGS, ...own });
    const again = await api.put<FleetView>('/v1/fleets/moves', { movesPerPlanMax: 1 });
    expect(again.body.settings).toMatchObject({ balanceMoveCostShare: 0.1, movesPerPlanMax: 1 });
  });

  it('leaves events of its freezing and its settings, and none when nothing changes', async () => {
    const fleet = await TestFleet.create(api, 'gamma');
    await api.patch(fleet.path, { frozen: true, leaseTtlMs: 9_000 });
    await api.patch(fleet.path, { frozen: true });
    await api.patch(fleet.path, { frozen: false });
    expect(await fleet.eventKinds()).toEqual([
      'fleet.created',
      'fleet.frozen',
      'fleet.changed',
      'fleet.unfrozen',
    ]);
  });

  it('can be used right after it was asked for in vain', async () => {
    expect((await api.get('/v1/fleets/delta/streams')).status).toBe(404);
    expect((await api.put('/v1/fleets/delta', {})).status).toBe(201);
    expect((await api.get('/v1/fleets/delta/streams')).status).toBe(200);
  });

  it('counts its streams and its live instances', async () => {
    const fleet = await TestFleet.create(api, 'counted');
    await fleet.addStream('one');
    await fleet.addInstance('edge-1');
    const { body } = await api.get<FleetView>(fleet.path);
    expect(body).toMatchObject({ instances: 1, streams: 1 });
    expect(body.revision).toBeGreaterThanOrEqual(2);
  });
});

describe('the list of fleets', () => {
  it('is paged by name', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await api.put(`/v1/fleets/${name}`, {});
    const names: string[] = [];
    let after: string | null = 'page';
    while (after !== null) {
      const page: FleetPage = (await api.get<FleetPage>(`/v1/fleets?limit=1&after=${after}`)).body;
      expect(page.items.length).toBe(1);
      names.push(...page.items.map(({ fleet }) => fleet));
      after = page.next;
    }
    expect(names).toEqual(['page-a', 'page-b', 'page-c']);
  });

  it('shows a key for one fleet that fleet only', async () => {
    await api.put('/v1/fleets/other', {});
    const key = await api.addKey('viewer', 'bound');
    const { body } = await api.get<FleetPage>('/v1/fleets', { key });
    expect(body.items.map(({ fleet }) => fleet)).toEqual(['bound']);
    expect(await api.get('/v1/fleets/other', { key })).toMatchObject({
      status: 403,
      body: { code: 'FLEET_FORBIDDEN' },
    });
  });
});

describe('bad input for a fleet', () => {
  it('is answered with every problem at once, and writes nothing', async () => {
    const answer = await api.put('/v1/fleets/bad', {
      leaseTtlMs: 100,
      massLossPercent: 'many',
      reconcileIntervalMs: 500.5,
      frozen: 1,
      heartbeatIntervalMs: -1,
      colour: 'red',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    expect(answer.body.errors).toEqual([
      { path: 'leaseTtlMs', message: 'must be between 3000 and 600000' },
      { path: 'massLossPercent', message: 'must be a number' },
      { path: 'reconcileIntervalMs', message: 'must be a whole number' },
      { path: 'frozen', message: 'must be true or false' },
      { path: 'heartbeatIntervalMs', message: 'must be between 250 and 300000' },
      { path: 'colour', message: 'is not a known field' },
    ]);
    expect((await api.get('/v1/fleets/bad')).status).toBe(404);
  });

  it.each([
    [
      { balanceMoveCostShare: -0.1, movesPerPlanMax: 0 },
      'between 0 and 10',
      'between 1 and 100000',
    ],
    [{ balanceMoveCostShare: 10.5, movesPerPlanMax: 1.5 }, 'between 0 and 10', 'a whole number'],
    [{ balanceMoveCostShare: '1', movesPerPlanMax: null }, 'a number', 'a number'],
    [{ balanceMoveCostShare: null, movesPerPlanMax: 100_001 }, 'a number', 'between 1 and 100000'],
  ])('for moves names both settings: %j', async (bad, share, most) => {
    await api.put('/v1/fleets/bad-moves', {});
    for (const method of ['PUT', 'PATCH'] as const) {
      const answer = await api.call(method, '/v1/fleets/bad-moves', bad);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
      expect(answer.body.errors).toEqual([
        { path: 'balanceMoveCostShare', message: `must be ${share}` },
        { path: 'movesPerPlanMax', message: `must be ${most}` },
      ]);
    }
    const { body } = await api.get<FleetView>('/v1/fleets/bad-moves');
    expect(body.settings).toEqual(DEFAULT_FLEET_SETTINGS);
  });

  it('is refused when settings do not fit together, also with those that are set already', async () => {
    const fleet = await TestFleet.create(api, 'fitting');
    await api.patch(fleet.path, { heartbeatIntervalMs: 7_000 });
    const answer = await api.patch(fleet.path, { leaseTtlMs: 10_000 });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ path }) => path)).toEqual(['heartbeatIntervalMs']);
  });

  it.each([
    ['PUT', '/v1/fleets/a%20b', {}, 'INVALID_INPUT'],
    ['PUT', '/v1/fleets/good', [1], 'INVALID_INPUT'],
    ['PUT', '/v1/fleets/good', '{', 'MALFORMED_BODY'],
    ['PATCH', '/v1/fleets/none', {}, 'FLEET_UNKNOWN'],
    ['GET', '/v1/fleets/none', undefined, 'FLEET_UNKNOWN'],
    ['GET', '/v1/fleets?limit=0', undefined, 'INVALID_INPUT'],
    ['GET', '/v1/fleets?limit=1001', undefined, 'INVALID_INPUT'],
    ['GET', '/v1/fleets?offset=3', undefined, 'INVALID_INPUT'],
  ] as const)('%s %s %j is answered by %s', async (method, path, body, code) => {
    const status = PROBLEM_STATUS[code];
    expect(await api.call(method, path, body)).toMatchObject({ status, body: { code } });
  });

  it('is refused to a key that may only read', async () => {
    const answer = await api.put('/v1/fleets/alpha', {}, { key: api.keys.viewer });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_FORBIDDEN' } });
  });
});
