import type { AssignmentView, StreamView } from '@weir/domain';
import { DEFAULT_FLEET } from '@weir/start';
import { until } from '@weir/testing';
import { DifficultInstance } from './difficult.instance.test-support';
import { RealFleet } from './fleet.test-support';

const SERVER_IDS = ['edge-1', 'edge-2', 'edge-3', 'edge-4'];
const ORDINARY_STREAMS = 16;
const PATIENCE_MS = 90_000;

jest.setTimeout(240_000);

describe('streams that fail, hang or kill, in a fleet of real processes', () => {
  let fleet: RealFleet;
  let instances: DifficultInstance[] = [];

  beforeAll(async () => {
    fleet = await RealFleet.start({ workers: 0, sampleStreams: 0, leaseTtlMs: 3_000 });
    await fleet.call('', {
      method: 'PATCH',
      body: {
        failedRetryMs: 100,
        failedRetryMaxMs: 200,
        parkAfterFailures: 3,
        parkRetryMs: 0,
        startTimeoutMs: 2_000,
        provenAfterMs: 2_000,
        isolateRecentMs: 5_000,
        isolatePercentMax: 50,
        flapsMax: 100,
      },
    });
    const place = {
      url: fleet.stack.apiUrl,
      key: fleet.stack.home.keys().instance,
      fleet: DEFAULT_FLEET,
    };
    instances = SERVER_IDS.map((serverId) => new DifficultInstance(serverId, place));
    for (let count = 0; count < ORDINARY_STREAMS; count += 1) await addStream(`radio-${count}`);
    await until('the ordinary streams run', () => allRunBut([]), PATIENCE_MS);
  });
  afterAll(async () => {
    for (const instance of instances) instance.stop();
    await fleet?.stop();
  });

  async function addStream(name: string, behaviour?: string): Promise<string> {
    const body = { name, source: `http://radio/${name}`, config: behaviour ? { behaviour } : {} };
    const stream = await fleet.call<StreamView>('/streams', { method: 'POST', body });
    return stream.streamId;
  }

  async function list(query: string): Promise<AssignmentView[]> {
    const answer = await fleet.call<{ items: AssignmentView[] }>(`/assignments?limit=1000${query}`);
    return answer.items;
  }

  async function allRunBut(exceptions: readonly string[]): Promise<boolean> {
    const items = await list('');
    const others = items.filter(({ streamId }) => !exceptions.includes(streamId));
    return others.length >= ORDINARY_STREAMS && others.every(({ status }) => status === 'running');
  }

  /** Waits until exactly this stream is held back, in this way, and everything else runs. */
  function untilHeldBack(streamId: string, kind: string): Promise<AssignmentView> {
    return until(
      `stream ${streamId}, and no other, is ${kind}`,
      async () => {
        const items = await list('');
        const [held, ...others] = items.filter(({ heldBack }) => heldBack !== null);
        const isSo = held?.streamId === streamId && held.heldBack?.kind === kind;
        return isSo && others.length === 0 && (await allRunBut([streamId])) && held;
      },
      PATIENCE_MS,
    );
  }

  /** A change of its config is a fresh chance. */
  async function mend(streamId: string): Promise<void> {
    await fleet.call(`/streams/${streamId}`, { method: 'PATCH', body: { config: {} } });
    await until('it runs once it is mended', () => allRunBut([]), PATIENCE_MS);
    expect(await list('&heldBack=parked')).toEqual([]);
    expect(await list('&heldBack=isolated')).toEqual([]);
  }

  it('parks a stream that no instance can run, with what each of them said', async () => {
    const streamId = await addStream('broken', 'broken');
    const { heldBack } = await untilHeldBack(streamId, 'parked');
    expect(heldBack!.retryAt).toBeNull();
    const { failures } = heldBack!;
    expect(failures.map(({ error }) => error)).toEqual(Array(3).fill('no such codec'));
    expect(new Set(failures.map(({ serverId }) => serverId)).size).toBe(3);
    const events = await fleet.events('&kind=stream.parked');
    expect(events.map(({ message }) => message)[0]).toContain('no such codec');
    await fleet.call(`/streams/${streamId}/retry`, { method: 'POST' });
    await untilHeldBack(streamId, 'parked');
    await mend(streamId);
  });

  it('parks a stream whose starts hang, and gets it back from each instance first', async () => {
    const streamId = await addStream('hanging', 'hanging');
    const { heldBack } = await untilHeldBack(streamId, 'parked');
    expect(heldBack!.failures.map(({ cause }) => cause)).toEqual(Array(3).fill('start-timeout'));
    await mend(streamId);
  });

  it('isolates a stream that kills its instances, and clears the innocent', async () => {
    const deathsBefore = countDeaths();
    const streamId = await addStream('poison', 'poison');
    const { heldBack } = await untilHeldBack(streamId, 'isolated');
    expect(heldBack!.losses.length).toBeGreaterThanOrEqual(3);
    await until('it was convicted', async () => {
      const events = await fleet.events(`&kind=stream.isolated&streamId=${streamId}`);
      return events.some(({ message }) => message.includes('until an operator says otherwise'));
    });
    // Three until it is suspect, one more for its probation, one for what ran into each other.
    const deaths = countDeaths() - deathsBefore;
    process.stdout.write(`a poison stream cost ${deaths} starts of instances\n`);
    expect(deaths).toBeLessThanOrEqual(6);
    const health = await untilHealthSays('isolated');
    expect(health).toContain('heldBack=isolated');
    await mend(streamId);
  });

  function countDeaths(): number {
    return instances.reduce((sum, { deaths }) => sum + deaths, 0);
  }

  function untilHealthSays(word: string): Promise<string> {
    return until(
      `the health of the system says ${word}`,
      async () => {
        const response = await fetch(`${fleet.stack.apiUrl}/v1/health`, {
          headers: { authorization: `Bearer ${fleet.stack.home.keys().operator}` },
        });
        const { reasons } = (await response.json()) as { reasons: { message: string }[] };
        return reasons.map(({ message }) => message).find((message) => message.includes(word));
      },
      PATIENCE_MS,
    );
  }
});
