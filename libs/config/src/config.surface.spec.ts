import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { inspect } from 'node:util';
import {
  CONFIG,
  ConfigModule,
  configReference,
  configReferenceMarkdown,
  describeConfig,
  HttpSection,
  loadConfig,
  Secret,
  standardSections,
} from './index';

@Injectable()
class NeedsHttp {
  constructor(readonly http: HttpSection) {}
}

describe('Secret', () => {
  it('shows itself only when revealed', () => {
    const secret = new Secret('hunter2');
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
    ];
    for (const text of shown) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain('hunter2');
    }
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('describeConfig', () => {
  it('lists every variable with its value and redacts secrets', () => {
    const config = loadConfig(standardSections, { DB_PASSWORD: 'hunter2' });
    const described = describeConfig(config);
    expect(described).toHaveLength(configReference().length);
    expect(described).toContainEqual({
      variable: 'DB_TIMEOUT',
      field: 'database.timeoutMs',
      value: '30000',
    });
    expect(JSON.stringify(described)).not.toContain('hunter2');
    expect(described.find((d) => d.variable === 'REDIS_PASSWORD')?.value).toBe('(not set)');
  });
});

describe('configReference', () => {
  it('names every variable once', () => {
    const names = configReference().map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('never prints the default of a secret', () => {
    expect(configReferenceMarkdown()).not.toContain('weir-development-only-encryption-key');
  });

  it('says which defaults differ by environment', () => {
    expect(configReference().find((row) => row.name === 'WEIR_HOST')?.default).toBe(
      '127.0.0.1, 0.0.0.0 in staging, 0.0.0.0 in production',
    );
  });
});

describe('ConfigModule', () => {
  it('injects each section by its class and the whole by its token', async () => {
    const config = loadConfig(standardSections, { WEIR_PORT: '7099' });
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(config)],
      providers: [NeedsHttp],
    }).compile();
    expect(module.get(NeedsHttp).http.port).toBe(7099);
    expect(module.get(CONFIG)).toBe(config);
    await module.close();
  });
});
