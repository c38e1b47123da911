import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from '../connection/database';
import { OrdinaryReads } from './ordinary-reads';

/** Gives every feature of a service its reads for operators. Needs DatabaseModule. */
@Global()
@Module({
  providers: [
    {
      provide: OrdinaryReads,
      inject: [DataSource, Database],
      useFactory: (source: DataSource, { options }: Database) => new OrdinaryReads(source, options),
    },
  ],
  exports: [OrdinaryReads],
})
export class OrdinaryReadsModule {}
