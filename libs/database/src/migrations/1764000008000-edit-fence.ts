import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * The revision of the last edit that plans have to know of. Apart from the fence of plans, because
 * edits may come without end and must not keep every plan from being written. The previous release
 * neither reads nor raises it.
 */
export class EditFence1764000008000 implements MigrationInterface {
  readonly name = 'EditFence1764000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table fleet_revisions add column edit_fence bigint not null default 0',
    );
  }

  down = refuseDown;
}
