import type { Role } from '@weir/domain';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  keyId!: number;

  @Column('text')
  name!: string;

  @Column('text')
  role!: Role;

  /** Bound to one fleet, or null for all. */
  @Column('bigint', { nullable: true })
  fleetId!: number | null;

  /** Role `instance`: the serverIds (or their beginnings and `*`) it may act for; null for all. */
  @Column('text', { array: true, nullable: true })
  serverIds!: string[] | null;

  @Column('text', { unique: true })
  prefix!: string;

  @Column('bytea')
  secretHash!: Buffer;

  @Column('timestamptz', { default: () => 'weir_now()' })
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  lastUsedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;
}
