import { once } from 'node:events';
import { connect } from 'node:net';
import { TestApi } from '../api.test-support';
import type { Problem } from '../problem/problem';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('http');
}, 60_000);
afterAll(() => api?.close());

describe('every answer', () => {
  it.each(['/health', '/nothing', '/%zz', '/metrics'])(
    'carries a request id at %s',
    async (path) => {
      const answer = await api.get(path, { headers: { 'x-request-id': 'abc-1' } });
      expect(answer.headers.get('x-request-id')).toBe('abc-1');
    },
  );

  it('lets nothing run, except the scripts of the documentation', async () => {
    const data = await api.get('/health');
    expect(data.headers.get('content-security-policy')).toContain("default-src 'none'");
    const docs = await api.get('/docs', { key: null });
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('is compressed when it is large and the caller takes it', async () => {
    const large = await api.get('/docs-json', { headers: { 'accept-encoding': 'gzip' } });
    expect(large.headers.get('content-encoding')).toBe('gzip');
    const small = await api.get('/health', { headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers.get('content-encoding')).toBeNull();
  });
});

describe('a request that no route answers', () => {
  it('is told as a problem when the path is unknown', async () => {
    const answer = await api.get('/nothing');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toEqual<Problem>({
      type: 'urn:weir:problem:not-found',
      title: 'Not Found',
      status: 404,
      detail: 'nothing answers at this path',
      code: 'NOT_FOUND',
    });
  });

  it('is told which methods the path has when the method is wrong', async () => {
    const answer = await api.post('/health', {});
    expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('is told that its address is malformed', async () => {
    expect(await api.get('/%zz')).toMatchObject({ status: 400, body: { code: 'MALFORMED_BODY' } });
  });
});

describe('query parameters', () => {
  it('are refused by name when the route takes none', async () => {
    expect((await api.get('/health?a=1&b=2')).body.errors).toEqual([
      { path: 'a', message: 'is not a known field' },
      { path: 'b', message: 'is not a known field' },
    ]);
  });

  it('may come only once', async () => {
    const answer = await api.get('/health?a=1&a=2');
    expect(answer.body.errors).toEqual([{ path: 'a', message: 'may be given only once' }]);
  });

  it('never hold a key, and the answer does not repeat it', async () => {
    const answer = await api.get(`/metrics?key=${api.keys.operator}`, { key: null });
    expect(answer).toMatchObject({ status: 401, body: { code: 'KEY_INVALID' } });
    expect(answer.text).not.toContain(api.keys.operator.slice(20));
  });
});

describe('a replica that stops', () => {
  it('sends callers elsewhere and stays alive for its probes', async () => {
    const stopping = await TestApi.start('stopping', api);
    stopping.state.markStopping();
    const answer = await stopping.get('/metrics');
    expect(answer).toMatchObject({ status: 503, body: { code: 'SHUTTING_DOWN' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await stopping.get('/health/liveness')).status).toBe(200);
    await stopping.close();
  });

  it('does not wait for connections that never ask anything', async () => {
    const stopping = await TestApi.start('stopping', api);
    const { hostname, port } = new URL(stopping.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const startedAtMs = performance.now();
    await stopping.close();
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    silent.destroy();
  });
});
