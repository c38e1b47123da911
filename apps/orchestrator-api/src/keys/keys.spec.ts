import type { KeyView } from '@weir/database';
import { until } from '@weir/testing';
import { TestApi } from '../api.test-support';
import type { IssuedKeyDto } from './key.dto';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('keys');
  await api.put('/v1/fleets/main', {});
}, 60_000);
afterAll(() => api?.close(), 30_000);

async function issue(body: object): Promise<IssuedKeyDto> {
  const answer = await api.post<IssuedKeyDto>('/v1/keys', body);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

describe('a key', () => {
  it('is shown once, works, and is listed without its secret', async () => {
    const issued = await issue({ name: 'grafana', role: 'viewer' });
    expect(issued).toMatchObject({ name: 'grafana', role: 'viewer', fleet: null });
    expect((await api.get('/v1/fleets', { key: issued.key })).status).toBe(200);
    expect((await api.put('/v1/fleets/x', {}, { key: issued.key })).status).toBe(403);
    const list = await api.get<{ items: KeyView[] }>('/v1/keys');
    const { key: _key, ...shown } = issued;
    expect(list.body.items).toContainEqual({ ...shown, lastUsedAt: null, revokedAt: null });
    expect(list.text).not.toContain(issued.key.slice(-43));
  });

  it('for one fleet is good for that one only, and never for keys', async () => {
    const { key, fleet } = await issue({ name: 'bound', role: 'operator', fleet: 'main' });
    expect(fleet).toBe('main');
    expect((await api.get('/v1/fleets/main', { key })).status).toBe(200);
    await api.put('/v1/fleets/other', {});
    for (const [method, path] of [
      ['GET', '/v1/fleets/other'],
      ['GET', '/v1/keys'],
      ['POST', '/v1/keys'],
    ] as const) {
      const body = method === 'POST' ? { name: 'more', role: 'operator' } : undefined;
      const answer = await api.call(method, path, body, { key });
      expect(answer).toMatchObject({ status: 403, body: { code: 'FLEET_FORBIDDEN' } });
    }
  });

  it('for some instances acts for no others, on any route', async () => {
    const body = { name: 'edge', role: 'instance', fleet: 'main', serverIds: ['edge-*', 'core'] };
    const { key, serverIds } = await issue(body);
    expect(serverIds).toEqual(['edge-*', 'core']);
    const register = (serverId: string) =>
      api.post<{ code?: string; incarnation: number }>(
        '/v1/fleets/main/instances',
        { serverId, host: '127.0.0.1', port: 7080, maxStreams: 10 },
        { key },
      );
    expect((await register('edge-7')).status).toBe(201);
    const { body: core } = await register('core');
    const refused = { status: 403, body: { code: 'SERVER_FORBIDDEN' } };
    expect(await register('other')).toMatchObject(refused);
    const at = (serverId: string) => `/v1/fleets/main/instances/${serverId}`;
    const { incarnation } = core;
    const beat = { incarnation, seenRevision: 0, running: { count: 0, digest: '0'.repeat(16) } };
    expect((await api.post(`${at('core')}/heartbeat`, beat, { key })).status).toBe(200);
    for (const [method, path, more] of [
      ['POST', '/heartbeat', beat],
      ['POST', '/acks', { incarnation, acks: [] }],
      ['PUT', '/running', { incarnation, running: [] }],
      ['POST', '/drain', undefined],
      ['GET', `/watch?incarnation=${incarnation}&seenRevision=0`, undefined],
      ['DELETE', `?incarnation=${incarnation}`, undefined],
    ] as const) {
      const answer = await api.call(method, `${at('other')}${path}`, more, { key });
      expect([path, answer.status, answer.body]).toMatchObject([path, 403, refused.body]);
    }
  });

  it('that is revoked stops working within 5 s, and can be revoked again', async () => {
    const { keyId, key } = await issue({ name: 'short', role: 'viewer' });
    const use = async () => (await api.get('/v1/fleets', { key })).status;
    expect(await use()).toBe(200);
    expect((await api.delete(`/v1/keys/${keyId}`)).status).toBe(204);
    await until('the key is refused', async () => (await use()) === 401, 5_000);
    expect((await api.delete(`/v1/keys/${keyId}`)).status).toBe(204);
    const { body } = await api.get<{ items: KeyView[] }>('/v1/keys');
    const listed = body.items.find((item) => item.keyId === keyId);
    expect(listed?.revokedAt).toMatch(/Z$/);
  }, 10_000);

  it.each([
    ['no name', { role: 'viewer' }],
    ['an empty name', { name: '', role: 'viewer' }],
    ['a name with a NUL character', { name: 'a\u0000', role: 'viewer' }],
    ['an unknown role', { name: 'x', role: 'root' }],
    ['a role that is a list', { name: 'x', role: ['viewer'] }],
    ['a fleet that cannot be one', { name: 'x', role: 'viewer', fleet: 'a b' }],
    ['serverIds that cannot be any', { name: 'x', role: 'instance', serverIds: ['*'] }],
    ['no serverIds in the list', { name: 'x', role: 'instance', serverIds: [] }],
    ['serverIds for another role', { name: 'x', role: 'viewer', serverIds: ['edge-1'] }],
    ['an extra field', { name: 'x', role: 'viewer', key: 'mine' }],
    ['no body', undefined],
  ])('is not made with %s', async (_what, body) => {
    const answer = await api.post('/v1/keys', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  });

  it('is not made for an unknown fleet, and an unknown one is not revoked', async () => {
    const body = { name: 'x', role: 'viewer', fleet: 'none' };
    expect(await api.post('/v1/keys', body)).toMatchObject({
      status: 404,
      body: { code: 'FLEET_UNKNOWN' },
    });
    for (const keyId of ['999999', 'x', '99999999999999999999']) {
      const answer = await api.delete(`/v1/keys/${keyId}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'KEY_UNKNOWN' } });
    }
  });

  it('is a matter of operators', async () => {
    for (const key of [api.keys.viewer, api.keys.instance]) {
      expect((await api.get('/v1/keys', { key })).status).toBe(403);
      expect((await api.delete('/v1/keys/1', { key })).status).toBe(403);
    }
  });
});
