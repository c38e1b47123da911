import type { JsonObject, Labels, StreamResources } from '@weir/domain';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('streams')
export class StreamEntity {
  @PrimaryColumn('bigint')
  fleetId!: number;

  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  streamId!: number;

  @Column('text')
  name!: string;

  @Column('bytea')
  sourceEncrypted!: Buffer;

  @Column('bytea')
  sourceFingerprint!: Buffer;

  @Column('text')
  sourceRedacted!: string;

  @Column('double precision', { default: 1 })
  weight!: number;

  @Column('jsonb', { default: {} })
  resources!: StreamResources;

  @Column('double precision', { default: 1 })
  moveCost!: number;

  @Column('smallint', { default: 5 })
  priority!: number;

  @Column('boolean', { default: true })
  exclusive!: boolean;

  @Column('bigint', { default: 0 })
  autonomyMs!: number;

  @Column('jsonb', { default: {} })
  requires!: Labels;

  @Column('jsonb', { default: {} })
  avoid!: Labels;

  @Column('text', { nullable: true })
  spreadGroup!: string | null;

  @Column('boolean', { default: true })
  enabled!: boolean;

  @Column('jsonb', { default: {} })
  config!: JsonObject;

  @Column('timestamptz', { nullable: true })
  deletedAt!: Date | null;

  @Column('timestamptz', { default: () => 'weir_now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'weir_now()' })
  updatedAt!: Date;
}
