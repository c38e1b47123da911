import { Logger, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, Provider, Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Database } from './connection/database';
import type { DatabaseOptions } from './connection/database-options';
import { dataSourceOptionsOf } from './connection/data-source';
import { SourceCipher } from './crypto/source.cipher';

/** Closes the pools after everything that uses them has stopped. */
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

/**
 * The database for a service: `Database` (ownership) and TypeORM's DataSource, and `SourceCipher`
 * for a service that is given the key, because it reads or writes the sources of streams.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions, encryptionKey?: string): DynamicModule {
    const logger = new Logger('Database');
    const database = new Database(options, (error) =>
      logger.warn(`idle connection: ${error.message}`),
    );
    const providers: Provider[] = [{ provide: Database, useValue: database }];
    if (encryptionKey !== undefined) {
      providers.push({ provide: SourceCipher, useValue: new SourceCipher(encryptionKey) });
    }
    return {
      module: DatabaseModule,
      global: true,
      imports: [TypeOrmModule.forRoot({ ...dataSourceOptionsOf(options), retryAttempts: 3 })],
      providers: [
        ...providers,
        { provide: DatabaseCloser, useFactory: () => new DatabaseCloser(database) },
      ],
      exports: [
        ...providers.map((provider) => (provider as { provide: Type }).provide),
        TypeOrmModule,
      ],
    };
  }
}
