import { storePlannedMoves } from '@weir/database';
import type { MoveView, RebalanceView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';
import type { RebalanceDetailDto } from './rebalance.dto';

let api: TestApi;
let fleet: TestFleet;
let fleetNumber = 0;

beforeAll(async () => {
  api = await TestApi.start('rebalances');
}, 60_000);
afterAll(() => api?.close(), 30_000);
beforeEach(async () => {
  fleet = await TestFleet.create(api, `fleet-${(fleetNumber += 1)}`);
});

interface Refusal {
  readonly planId: string;
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: { path: string }[];
}

const request = (body: unknown = {}, options = {}) =>
  api.post<Refusal>(`${fleet.path}/rebalances`, body, options);
const get = (planId: string, query = '') =>
  api.get<RebalanceDetailDto>(`${fleet.path}/rebalances/${planId}${query}`);
const steer = (planId: string, action: string) =>
  api.post<RebalanceView & { code?: string }>(`${fleet.path}/rebalances/${planId}/${action}`);

/** Stores moves as the control loop would. */
async function planMoves(planId: string, count: number): Promise<void> {
  const incarnation = await fleet.addInstance('from');
  await fleet.addInstance('to');
  const moves = [];
  for (let index = 0; index < count; index += 1) {
    const { streamId } = await fleet.addStream(`stream-${index}`);
    const epoch = await fleet.run(streamId, 'from', incarnation);
    const ends = { streamId, fromServerId: 'from', toServerId: 'to', epoch };
    moves.push({ ...ends, reason: 'balance', gain: 0.5 - index / 10, cost: 0.1 });
  }
  await storePlannedMoves(api.database.control, fleet.fleetId, {
    planId: Number(planId),
    moves,
    scores: { before: { peak: 1 }, after: { peak: 0.5 } },
    whyNone: 'all is even',
  });
}

describe('a rebalance', () => {
  it('is accepted, found under its id and in the list, and has a history', async () => {
    const { status, body } = await request({ maxMoves: 5, reason: 'after the upgrade' });
    expect(status).toBe(202);
    const shown = await get(body.planId);
    expect(shown.body).toMatchObject({
      planId: body.planId,
      state: 'planning',
      maxMoves: 5,
      reason: 'after the upgrade',
      ignoreCooldown: false,
      outcome: null,
      remainingMs: null,
      moves: { items: [], next: null },
    });
    const list = await api.get<{ items: RebalanceView[] }>(`${fleet.path}/rebalances`);
    expect(list.body.items.map(({ planId }) => planId)).toEqual([body.planId]);
    expect(await fleet.eventKinds()).toContain('plan.requested');
  });

  it('is the only one of its fleet that is not over: the second is told which', async () => {
    const { planId } = (await request()).body;
    const second = await request();
    expect([second.status, second.body.code]).toEqual([409, 'REBALANCE_UNDER_WAY']);
    expect(second.body.detail).toContain(`rebalance ${planId} is planning`);
    await steer(planId, 'cancel');
    expect((await request()).status).toBe(202);
  });

  it('is asked for once, however often the same request is sent', async () => {
    const headers = { 'idempotency-key': `plan-${fleetNumber}` };
    const first = await request({}, { headers });
    const second = await request({}, { headers });
    expect(second.body).toEqual(first.body);
  });

  it('shows each move with reason, gain, cost and state, page by page', async () => {
    const { planId } = (await request()).body;
    await planMoves(planId, 3);
    const first = await get(planId, '?limit=2');
    expect(first.body).toMatchObject({ state: 'running', progress: { planned: 3, done: 0 } });
    expect(first.body.moves.items).toMatchObject([
      { streamName: 'stream-0', reason: 'balance', gain: 0.5, cost: 0.1, state: 'planned', planId },
      { streamName: 'stream-1', startedAt: null, deadline: null },
    ]);
    const rest = await get(planId, `?limit=2&after=${first.body.moves.next}`);
    expect(rest.body.moves).toMatchObject({ items: [{ streamName: 'stream-2' }], next: null });
    const moves = await api.get<{ items: MoveView[] }>(`${fleet.path}/moves?state=planned`);
    expect(moves.body.items).toHaveLength(3);
  });

  it('is paused, resumed and cancelled, as often as one likes while it is not over', async () => {
    const { planId } = (await request()).body;
    expect((await steer(planId, 'pause')).body.state).toBe('paused');
    expect((await steer(planId, 'pause')).body.state).toBe('paused');
    expect((await steer(planId, 'resume')).body.state).toBe('planning');
    await planMoves(planId, 2);
    expect((await steer(planId, 'pause')).body.state).toBe('paused');
    expect((await steer(planId, 'resume')).body.state).toBe('running');
    const cancelled = (await steer(planId, 'cancel')).body;
    expect(cancelled).toMatchObject({ state: 'cancelled', progress: { planned: 0, cancelled: 2 } });
    expect(cancelled.outcome).toContain('2 moves never began');
    expect((await steer(planId, 'cancel')).status).toBe(200);
    for (const action of ['pause', 'resume']) {
      const late = await steer(planId, action);
      expect([late.status, late.body.code]).toEqual([409, 'REBALANCE_STATE_CONFLICT']);
    }
  });

  it('is refused by a frozen fleet', async () => {
    await api.patch(fleet.path, { frozen: true });
    const { status, body } = await request();
    expect([status, body.code]).toEqual([409, 'FLEET_FROZEN']);
  });

  it.each([
    [{ maxMoves: 0 }, ['maxMoves']],
    [{ maxMoves: 1e9, reason: '', ignoreCooldown: 'yes', force: 1 }, 4],
    [{ maxMoves: 1.5 }, ['maxMoves']],
  ])('refuses %j and names every problem', async (body, expected) => {
    const answer = await request(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    const paths = answer.body.errors?.map(({ path }) => path);
    if (typeof expected === 'number') expect(paths).toHaveLength(expected);
    else expect(paths).toEqual(expected);
  });

  it('is not found under what is no id of one, and not steered by viewers', async () => {
    for (const id of ['999', 'x', '%00']) {
      expect((await get(id)).status).toBe(404);
      expect((await steer(id, 'pause')).body.code).toBe('REBALANCE_UNKNOWN');
    }
    expect((await request({}, { key: api.keys.viewer })).status).toBe(403);
    const unknown = await api.post('/v1/fleets/nobody/rebalances', {});
    expect(unknown.body.code).toBe('FLEET_UNKNOWN');
  });
});
