import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication, ServiceModule } from '@weir/bootstrap';
import { loadConfig } from '@weir/config';
import { createKey, Database, ensureFleet, hashKey, parseKey } from '@weir/database';
import type { Role } from '@weir/domain';
import { ServiceState } from '@weir/health';
import { createLogger, MetricsRegistry } from '@weir/observability';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { CONFIG_SECTIONS, SERVICE_NAME } from './app.module';
import type { Problem } from './problem/problem';
import { SERVICE } from './service.definition';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON body. */
  readonly body: T;
}

export interface CallOptions {
  /** A key to send instead of the operator's; null for none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * One replica of the service over real HTTP, on a database of its own. `keys` has one good key per
 * role. Calls are made with the operator's key unless told otherwise.
 */
export class TestApi {
  readonly keys: Record<Role, string> = { instance: '', operator: '', viewer: '' };

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly state: ServiceState,
    private readonly data: { readonly testDatabase: TestDatabase; readonly isOwn: boolean },
  ) {}

  /**
   * @param beside another replica whose database and keys this one shares
   * @param databasePort where this one reaches that database, when not directly
   */
  static async start(name: string, beside?: TestApi, databasePort?: number): Promise<TestApi> {
    const testDatabase = beside?.data.testDatabase ?? (await createTestDatabase(name));
    const { options } = testDatabase;
    const config = loadConfig(CONFIG_SECTIONS, {
      WEIR_ENV: 'test',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      DB_HOST: options.host,
      DB_PORT: String(databasePort ?? options.port),
      DB_NAME: options.name,
      DB_USER: options.user,
      DB_PASSWORD: options.password,
      REDIS_PORT: '1',
    });
    const state = new ServiceState(SERVICE_NAME);
    const metrics = new MetricsRegistry(SERVICE_NAME);
    const context = { config, state, metrics, logger: createLogger(config.logging, SERVICE_NAME) };
    const root = ServiceModule.around(context, [SERVICE.module(context)]);
    const app = await createApplication(root, context, SERVICE.server);
    await SERVICE.configure?.(app, context);
    await app.listen(0, '127.0.0.1');
    state.markReady();
    const api = new TestApi(app, await app.getUrl(), state, {
      testDatabase,
      isOwn: beside === undefined,
    });
    for (const role of ['instance', 'operator', 'viewer'] as const) {
      api.keys[role] = beside?.keys[role] ?? (await api.addKey(role));
    }
    return api;
  }

  get database(): Database {
    return this.data.testDatabase.database;
  }

  /** Stores a new key, for one fleet when one is named (it is created). */
  async addKey(role: Role, fleet?: string): Promise<string> {
    const key = createKey(role);
    const fleetId = fleet && (await ensureFleet(this.database.control, fleet)).fleetId;
    await this.database.control.query(
      'insert into api_keys (name, role, prefix, secret_hash, fleet_id) values ($1, $2, $3, $4, $5)',
      [`test ${role}`, role, parseKey(key)?.prefix, hashKey(key), fleetId ?? null],
    );
    return key;
  }

  /** Makes a call. A body that is text is sent as it is, anything else as JSON. */
  async call<T = Problem>(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<Answer<T>> {
    const key = options.key === undefined ? this.keys.operator : options.key;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(options.signal && { signal: options.signal }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : undefined) as T,
    };
  }

  get<T = Problem>(path: string, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('GET', path, undefined, options);
  }

  post<T = Problem>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('POST', path, body, options);
  }

  put<T = Problem>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('PUT', path, body, options);
  }

  patch<T = Problem>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('PATCH', path, body, options);
  }

  delete<T = Problem>(path: string, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('DELETE', path, undefined, options);
  }

  async close(): Promise<void> {
    this.state.markStopping();
    await this.app.close();
    if (this.data.isOwn) await this.data.testDatabase.close();
  }
}
