import type { FleetSettings } from '@weir/domain';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('fleets')
export class FleetEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  fleetId!: number;

  @Column('text', { unique: true })
  name!: string;

  /** Only what differs from the defaults. */
  @Column('jsonb', { default: {} })
  settings!: Partial<FleetSettings>;

  @Column('timestamptz', { default: () => 'weir_now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'weir_now()' })
  updatedAt!: Date;
}
