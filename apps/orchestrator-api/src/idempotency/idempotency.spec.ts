import type { StreamView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';
import type { IssuedKeyDto } from '../keys/key.dto';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
  api = await TestApi.start('idempotency');
  fleet = await TestFleet.create(api, 'main');
}, 60_000);
afterAll(() => api?.close(), 30_000);

const under = (idempotencyKey: string) => ({ headers: { 'idempotency-key': idempotencyKey } });
const stream = (name: string) => ({ name, source: `https://radio.example/${name}` });

describe('a write with an Idempotency-Key', () => {
  it('sent again has the same answer and no further effect', async () => {
    const path = `${fleet.path}/streams`;
    const first = await api.post<StreamView>(path, stream('once'), under('create-1'));
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const second = await api.post<StreamView>(path, stream('once'), under('create-1'));
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('has one effect however many come at once', async () => {
    const body = { name: 'many', role: 'viewer' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => api.post<IssuedKeyDto>('/v1/keys', body, under('key-1'))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.key)).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed'));
    expect(replayed).toHaveLength(11);
    const { control } = api.database;
    expect(await control.query(`select 1 from api_keys where name = 'many'`)).toHaveLength(1);
  });

  it('is kept without telling the database what was answered', async () => {
    const body = { name: 'kept', role: 'viewer' };
    const { key } = (await api.post<IssuedKeyDto>('/v1/keys', body, under('key-2'))).body;
    const stored = await api.database.control.query(
      `select body::text from idempotency_keys where idempotency_key = 'key-2'`,
    );
    expect(JSON.stringify(stored)).not.toContain(key.slice(-20));
  });

  it('is refused when it says something else under the same key', async () => {
    await api.patch(fleet.path, { moveCooldownMs: 1 }, under('patch-1'));
    for (const answer of [
      await api.patch(fleet.path, { moveCooldownMs: 2 }, under('patch-1')),
      await api.put(fleet.path, { moveCooldownMs: 1 }, under('patch-1')),
    ]) {
      expect(answer).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    }
  });

  it('that failed is tried anew', async () => {
    const path = '/v1/fleets/not-yet/streams';
    expect((await api.post(path, stream('retried'), under('retry-1'))).status).toBe(404);
    await api.put('/v1/fleets/not-yet', {});
    const again = await api.post(path, stream('retried'), under('retry-1'));
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBeNull();
  });

  it('repeats the status and the empty answer of a deletion and the 201 of a PUT', async () => {
    const { streamId } = await fleet.addStream('deleted');
    const path = `${fleet.path}/streams/${streamId}`;
    for (const replayed of [null, 'true']) {
      const answer = await api.delete(path, under('delete-1'));
      expect(answer).toMatchObject({ status: 204, text: '' });
      expect(answer.headers.get('idempotency-replayed')).toBe(replayed);
      expect((await api.put('/v1/fleets/put-1', {}, under('put-1'))).status).toBe(201);
    }
  });

  it('is a matter of one API key: another may use the same text', async () => {
    const key = await api.addKey('operator');
    const path = `${fleet.path}/streams`;
    await api.post(path, stream('mine'), under('shared'));
    const answer = await api.post(path, stream('theirs'), { ...under('shared'), key });
    expect(answer.status).toBe(201);
  });

  it('belongs to whoever asks next when its first process is gone', async () => {
    const path = `${fleet.path}/streams`;
    await api.post(path, stream('orphan'), under('crashed'));
    await api.database.control.query(
      `update idempotency_keys set status = null, body = null,
         created_at = weir_now() - interval '2 minutes' where idempotency_key = 'crashed'`,
    );
    const answer = await api.post(path, stream('orphan'), under('crashed'));
    expect(answer).toMatchObject({ status: 409, body: { code: 'STREAM_NAME_TAKEN' } });
  });

  it('is refused when the key cannot be one', async () => {
    for (const idempotencyKey of ['x'.repeat(257), 'a b']) {
      const answer = await api.patch(fleet.path, {}, under(idempotencyKey));
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    }
  });
});
