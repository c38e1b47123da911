import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * What a stream takes of its instance's resources, and what a move of it costs. The defaults are
 * what the previous release takes for granted, so that both may run side by side.
 */
export class StreamResources1764000005000 implements MigrationInterface {
  readonly name = 'StreamResources1764000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table streams
         add column resources jsonb not null default '{}',
         add column move_cost double precision not null default 1
           check (move_cost >= 0 and move_cost <= 1000)`,
    );
  }

  down = refuseDown;
}
