import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigurationError,
  DatabaseSection,
  EnvironmentSection,
  HttpSection,
  loadConfig,
  LoggingSection,
  RedisSection,
  SecretsSection,
  standardSections,
} from './index';
import type { ConfigurationProblem, Environment, SectionClasses } from './index';

const strong = 'f3a9c1d07b5e42689a1c3e5f7b9d0246';

function problemsOf(sections: SectionClasses, env: Environment): readonly ConfigurationProblem[] {
  try {
    loadConfig(sections, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-config-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function fileWith(name: string, content: string): string {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  }

  it('gives typed values with milliseconds where the variable is in seconds', () => {
    const { database } = loadConfig(
      { database: DatabaseSection },
      { DB_HOST: 'db', DB_PORT: '5433', DB_TIMEOUT: '2.5', DB_RETRY_DELAY: '0.2' },
    );
    expect(database).toMatchObject({
      host: 'db',
      port: 5433,
      name: 'weir',
      timeoutMs: 2500,
      retryDelayMs: 200,
      retriesMax: 3,
    });
    expect(database.password.reveal()).toBe('weir');
  });

  it('freezes the result and every section of it', () => {
    const config = loadConfig({ http: HttpSection }, {});
    expect(Object.isFrozen(config)).toBe(true);
    expect(() => Reflect.set(config.http, 'port', 1)).not.toThrow();
    expect(config.http.port).toBe(7070);
  });

  it('reports every problem of every section at once', () => {
    const problems = problemsOf(standardSections, {
      DB_PORT: '70000',
      DB_MAX_RETRIES: 'many',
      REDIS_PORT: '-1',
      LOG_LEVEL: 'loud',
      WEIR_ENV: 'prod',
      WEIR_PORT: '8O80',
      POSTGRES_STARTUP_TIMEOUT: '0',
    });
    expect(problems.map((p) => p.variable).sort()).toEqual([
      'DB_MAX_RETRIES',
      'DB_PORT',
      'LOG_LEVEL',
      'POSTGRES_STARTUP_TIMEOUT',
      'REDIS_PORT',
      'WEIR_ENV',
      'WEIR_PORT',
    ]);
    expect(problems).toContainEqual({
      variable: 'DB_PORT',
      problem: 'has a value that is not allowed: "70000"',
      expected: 'a port, 1 to 65535',
    });
  });

  it('prints one line for each problem', () => {
    const error = new ConfigurationError(
      problemsOf(standardSections, { DB_PORT: 'x', LOG_LEVEL: 'y' }),
    );
    expect(error.message.split('\n')).toHaveLength(3);
  });

  it('refuses an unknown WEIR_ENV even when no section asks for it', () => {
    expect(problemsOf({ http: HttpSection }, { WEIR_ENV: 'prod' })).toHaveLength(1);
  });

  it('selects defaults by environment', () => {
    const sections = {
      http: HttpSection,
      logging: LoggingSection,
      environment: EnvironmentSection,
    };
    const development = loadConfig(sections, {});
    expect([development.http.host, development.logging.format]).toEqual(['127.0.0.1', 'pretty']);
    const production = loadConfig(sections, { WEIR_ENV: 'production' });
    expect([production.http.host, production.logging.format]).toEqual(['0.0.0.0', 'json']);
    expect(production.environment.isProduction).toBe(true);
  });

  it('lets a service bring its own defaults, which the environment still overrides', () => {
    const defaults = { WEIR_PORT: '7071' };
    expect(loadConfig({ http: HttpSection }, {}, { defaults }).http.port).toBe(7071);
    const env = { WEIR_PORT: '9000' };
    expect(loadConfig({ http: HttpSection }, env, { defaults }).http.port).toBe(9000);
  });

  it('takes an empty text for a variable that is not set', () => {
    expect(
      loadConfig({ redis: RedisSection }, { REDIS_PASSWORD: '', REDIS_PORT: '' }).redis,
    ).toMatchObject({ password: undefined, port: 6379 });
  });

  it.each([
    ['INFO', 'info'],
    ['Warning', 'warn'],
    ['debug', 'debug'],
  ])('accepts the level %s', (given, level) => {
    expect(loadConfig({ logging: LoggingSection }, { LOG_LEVEL: given }).logging.level).toBe(level);
  });

  it('takes structured for json', () => {
    const env = { LOG_FORMAT: 'structured' };
    expect(loadConfig({ logging: LoggingSection }, env).logging.format).toBe('json');
  });

  describe('secrets from files', () => {
    it.each([
      ['pa ss \n', 'pa ss '],
      ['two\n\n', 'two\n'],
      ['windows\r\n', 'windows'],
      ['plain', 'plain'],
    ])('trims one trailing newline of %j and nothing else', (content, expected) => {
      const env = { DB_PASSWORD_FILE: fileWith('password', content) };
      const { database } = loadConfig({ database: DatabaseSection }, env);
      expect(database.password.reveal()).toBe(expected);
    });

    it('refuses a secret that is given both ways', () => {
      const env = { DB_PASSWORD: 'a', DB_PASSWORD_FILE: fileWith('both', 'b') };
      expect(problemsOf({ database: DatabaseSection }, env)).toEqual([
        {
          variable: 'DB_PASSWORD',
          problem: 'and DB_PASSWORD_FILE are both set',
          expected: 'only one of the two',
        },
      ]);
    });

    it('names the file that cannot be read, and the one that is empty', () => {
      const env = {
        DB_PASSWORD_FILE: join(directory, 'absent'),
        REDIS_PASSWORD_FILE: fileWith('empty', '\n'),
      };
      const problems = problemsOf({ database: DatabaseSection, redis: RedisSection }, env);
      expect(problems[0]?.problem).toContain('ENOENT');
      expect(problems[1]?.problem).toContain('empty');
    });
  });

  describe('in production', () => {
    const sections = {
      database: DatabaseSection,
      redis: RedisSection,
      secrets: SecretsSection,
    };

    it('accepts strong secrets and leaves optional keys unset', () => {
      const env = {
        WEIR_ENV: 'production',
        DB_PASSWORD: strong,
        REDIS_PASSWORD: strong,
        WEIR_ENCRYPTION_KEY: strong,
      };
      expect(loadConfig(sections, env).secrets.operatorKey).toBeUndefined();
    });

    it('refuses every missing secret', () => {
      const variables = problemsOf(sections, { WEIR_ENV: 'production' }).map((p) => p.variable);
      expect(variables).toEqual(['DB_PASSWORD', 'REDIS_PASSWORD', 'WEIR_ENCRYPTION_KEY']);
    });

    it('refuses default, short, repeated and placeholder secrets without printing them', () => {
      const env = {
        WEIR_ENV: 'production',
        DB_PASSWORD: 'short-and-secret',
        REDIS_PASSWORD: 'ab'.repeat(20),
        WEIR_ENCRYPTION_KEY: 'weir-development-only-encryption-key',
        WEIR_OPERATOR_KEY: 'please-change-me-before-production-use',
      };
      const problems = problemsOf(sections, env);
      expect(problems.map((p) => p.problem)).toEqual([
        'has only 16 characters',
        'repeats a few characters',
        'is the default that everyone can read in the source code',
        'is a placeholder',
      ]);
      const printed = new ConfigurationError(problems).message;
      for (const secret of [env.DB_PASSWORD, env.REDIS_PASSWORD, env.WEIR_OPERATOR_KEY]) {
        expect(printed).not.toContain(secret);
      }
    });
  });
});
