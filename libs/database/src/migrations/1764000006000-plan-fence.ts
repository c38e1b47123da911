import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * The revision of the last write of a plan. A plan that was made from an earlier state is not
 * written any more. The previous release neither reads nor raises it: until it is gone, two of its
 * replicas are as safe from each other as they were.
 */
export class PlanFence1764000006000 implements MigrationInterface {
  readonly name = 'PlanFence1764000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table fleet_revisions add column plan_fence bigint not null default 0',
    );
  }

  down = refuseDown;
}
