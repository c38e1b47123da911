import type { OpenAPIObject } from '@nestjs/swagger';
import { TestApi } from '../api.test-support';
import { RouteTable } from '../http/route.table';

let api: TestApi;
let document: OpenAPIObject;
beforeAll(async () => {
  api = await TestApi.start('openapi');
  document = (await api.get<OpenAPIObject>('/docs-json', { key: null })).body;
}, 60_000);
afterAll(() => api?.close());

describe('the OpenAPI document', () => {
  it('describes every route under /v1', () => {
    const routes = api.app
      .get(RouteTable)
      .list()
      .filter(({ method, pattern }) => pattern.startsWith('/v1/') && method !== 'HEAD');
    expect(routes.length).toBeGreaterThan(5);
    for (const { method, pattern } of routes) {
      const path = pattern.replaceAll('::', '\u0000').replaceAll(/:(\w+)/g, '{$1}');
      const item = document.paths[path.replaceAll('\u0000', ':')] as Record<string, unknown>;
      expect([pattern, Object.keys(item ?? {})]).toEqual([
        pattern,
        expect.arrayContaining([method.toLowerCase()]),
      ]);
    }
  });

  it('says of every such operation which key it needs and what it may be refused with', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      if (!path.startsWith('/v1/')) continue;
      for (const operation of Object.values(item as Record<string, never>)) {
        const { security, responses, summary } = operation as Record<string, object>;
        expect([path, security, Boolean(summary)]).toEqual([path, [{ bearer: [] }], true]);
        expect(Object.keys(responses ?? {})).toEqual(
          expect.arrayContaining(['400', '401', '403', '503']),
        );
      }
    }
  });

  it('has no reference that leads nowhere', () => {
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(names).toContain('ProblemDto');
    for (const name of names) expect(document.components?.schemas).toHaveProperty([name ?? '']);
  });
});
