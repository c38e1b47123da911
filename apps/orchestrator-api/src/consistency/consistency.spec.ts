import type { ReportView } from '@weir/database';
import { PROBLEM_STATUS } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';
import type { ReportDetailDto } from './consistency.dto';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
  api = await TestApi.start('consistency');
  fleet = await TestFleet.create(api, 'main');
}, 60_000);
afterAll(() => api?.close(), 30_000);

const ask = (body: object) =>
  api.post<{ reportId: string }>(`${fleet.path}/consistency/checks`, body);

describe('a verification on demand', () => {
  it('is left as a queued report, also while Redis is away', async () => {
    const asked = await ask({ repair: true });
    expect(asked.status).toBe(202);
    const path = `${fleet.path}/consistency/reports/${asked.body.reportId}`;
    const { status, body } = await api.get<ReportDetailDto>(path, { key: api.keys.viewer });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      reportId: asked.body.reportId,
      state: 'queued',
      repair: true,
      requestedBy: 'test operator',
      score: null,
      finishedAt: null,
      findings: { items: [], next: null },
    });
  });

  it('shows its findings page by page when it is done', async () => {
    const { reportId } = (await ask({})).body;
    const { control } = api.database;
    await control.query(
      `update consistency_reports set state = 'done', score = 0.5, findings_count = 3,
         finished_at = weir_now() where report_id = $1`,
      [reportId],
    );
    await control.query(
      `insert into findings (fleet_id, report_id, kind, severity, stream_id, message, evidence, repair)
       select $1, $2, 'orphaned-stream', 'ERROR', n, 'finding ' || n, '{"a": 1}', 'ring-balancer'
       from generate_series(1, 3) n`,
      [fleet.fleetId, reportId],
    );
    const path = `${fleet.path}/consistency/reports/${reportId}`;
    const first = (await api.get<ReportDetailDto>(`${path}?limit=2`)).body;
    expect(first).toMatchObject({ state: 'done', score: 0.5, repair: false, findingsCount: 3 });
    expect(first.findings.items).toMatchObject([
      { streamId: '1', message: 'finding 1', evidence: { a: 1 }, repaired: false, serverId: null },
      { streamId: '2' },
    ]);
    const next = await api.get<ReportDetailDto>(`${path}?limit=2&after=${first.findings.next}`);
    expect(next.body.findings).toMatchObject({ items: [{ streamId: '3' }], next: null });
  });

  it('is listed newest first', async () => {
    const newest = (await ask({})).body.reportId;
    const path = `${fleet.path}/consistency/reports`;
    const page = await api.get<{ items: ReportView[]; next: string }>(`${path}?limit=1`);
    expect(page.body).toMatchObject({ items: [{ reportId: newest }], next: newest });
    const older = await api.get<{ items: ReportView[] }>(`${path}?after=${page.body.next}`);
    expect(older.body.items.length).toBeGreaterThanOrEqual(2);
    expect(Number(older.body.items[0]?.reportId)).toBeLessThan(Number(newest));
  });

  it.each([
    ['POST', '/v1/fleets/none/consistency/checks', {}, 'FLEET_UNKNOWN'],
    ['POST', '/v1/fleets/main/consistency/checks', { repair: 'yes' }, 'INVALID_INPUT'],
    ['POST', '/v1/fleets/main/consistency/checks', { force: true }, 'INVALID_INPUT'],
    ['GET', '/v1/fleets/main/consistency/reports/999999', undefined, 'REPORT_UNKNOWN'],
    ['GET', '/v1/fleets/main/consistency/reports/x', undefined, 'REPORT_UNKNOWN'],
    ['GET', '/v1/fleets/none/consistency/reports', undefined, 'FLEET_UNKNOWN'],
    ['GET', '/v1/fleets/main/consistency/reports?limit=x', undefined, 'INVALID_INPUT'],
  ] as const)('%s %s %j is answered by %s', async (method, path, body, code) => {
    const status = PROBLEM_STATUS[code];
    expect(await api.call(method, path, body)).toMatchObject({ status, body: { code } });
  });

  it('is refused to a key that may only read', async () => {
    const path = `${fleet.path}/consistency/checks`;
    expect((await api.post(path, {}, { key: api.keys.viewer })).status).toBe(403);
  });
});
