import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * That an operator let a brake go is a row, so that every replica of balancer-worker knows it, also
 * one that starts after. The previous release holds the brake for its whole time.
 */
export class BrakeReleases1764000011000 implements MigrationInterface {
  readonly name = 'BrakeReleases1764000011000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BRAKE_RELEASES);
  }

  down = refuseDown;
}

const BRAKE_RELEASES = `
create table brake_releases (
  fleet_id bigint not null references fleets,
  brake text not null check (brake in ('mass-loss')),
  released_at timestamptz not null default weir_now(),
  released_until timestamptz not null,
  released_by text not null,
  reason text not null,
  primary key (fleet_id, brake)
)`;
