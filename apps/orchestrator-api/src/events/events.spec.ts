import { appendEvents } from '@weir/database';
import type { EventView } from '@weir/domain';
import { until } from '@weir/testing';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('events');
}, 60_000);
afterAll(() => api?.close(), 30_000);

/** What a watching client has received. */
class Watching {
  text = '';
  status = 0;
  private readonly ending = new AbortController();

  static async open(fleet: TestFleet, query = '', headers: Record<string, string> = {}) {
    const watching = new Watching();
    const response = await fetch(`${api.url}${fleet.path}/events/watch${query}`, {
      headers: { authorization: `Bearer ${api.keys.viewer}`, ...headers },
      signal: watching.ending.signal,
    });
    watching.status = response.status;
    void watching.read(response);
    return watching;
  }

  get ids(): number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  }

  get messages(): string[] {
    // The last event may be on its way still.
    const whole = this.text.slice(0, this.text.lastIndexOf('\n\n') + 1);
    const lines = whole.split('\n').filter((line) => line.startsWith('data: '));
    return lines.map((line) => (JSON.parse(line.slice(6)) as EventView).message);
  }

  close(): void {
    this.ending.abort();
  }

  private async read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        this.text += decoder.decode(chunk, { stream: true });
      }
    } catch {
      // The test ended the connection.
    }
  }
}

const note = (message: string) => ({ kind: 'fleet.changed' as const, message });

describe('the history of a fleet', () => {
  let fleet: TestFleet;
  let streamId: string;
  beforeAll(async () => {
    fleet = await TestFleet.create(api, 'history');
    ({ streamId } = await fleet.addStream('one'));
    await fleet.addInstance('edge-1');
    await api.patch(fleet.path, { frozen: true });
  });

  it('is listed newest last, and filtered', async () => {
    expect(await fleet.eventKinds()).toEqual([
      'fleet.created',
      'stream.created',
      'instance.registered',
      'fleet.frozen',
    ]);
    expect(await fleet.eventKinds(`&streamId=${streamId}`)).toEqual(['stream.created']);
    expect(await fleet.eventKinds('&serverId=edge-1')).toEqual(['instance.registered']);
    expect(await fleet.eventKinds('&kind=fleet.frozen')).toEqual(['fleet.frozen']);
    expect(await fleet.eventKinds('&since=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await fleet.eventKinds('&since=2020-01-01T00:00:00%2B02:00')).toHaveLength(4);
  });

  it('is paged by event id', async () => {
    interface EventPage {
      items: EventView[];
      next: string | null;
    }
    const first = (await api.get<EventPage>(`${fleet.path}/events?limit=3`)).body;
    const path = `${fleet.path}/events?limit=3&after=${first.next}`;
    const second = (await api.get<EventPage>(path)).body;
    expect(second).toMatchObject({ items: [{ kind: 'fleet.frozen' }], next: null });
  });

  it.each([
    'since=yesterday',
    'since=2026-13-01T00:00:00Z',
    'since=2026-01-01',
    'streamId=x',
    'kind=DROP%20TABLE',
    'until=2026-01-01T00:00:00Z',
  ])('refuses %s', async (query) => {
    const answer = await api.get(`${fleet.path}/events?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  });

  it('of an unknown fleet is not found, listed or watched', async () => {
    for (const path of ['events', 'events/watch']) {
      const answer = await api.get(`/v1/fleets/none/${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'FLEET_UNKNOWN' } });
    }
  });
});

describe('watching events', () => {
  it('tells what is new at once, and nothing of other fleets', async () => {
    const fleet = await TestFleet.create(api, 'watched');
    const other = await TestFleet.create(api, 'not-watched');
    const watching = await Watching.open(fleet);
    await other.addStream('elsewhere');
    await fleet.addStream('here');
    await until('the event has come', () => watching.messages.length > 0, 3_000);
    expect(watching.messages).toEqual(['stream here created']);
    expect(watching.text).toMatch(/^retry: \d+\n\nid: \d+\nevent: event\ndata: \{/);
    watching.close();
  });

  it('goes on after the event that the client has seen, by parameter and by header', async () => {
    const fleet = await TestFleet.create(api, 'resumed');
    for (const name of ['a', 'b', 'c']) await fleet.addStream(name);
    const all = await Watching.open(fleet, '?after=0');
    await until('the history has come', () => all.messages.length === 4, 3_000);
    const resumed = await Watching.open(fleet, '?after=0', { 'last-event-id': `${all.ids[2]}` });
    await until('the rest has come', () => resumed.messages.length === 1, 3_000);
    expect(resumed.messages).toEqual(['stream c created']);
    all.close();
    resumed.close();
  });

  it('waits for nothing when the given id was never given out', async () => {
    const fleet = await TestFleet.create(api, 'future');
    const watching = await Watching.open(fleet, '?after=999999999999');
    await fleet.addStream('later');
    await until('the event has come', () => watching.messages.length === 1, 3_000);
    watching.close();
  });

  it('brings a long history in order, whole and once', async () => {
    const fleet = await TestFleet.create(api, 'long');
    const events = Array.from({ length: 3_000 }, (_, i) => note(`${i} ${'x'.repeat(300)}`));
    await appendEvents(api.database.control, fleet.fleetId, events);
    const watching = await Watching.open(fleet, '?after=0');
    await until('all have come', () => watching.messages.length >= 3_001, 10_000);
    expect(watching.messages.slice(1).map((message) => parseInt(message, 10))).toEqual(
      Array.from({ length: 3_000 }, (_, i) => i),
    );
    watching.close();
  });

  it('misses no event of a transaction that commits after a later one', async () => {
    const fleet = await TestFleet.create(api, 'overtaken');
    const watching = await Watching.open(fleet);
    const slow = await api.database.control.pool.connect();
    const quick = await api.database.control.pool.connect();
    const session = (client: typeof slow) => ({
      query: async <T extends object>(text: string, values: readonly unknown[] = []) =>
        (await client.query<T>(text, [...values])).rows,
    });
    // The quick one has the older transaction and the later event id: neither order alone is safe.
    await quick.query('begin');
    await quick.query('select pg_current_xact_id()');
    await slow.query('begin');
    await appendEvents(session(slow), fleet.fleetId, [note('slow')]);
    await appendEvents(session(quick), fleet.fleetId, [note('quick')]);
    await quick.query('commit');
    await fleet.addStream('meanwhile');
    await slow.query('commit');
    slow.release();
    quick.release();
    await until('all have come', () => watching.messages.length === 3, 5_000);
    expect(watching.messages).toEqual(['slow', 'quick', 'stream meanwhile created']);
    expect(watching.ids).toEqual([...watching.ids].sort((a, b) => a - b));
    watching.close();
  });

  it('hears of events within about a second also when no notice was sent', async () => {
    const fleet = await TestFleet.create(api, 'unannounced');
    const watching = await Watching.open(fleet);
    await appendEvents(api.database.control, fleet.fleetId, [note('quiet')]);
    await until('the event has come', () => watching.messages.length === 1, 3_000);
    watching.close();
  });
});
