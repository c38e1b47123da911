import type { OverallHealth, SystemHealth } from '@weir/domain';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('health_samples')
export class HealthSampleEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  sampleId!: number;

  @PrimaryColumn('timestamptz', { default: () => 'weir_now()' })
  at!: Date;

  @Column('text')
  overall!: OverallHealth;

  @Column('jsonb')
  health!: SystemHealth;
}
