import type { Database } from '@weir/database';

/** The SQLSTATE of a commit that is refused. */
export const TOO_MANY_HELD = 'WT001';

/**
 * Runs at every commit that gave an instance a stream, whoever made it. What it saw is counted in
 * sequences, because those also remember what was rolled back.
 */
const GUARD = `
create sequence room_checks;
create sequence room_breaches;
create function check_room() returns trigger language plpgsql as $$
declare
  held integer;
  most integer;
begin
  perform nextval('room_checks');
  select count(*) into held from assignments
    where fleet_id = new.fleet_id and server_id = new.server_id;
  select max_streams into most from instances
    where fleet_id = new.fleet_id and server_id = new.server_id;
  if held > most then
    perform nextval('room_breaches');
    raise exception '% holds % of %', new.server_id, held, most using errcode = '${TOO_MANY_HELD}';
  end if;
  return null;
end $$;
create constraint trigger assignments_room after insert or update on assignments
  deferrable initially deferred for each row when (new.server_id is not null)
  execute function check_room()`;

/** A second opinion on admission: no commit leaves an instance with more than its maxStreams. */
export class RoomGuard {
  private constructor(private readonly database: Database) {}

  static async install(database: Database): Promise<RoomGuard> {
    await database.control.query(GUARD);
    return new RoomGuard(database);
  }

  /** How many rows were checked, and how many commits were refused. */
  async seen(): Promise<{ checks: number; breaches: number }> {
    const rows = await this.database.control.query<{ checks: number; breaches: number }>(
      `select (select case when is_called then last_value else 0 end from room_checks) as checks,
         (select case when is_called then last_value else 0 end from room_breaches) as breaches`,
    );
    return rows[0]!;
  }
}
