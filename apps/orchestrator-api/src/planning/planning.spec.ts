import { advanceMoves, applyAcks, registerInstance, startMoves } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';
import type { Problem } from '../problem/problem';
import type { ExplanationDto } from './explain.dto';
import type { PlanDto } from './plan.dto';
import { PlanningTurn } from './planning.turn';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('planning');
}, 60_000);
afterAll(() => api?.close());

async function addLabelled(fleet: TestFleet, serverId: string, region: string): Promise<number> {
  const request = { serverId, host: '127.0.0.1', port: 7080, maxStreams: 10, labels: { region } };
  const { control } = api.database;
  return (await registerInstance(control, fleet.fleetId, request, 15_000)).incarnation;
}

/** Two instances in Europe, one in America, three streams on the first. */
async function createFleet(name: string): Promise<{ fleet: TestFleet; streamIds: string[] }> {
  const fleet = await TestFleet.create(api, name);
  const incarnation = await addLabelled(fleet, 'eu-1', 'eu');
  await addLabelled(fleet, 'eu-2', 'eu');
  await addLabelled(fleet, 'us-1', 'us');
  const streamIds: string[] = [];
  for (const at of [1, 2, 3]) {
    const { streamId } = await fleet.addStream(`radio-${at}`, { requires: { region: 'eu' } });
    await fleet.run(streamId, 'eu-1', incarnation);
    streamIds.push(streamId);
  }
  return { fleet, streamIds };
}

