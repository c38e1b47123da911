import type { FindingKind, RepairKind, Severity } from '@weir/domain';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('findings')
export class FindingEntity {
  @PrimaryColumn('bigint')
  fleetId!: number;

  @PrimaryColumn('bigint')
  reportId!: number;

  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  findingId!: number;

  @Column('text')
  kind!: FindingKind;

  @Column('text')
  severity!: Severity;

  @Column('bigint', { nullable: true })
  streamId!: number | null;

  @Column('text', { nullable: true })
  serverId!: string | null;

  @Column('text')
  message!: string;

  @Column('jsonb', { default: {} })
  evidence!: Readonly<Record<string, unknown>>;

  @Column('text')
  repair!: RepairKind;

  @Column('boolean', { default: false })
  repaired!: boolean;
}
