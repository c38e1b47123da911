import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * Runs that are not over are looked for every second, among the reports of a week. The index holds
 * a handful of rows; reports enter and leave it with their state.
 */
export class OpenReports1764000004000 implements MigrationInterface {
  readonly name = 'OpenReports1764000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create index consistency_reports_open on consistency_reports (fleet_id, report_id)
       where state in ('queued', 'running')`,
    );
  }

  down = refuseDown;
}