describe('why a stream is where it is', () => {
  it('is told for every instance: forbidden by what, or its score, and what would have to change', async () => {
    const { fleet, streamIds } = await createFleet('why');
    const path = `${fleet.path}/streams/${streamIds[0]}/explain`;
    const { status, body } = await api.get<ExplanationDto>(path, { key: api.keys.viewer });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      streamId: streamIds[0],
      name: 'radio-1',
      owner: 'eu-1',
      state: 'planned',
      instanceCount: 3,
      decision: { kind: 'stream.placed', reason: 'test', gain: 0 },
    });
    expect(body.instances.map(({ serverId }) => serverId)).toEqual(['eu-1', 'eu-2', 'us-1']);
    expect(body.instances[0]).toMatchObject({ isOwner: true, forbiddenBy: [], obstacles: [] });
    expect(body.instances[1]?.score).toMatchObject({ utilisationWith: 0.1, hasFailedThere: false });
    expect(body.instances[2]).toMatchObject({
      forbiddenBy: ['label region=eu'],
      obstacles: [{ rule: 'forbidden', change: 'the instance would need the label region=eu' }],
    });
  });

  it('is told of one that must leave: why, and which instance comes first', async () => {
    const { fleet, streamIds } = await createFleet('leaving');
    await api.post(`${fleet.path}/instances/eu-1/drain`);
    const path = `${fleet.path}/streams/${streamIds[0]}/explain`;
    const { body } = await api.get<ExplanationDto>(path);
    expect(body).toMatchObject({ owner: 'eu-1', mustLeave: 'drain' });
    const other = body.instances.find(({ serverId }) => serverId === 'eu-2');
    expect(other).toMatchObject({ forbiddenBy: [], obstacles: [] });
  });

  it('is told of one instance, or of the best few', async () => {
    const { fleet, streamIds } = await createFleet('few');
    const path = `${fleet.path}/streams/${streamIds[0]}/explain`;
    const one = await api.get<ExplanationDto>(`${path}?serverId=us-1`);
    expect(one.body.instances.map(({ serverId }) => serverId)).toEqual(['us-1']);
    const few = await api.get<ExplanationDto>(`${path}?limit=2`);
    expect(few.body.instances.map(({ serverId }) => serverId)).toEqual(['eu-1', 'eu-2']);
    expect(few.body.instanceCount).toBe(3);
  });

  it('is told of a stream that runs nowhere, and of one that nobody wants', async () => {
    const { fleet } = await createFleet('nowhere');
    const lonely = await fleet.addStream('lonely', { requires: { region: 'asia' } });
    const idle = await fleet.addStream('idle', { enabled: false });
    const why = await api.get<ExplanationDto>(`${fleet.path}/streams/${lonely.streamId}/explain`);
    expect(why.body).toMatchObject({ owner: null, state: 'planned', decision: null });
    expect(why.body.unplacedReasons).toEqual({ 'label region=asia': 3 });
    for (const { forbiddenBy } of why.body.instances) {
      expect(forbiddenBy).toEqual(['label region=asia']);
    }
    const none = await api.get<ExplanationDto>(`${fleet.path}/streams/${idle.streamId}/explain`);
    expect(none.body).toMatchObject({ state: 'disabled', instances: [], instanceCount: 3 });
    expect(none.body.unplacedReasons).toBeNull();
    const due = await fleet.addStream('due');
    const soon = await api.get<ExplanationDto>(`${fleet.path}/streams/${due.streamId}/explain`);
    expect(soon.body).toMatchObject({ owner: null, decision: null, unplacedReasons: null });
  });

  it('is what put it on its owner: not a move under way, nor one that was aborted', async () => {
    const { fleet, streamIds } = await createFleet('decided');
    const streamId = streamIds[0]!;
    const path = `${fleet.path}/streams/${streamId}/explain`;
    const { control } = api.database;
    const { epoch } = await fleet.assignmentOf(streamId);
    const ends = { streamId, fromServerId: 'eu-1', toServerId: 'eu-2', expectedEpoch: epoch };
    const why = { reason: 'balance', gain: 0.2, cost: 0.05 };
    await startMoves(control, fleet.fleetId, [{ ...ends, ...why }], { stepTimeoutMs: 30_000 });
    const moving = await api.get<ExplanationDto>(path);
    expect(moving.body).toMatchObject({ owner: 'eu-1', decision: { kind: 'stream.placed' } });
    await control.query(`update moves set deadline = weir_now() where fleet_id = $1`, [
      fleet.fleetId,
    ]);
    expect(await advanceMoves(control, fleet.fleetId)).toBe(1);
    const aborted = await api.get<ExplanationDto>(path);
    expect(aborted.body).toMatchObject({ owner: 'eu-1', decision: { kind: 'stream.placed' } });
  });

  it('is the move to its owner, with what that gained and cost', async () => {
    const { fleet, streamIds } = await createFleet('moved');
    const streamId = streamIds[0]!;
    const { control } = api.database;
    const { epoch } = await fleet.assignmentOf(streamId);
    const ends = { streamId, fromServerId: 'eu-1', toServerId: 'eu-2', expectedEpoch: epoch };
    const why = { reason: 'balance', gain: 0.2, cost: 0.05 };
    await startMoves(control, fleet.fleetId, [{ ...ends, ...why }], { stepTimeoutMs: 30_000 });
    const settings = DEFAULT_FLEET_SETTINGS;
    const acks = [{ streamId, epoch, state: 'stopped' as const }];
    const sender = { serverId: 'eu-1', incarnation: 1 };
    await applyAcks(control, fleet.fleetId, sender, { acks, settings });
    const { body } = await api.get<ExplanationDto>(`${fleet.path}/streams/${streamId}/explain`);
    expect(body).toMatchObject({ owner: 'eu-2', decision: { kind: 'move.started', ...why } });
    expect(body.unplacedReasons).toBeNull();
  });

  it('is not told of what is not there, nor to instances', async () => {
    const { fleet, streamIds } = await createFleet('hidden');
    for (const streamId of ['999999', 'abc']) {
      const { status, body } = await api.get(`${fleet.path}/streams/${streamId}/explain`);
      expect([status, body.code]).toEqual([404, 'STREAM_UNKNOWN']);
    }
    const path = `${fleet.path}/streams/${streamIds[0]}/explain`;
    expect((await api.get(path, { key: api.keys.instance })).status).toBe(403);
    const bad = await api.get(`${path}?limit=0&serverId=a%20b&other=1`);
    expect(bad.status).toBe(400);
    expect(bad.body.errors?.map((problem) => problem.path).sort()).toEqual([
      'limit',
      'other',
      'serverId',
    ]);
  });
});

