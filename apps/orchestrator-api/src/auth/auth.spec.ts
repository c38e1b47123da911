import { createKey } from '@weir/database';
import { TestApi } from '../api.test-support';
import { RouteTable } from '../http/route.table';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('auth');
}, 60_000);
afterAll(() => api?.close());

/** Everything else needs a key. */
const OPEN = new Set(['/health', '/health/liveness', '/health/readiness']);
const isOpen = (pattern: string): boolean => OPEN.has(pattern) || pattern.startsWith('/docs');

describe('every route', () => {
  it('refuses a caller without a key, unless it is one of the few that are open', async () => {
    const routes = api.app.get(RouteTable).list();
    const guarded = routes.filter(({ method, pattern }) => method !== 'HEAD' && !isOpen(pattern));
    expect(guarded.length).toBeGreaterThan(3);
    for (const { method, pattern } of guarded) {
      const path = pattern.replaceAll('::', '\0').replaceAll(/:\w+/g, 'x').replaceAll('\0', ':');
      const answer = await api.call(method, path, undefined, { key: null });
      expect([method, pattern, answer.status]).toEqual([method, pattern, 401]);
    }
  });
});

describe('a key', () => {
  it.each([
    ['no key', null],
    ['another form', 'secret'],
    ['an unknown key', createKey('viewer')],
  ])('is needed: %s is refused', async (_what, key) => {
    const answer = await api.get('/metrics', { key });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('with another secret than the stored one is refused', async () => {
    const forged = `${api.keys.viewer.slice(0, -43)}${createKey('viewer').slice(-43)}`;
    expect((await api.get('/metrics', { key: forged })).status).toBe(401);
  });

  it('of the viewer role reads metrics and one of the instance role does not', async () => {
    expect((await api.get('/metrics', { key: api.keys.viewer })).status).toBe(200);
    const answer = await api.get('/metrics', { key: api.keys.instance });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_FORBIDDEN' } });
  });

  it('for one fleet does not read what tells of all', async () => {
    const key = await api.addKey('viewer', 'alpha');
    expect((await api.get('/metrics', { key })).status).toBe(403);
  });
});
