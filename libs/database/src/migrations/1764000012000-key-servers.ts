import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseDown } from './forward-only';

/**
 * Keys of instances may be bound to serverIds. The previous release does not look at it: while it
 * still runs, such a key is good for every serverId there.
 */
export class KeyServers1764000012000 implements MigrationInterface {
  readonly name = 'KeyServers1764000012000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table api_keys add column server_ids text[],
         add constraint api_keys_server_ids check (server_ids is null or role = 'instance')`,
    );
  }

  down = refuseDown;
}
