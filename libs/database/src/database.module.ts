import { Logger, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
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

/** The database for a service: `Database` (ownership), TypeORM's DataSource, `SourceCipher`. */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions, encryptionKey: string): DynamicModule {
    const logger = new Logger('Database');
    const database = new Database(options, (error) =>
      logger.warn(`idle connection: ${error.message}`),
    );
    const cipher = new SourceCipher(encryptionKey);
    return {
      module: DatabaseModule,
      global: true,
      imports: [TypeOrmModule.forRoot({ ...dataSourceOptionsOf(options), retryAttempts: 3 })],
      providers: [
        { provide: Database, useValue: database },
        { provide: SourceCipher, useValue: cipher },
        { provide: DatabaseCloser, useFactory: () => new DatabaseCloser(database) },
      ],
      exports: [Database, SourceCipher, TypeOrmModule],
    };
  }
}
