import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKey } from '@weir/database';
import { resolvePostgresDataDir } from '@weir/embedded';

/** The keys that the CLI and people use. */
export interface Keys {
  readonly operator: string;
  readonly instance: string;
  readonly viewer: string;
}

/** What only the services need to know. */
export interface Secrets {
  readonly postgresPassword: string;
  readonly redisPassword: string;
  readonly encryptionKey: string;
}

/** The folder (WEIR_HOME) in which an installation keeps everything. */
export class Home {
  readonly postgres: string;
  readonly redis: string;
  readonly logs: string;
  readonly journals: string;

  constructor(readonly folder: string) {
    this.postgres = join(folder, 'postgres');
    this.redis = join(folder, 'redis');
    this.logs = join(folder, 'logs');
    this.journals = join(folder, 'journals');
  }

  /** True when an earlier start left its data here. */
  get hasData(): boolean {
    return existsSync(join(this.folder, 'keys.json'));
  }

  prepare(): void {
    for (const folder of [this.folder, this.logs, this.journals]) {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    }
  }

  /** Deletes the data of earlier starts; the folder itself stays. */
  async clear(): Promise<void> {
    const dataDir = await resolvePostgresDataDir(this.postgres);
    rmSync(dataDir, { recursive: true, force: true });
    for (const name of ['postgres', 'redis', 'logs', 'journals', 'keys.json', 'secrets.json']) {
      rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }

  logOf(part: string): string {
    return join(this.logs, `${part}.log`);
  }

  journalOf(part: string): string {
    return join(this.journals, `${part}.jsonl`);
  }

  keys(): Keys {
    return this.readOrCreate('keys.json', () => ({
      operator: createKey('operator'),
      instance: createKey('instance'),
      viewer: createKey('viewer'),
    }));
  }

  secrets(): Secrets {
    return this.readOrCreate('secrets.json', () => ({
      postgresPassword: randomBytes(24).toString('base64url'),
      redisPassword: randomBytes(24).toString('base64url'),
      encryptionKey: randomBytes(32).toString('base64url'),
    }));
  }

  /**
   * Files of mode 0600; written beside and renamed, so that a crash leaves the old one or the new
   * one.
   */
  private readOrCreate<T extends object>(name: string, create: () => T): T {
    const path = join(this.folder, name);
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
    const value = create();
    writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return value;
  }
}