describe('a plan that is only tried', () => {
  const post = (fleet: TestFleet, body: unknown, query = '') =>
    api.post<PlanDto>(`${fleet.path}/plans${query}`, body);

  it('says what the next round would do, and writes nothing', async () => {
    const { fleet } = await createFleet('as-it-is');
    const before = await fleet.eventKinds();
    const { status, body } = await post(fleet, {});
    expect(status).toBe(200);
    expect(body.counts).toEqual({
      placements: 0,
      moves: 1,
      unplaced: 0,
      byReason: { join: 1 },
    });
    expect(body.moves[0]).toMatchObject({
      streamName: expect.stringMatching(/^radio-[123]$/),
      from: 'eu-1',
      to: 'eu-2',
    });
    expect(body.moves[0]!.gain).toBeGreaterThan(body.moves[0]!.cost);
    expect(body.before.peak).toBeCloseTo(0.3);
    expect(body.after.peak).toBeCloseTo(0.2);
    expect(await fleet.eventKinds()).toEqual(before);
  });

  it('says what would happen if instances were lost', async () => {
    const { fleet } = await createFleet('lost');
    const { body } = await post(fleet, { scenario: { removeInstances: ['eu-1'] } });
    expect(body.counts.byReason).toEqual({ failover: 3 });
    expect(new Set(body.placements.map(({ to }) => to))).toEqual(new Set(['eu-2']));
    const all = await post(fleet, { scenario: { removeInstances: ['eu-1', 'eu-2'] } });
    expect(all.body.counts).toMatchObject({ placements: 0, unplaced: 3 });
    expect(all.body.unplaced[0]?.reasons).toEqual({ 'label region=eu': 1, lost: 2 });
  });

  it('says what instances and streams that are only thought of would change', async () => {
    const { fleet } = await createFleet('more');
    const { body } = await post(fleet, {
      scenario: {
        addInstances: [{ serverId: 'asia', maxStreams: 5, labels: { region: 'asia' }, count: 2 }],
        streams: [{ name: 'camera', requires: { region: 'asia' }, count: 12 }],
      },
      settings: { balanceEnabled: false },
    });
    expect(body.counts).toMatchObject({ placements: 10, moves: 0, unplaced: 2 });
    const targets = body.placements.map(({ to }) => to);
    expect(new Set(targets)).toEqual(new Set(['asia-1', 'asia-2']));
    expect(body.placements[0]).toMatchObject({ reason: 'orphaned', streamName: 'camera-1' });
    expect(body.unplaced[0]?.reasons).toEqual({ 'capacity streams': 2, 'label region=asia': 3 });
  });

  it('lists as many steps as asked for, and counts them all', async () => {
    const { fleet } = await createFleet('counted');
    const { body } = await post(fleet, { scenario: { removeInstances: ['eu-1'] } }, '?limit=1');
    expect(body.placements).toHaveLength(1);
    expect(body).toMatchObject({ truncated: true, counts: { placements: 3 } });
  });

  it('names every problem of a question that cannot be asked', async () => {
    const { fleet } = await createFleet('wrong');
    const { status, body } = await api.post<Problem>(`${fleet.path}/plans`, {
      scenario: {
        removeInstances: ['a b'],
        addInstances: [{ maxStreams: -1, capacity: { disks: 1 }, count: 0 }],
        streams: [{ weight: 0, priority: 12 }],
        other: 1,
      },
      settings: { balanceRelativeBand: -1, leaseTtlMs: 3_000, speed: 2 },
    });
    expect([status, body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(body.errors?.map(({ path }) => path).sort()).toEqual([
      'scenario.addInstances.0.capacity.disks',
      'scenario.addInstances.0.count',
      'scenario.addInstances.0.maxStreams',
      'scenario.addInstances.0.serverId',
      'scenario.other',
      'scenario.removeInstances.0',
      'scenario.streams.0.priority',
      'scenario.streams.0.weight',
      'settings.balanceRelativeBand',
      'settings.leaseTtlMs',
      'settings.speed',
    ]);
  });

  it('names instances that the fleet does not have, or has already', async () => {
    const { fleet } = await createFleet('names');
    const { status, body } = await api.post<Problem>(`${fleet.path}/plans`, {
      scenario: {
        removeInstances: ['eu-1', 'nobody'],
        addInstances: [{ serverId: 'us-1', maxStreams: 1 }],
      },
    });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { path: 'scenario.removeInstances.1', message: 'no instance is called nobody' },
      { path: 'scenario.addInstances.0.serverId', message: 'an instance is called us-1 already' },
    ]);
  });
});

describe('the turn for planning', () => {
  it('is one caller at a time, and sends away those that would wait behind eight others', async () => {
    const turn = new PlanningTurn();
    const ended: number[] = [];
    let isBusy = false;
    const work = (number: number) => async (): Promise<void> => {
      expect(isBusy).toBe(false);
      isBusy = true;
      await new Promise((resolve) => setImmediate(resolve));
      isBusy = false;
      ended.push(number);
      if (number === 2) throw new Error('this one fails');
    };
    const asked = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => turn.run(work(number)));
    await expect(turn.run(work(9))).rejects.toMatchObject({ code: 'PLANNING_BUSY' });
    const results = await Promise.allSettled(asked);
    expect(ended).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await turn.run(work(10));
  });
});
