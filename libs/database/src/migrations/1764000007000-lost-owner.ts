import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * Whom a stream was taken from because it was lost, until the next grant: only with it can the
 * event of the placement say that it is a failover. The previous release leaves it as it is: a
 * stream that this one took over and that one placed is called a failover once more when it is
 * placed again.
 */
export class LostOwner1764000007000 implements MigrationInterface {
  readonly name = 'LostOwner1764000007000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table assignments add column lost_owner text');
  }

  down = refuseDown;
}
