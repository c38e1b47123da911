import { writeServiceBeat } from '@weir/database';
import type { BrakeBeat, BrakeRelease, FleetBrakes } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';

let api: TestApi;
let fleet: TestFleet;
let fleetNumber = 0;

beforeAll(async () => {
  api = await TestApi.start('brakes');
}, 60_000);
afterAll(() => api?.close(), 30_000);
beforeEach(async () => {
  fleet = await TestFleet.create(api, `fleet-${(fleetNumber += 1)}`);
});

interface Refusal {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: { path: string }[];
}

const list = () => api.get<FleetBrakes>(`${fleet.path}/brakes`);
const release = (body: unknown = { brake: 'mass-loss', reason: 'the rack burnt' }) =>
  api.post<BrakeRelease & Refusal>(`${fleet.path}/brakes/release`, body);

/** What a replica of balancer-worker tells with its beat. */
function beat(replica: string, brakes: readonly Omit<BrakeBeat, 'fleet'>[]): Promise<void> {
  return writeServiceBeat(api.database.control, {
    service: 'balancer-worker',
    replica,
    url: null,
    version: '1',
    status: 'ready',
    detail: { brakes: brakes.map((brake) => ({ ...brake, fleet: fleet.name })) },
  });
}

const MASS_LOSS = { kind: 'mass-loss', forMs: 4_000, endsInMs: 26_000 } as const;

describe('the brakes of a fleet', () => {
  it('are none while nothing holds', async () => {
    expect((await list()).body).toEqual({ brakes: [], releases: [] });
  });

  it('are what the replicas hold, and end with the first that lets go', async () => {
    await beat('one', [MASS_LOSS, { kind: 'control-plane', forMs: 0, endsInMs: null }]);
    await beat('two', [{ ...MASS_LOSS, forMs: 1_000, endsInMs: 20_000 }]);
    const { brakes } = (await list()).body;
    const [held, outage] = brakes;
    expect(held).toMatchObject({
      brake: 'mass-loss',
      isReleasable: true,
      replicas: ['one', 'two'],
    });
    const heldForMs = Date.parse(held!.until!) - Date.parse(held!.since!);
    expect(heldForMs).toBeGreaterThan(23_000);
    expect(heldForMs).toBeLessThan(26_000);
    expect(outage).toMatchObject({ brake: 'control-plane', until: null, isReleasable: false });
  });

  it('show a freeze as soon as it is set', async () => {
    await api.patch(fleet.path, { frozen: true });
    expect((await list()).body.brakes).toMatchObject([{ brake: 'frozen', until: null }]);
  });

  it('count no replica that is silent, nor other fleets', async () => {
    await beat('one', [MASS_LOSS]);
    await api.database.control.query(
      `update service_status set last_seen = weir_now() - interval '1 minute'
       where replica = 'one'`,
    );
    expect((await list()).body.brakes).toEqual([]);
  });
});

describe('letting a brake go', () => {
  it('is written down with who and why, and answered the same again', async () => {
    await beat('one', [MASS_LOSS]);
    const { status, body } = await release();
    expect(status).toBe(200);
    expect(body).toMatchObject({ brake: 'mass-loss', reason: 'the rack burnt' });
    expect(Date.parse(body.until) - Date.parse(body.at)).toBe(30_000);
    expect((await release({ brake: 'mass-loss', reason: 'again' })).body).toEqual(body);
    expect((await list()).body.releases).toEqual([body]);
    const events = await api.get<{ items: { kind: string; detail: object }[] }>(
      `${fleet.path}/events?kind=brake.released`,
    );
    expect(events.body.items).toHaveLength(1);
    expect(events.body.items[0]!.detail).toMatchObject({
      brake: 'mass-loss',
      reason: 'the rack burnt',
      releasedBy: body.releasedBy,
    });
  });

  it('is refused when it does not hold', async () => {
    const { status, body } = await release();
    expect([status, body.code]).toEqual([409, 'BRAKE_NOT_ENGAGED']);
  });

  it.each([
    ['control-plane', 'fenced'],
    ['frozen', '"frozen": false'],
  ])('is refused for %s, with what to do instead', async (brake, hint) => {
    const { status, body } = await release({ brake, reason: 'now' });
    expect([status, body.code]).toEqual([409, 'BRAKE_NOT_RELEASABLE']);
    expect(body.detail).toContain(hint);
  });

  it('names every problem of a bad request', async () => {
    const { status, body } = await release({ brake: 'hand', more: 1 });
    expect([status, body.code]).toEqual([400, 'INVALID_INPUT']);
    const paths = new Set(body.errors!.map(({ path }) => path));
    expect([...paths].sort()).toEqual(['brake', 'more', 'reason']);
  });
});
