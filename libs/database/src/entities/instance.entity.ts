import type { InstanceCapacity, InstanceStatus, Labels } from '@weir/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('instances')
export class InstanceEntity {
  @PrimaryColumn('bigint')
  fleetId!: number;

  @PrimaryColumn('text')
  serverId!: string;

  @Column('text')
  host!: string;

  @Column('integer')
  port!: number;

  @Column('text')
  status!: InstanceStatus;

  /** The operator's wish; outlives a restart of the instance. */
  @Column('boolean', { default: false })
  cordoned!: boolean;

  @Column('bigint')
  incarnation!: number;

  @Column('integer')
  maxStreams!: number;

  @Column('jsonb', { default: {} })
  capacity!: InstanceCapacity;

  @Column('text', { nullable: true })
  zone!: string | null;

  @Column('jsonb', { default: {} })
  labels!: Labels;

  @Column('text', { nullable: true })
  clientVersion!: string | null;

  @Column('integer', { default: 0 })
  failureCount!: number;

  @Column('integer', { default: 0 })
  recoveryCount!: number;

  @Column('timestamptz', { default: () => 'weir_now()' })
  registeredAt!: Date;

  @Column('timestamptz', { default: () => 'weir_now()' })
  updatedAt!: Date;

  /** It came back too often and gets nothing new until then. */
  @Column('timestamptz', { nullable: true })
  flappingUntil!: Date | null;

  /** Flaps before this were forgiven. */
  @Column('timestamptz', { nullable: true })
  flapsFrom!: Date | null;
}
