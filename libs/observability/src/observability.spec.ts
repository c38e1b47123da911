import { Controller, Get, Module, NotFoundException } from '@nestjs/common';
import type { CanActivate } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { IncomingMessage } from 'node:http';
import { loadConfig, LoggingSection } from '@weir/config';
import {
  createHttpHooks,
  createLogger,
  createNestLogger,
  MetricsRegistry,
  ObservabilityModule,
  OPERATIONAL_GUARD,
  redactText,
  requestIdOf,
} from './index';
import type { Logger } from './index';

function captureLogs(level = 'debug'): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const { logging } = loadConfig({ logging: LoggingSection }, { LOG_LEVEL: level });
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { logger: createLogger(logging, 'test-service', destination), lines };
}

describe('createLogger', () => {
  it('writes the level by name, the service and the time', () => {
    const { logger, lines } = captureLogs();
    logger.warn({ fleet: 'alpha' }, 'something');
    expect(lines[0]).toMatchObject({
      level: 'warn',
      service: 'test-service',
      fleet: 'alpha',
      msg: 'something',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('keeps to the configured level', () => {
    const { logger, lines } = captureLogs('error');
    logger.warn('quiet');
    expect(lines).toEqual([]);
  });

  it.each([
    [{ password: 'hunter2' }],
    [{ headers: { authorization: 'Bearer hunter2' } }],
    [{ a: { b: { token: 'hunter2' } } }],
    [{ stream: { source: 'http://x/hunter2' } }],
    [{ err: new Error('cannot open http://user:hunter2@radio.test/live') }],
    [{ note: 'sent Authorization: Bearer hunter2' }],
  ])('never writes the secret in %j', (fields) => {
    const { logger, lines } = captureLogs();
    logger.info(fields, 'line');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('leaves addresses without credentials alone', () => {
    expect(redactText('http://radio.test:8000/a@b')).toBe('http://radio.test:8000/a@b');
  });

  it('serves as the logger of Nest, with its context', () => {
    const { logger, lines } = captureLogs();
    createNestLogger(logger).log('started', 'Bootstrap');
    expect(lines[0]).toMatchObject({ level: 'info', msg: 'started', context: 'Bootstrap' });
  });
});

describe('requestIdOf', () => {
  it('keeps a harmless id and replaces anything else', () => {
    expect(requestIdOf({ 'x-request-id': 'abc-1' })).toBe('abc-1');
    for (const given of ['', 'a'.repeat(65), 'x y', 'a\nb']) {
      expect(requestIdOf({ 'x-request-id': given })).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('ObservabilityModule in an application', () => {
  const { logger, lines } = captureLogs();
  const metrics = new MetricsRegistry('test-service');
  let app: NestFastifyApplication;

  @Controller('things')
  class ThingsController {
    @Get(':id')
    async read(): Promise<string> {
      await Promise.resolve();
      logger.info('inside the handler');
      return 'thing';
    }

    @Get(':id/absent')
    fail(): never {
      throw new NotFoundException();
    }
  }

  const onlyViewer: CanActivate = {
    canActivate: (context) =>
      context.switchToHttp().getRequest().headers['authorization'] === 'Bearer viewer',
  };

  @Module({
    providers: [{ provide: OPERATIONAL_GUARD, useValue: onlyViewer }],
    exports: [OPERATIONAL_GUARD],
  })
  class GuardModule {}

  async function createApp(isGuarded: boolean): Promise<NestFastifyApplication> {
    const guard = isGuarded ? [{ module: GuardModule, global: true }] : [];
    const module = await Test.createTestingModule({
      imports: [ObservabilityModule.forRoot({ metrics, logger }), ...guard],
      controllers: [ThingsController],
    }).compile();
    const adapter = new FastifyAdapter({
      genReqId: (request: IncomingMessage) => requestIdOf(request.headers),
    });
    return module.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
  }

  beforeAll(async () => {
    app = await createApp(true);
    const hooks = createHttpHooks(metrics, logger);
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', hooks.onRequest);
    fastify.addHook('onResponse', hooks.onResponse);
    await app.init();
    await fastify.ready();
  });
  afterAll(() => app.close());
  beforeEach(() => lines.splice(0));

  it('answers every request with its id and logs it on every line of that request', async () => {
    const headers = { 'x-request-id': 'req-7' };
    const response = await app.inject({ url: '/things/1', headers });
    expect(response.headers['x-request-id']).toBe('req-7');
    const inside = lines.find((line) => line['msg'] === 'inside the handler');
    expect(inside?.['requestId']).toBe('req-7');
    expect(lines.find((line) => line['msg'] === 'request')).toMatchObject({
      requestId: 'req-7',
      route: '/things/:id',
      status: 200,
      level: 'debug',
    });
  });

  it('gives an id to answers of unknown routes too', async () => {
    const response = await app.inject('/nowhere');
    expect(response.statusCode).toBe(404);
    expect(response.headers['x-request-id']).toBeDefined();
  });

  it('measures by route pattern, never by address', async () => {
    await app.inject('/things/12345');
    await app.inject('/things/12345/absent');
    const text = await metrics.text();
    expect(text).toMatch(
      /weir_http_request_duration_seconds_count\{.*route="\/things\/:id",status="200".*\} \d+/,
    );
    expect(text).toContain('route="/things/:id/absent",status="404"');
    expect(text).not.toContain('12345');
  });

  it('shows metrics to whom the guard lets pass, and to nobody else', async () => {
    expect((await app.inject('/metrics')).statusCode).toBe(403);
    const authorization = 'Bearer viewer';
    const response = await app.inject({ url: '/metrics', headers: { authorization } });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(response.body).toMatch(/weir_build_info\{version="\d+\.\d+\.\d+",node="[\d.]+".*\} 1/);
    expect(response.body).toContain('process_cpu_seconds_total');
  });

  it('shows metrics to nobody when the application brings no guard', async () => {
    const unguarded = await createApp(false);
    await unguarded.init();
    await unguarded.getHttpAdapter().getInstance().ready();
    const authorization = 'Bearer viewer';
    const response = await unguarded.inject({ url: '/metrics', headers: { authorization } });
    expect(response.statusCode).toBe(403);
    await unguarded.close();
  });
});
