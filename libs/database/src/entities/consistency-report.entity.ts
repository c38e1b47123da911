import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('consistency_reports')
export class ConsistencyReportEntity {
  @PrimaryColumn('bigint')
  fleetId!: number;

  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  reportId!: number;

  @Column('text')
  state!: 'queued' | 'running' | 'done' | 'failed';

  /** `schedule`, or the name of the key that asked for it. */
  @Column('text')
  requestedBy!: string;

  @Column('boolean')
  repair!: boolean;

  @Column('double precision', { nullable: true })
  score!: number | null;

  @Column('integer', { default: 0 })
  streamsChecked!: number;

  @Column('integer', { default: 0 })
  instancesChecked!: number;

  @Column('integer', { default: 0 })
  findingsCount!: number;

  @Column('integer', { default: 0 })
  repairedCount!: number;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('timestamptz', { default: () => 'weir_now()' })
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;
}
