import type { Database } from '@weir/database';

/** The SQLSTATEs of commits that are refused: too many streams, or more than a resource has. */
export const TOO_MANY_HELD = 'WT001';
export const TOO_MUCH_HELD = 'WT002';

/**
 * Runs at every commit that gave an instance a stream, whoever made it. What it saw is counted in
 * sequences, because those also remember what was rolled back. An instance is looked at once in a
 * commit, whichever of its rows comes first: at that time all of them are written.
 */
const GUARD = `
create sequence room_checks;
create sequence room_breaches;
create function check_room() returns trigger language plpgsql as $$
declare
  held integer;
  most integer;
  resource text;
  key text := format('<%s %s>', new.fleet_id, new.server_id);
begin
  perform nextval('room_checks');
  if strpos(current_setting('room.checked', true), key) > 0 then return null; end if;
  perform set_config('room.checked', concat(current_setting('room.checked', true), key), true);
  select count(*) into held from assignments
    where fleet_id = new.fleet_id and server_id = new.server_id;
  select max_streams into most from instances
    where fleet_id = new.fleet_id and server_id = new.server_id;
  if held > most then
    perform nextval('room_breaches');
    raise exception '% holds % of %', new.server_id, held, most using errcode = '${TOO_MANY_HELD}';
  end if;
  select c.key into resource
    from instances i, jsonb_each_text(i.capacity) c
    where i.fleet_id = new.fleet_id and i.server_id = new.server_id
      and c.value::numeric < (select sum(coalesce((s.resources->>c.key)::numeric, 0))
        from assignments a join streams s using (fleet_id, stream_id)
        where a.fleet_id = new.fleet_id and a.server_id = new.server_id);
  if found then
    perform nextval('room_breaches');
    raise exception '% holds too much %', new.server_id, resource using errcode = '${TOO_MUCH_HELD}';
  end if;
  return null;
end $$;
create constraint trigger assignments_room after insert or update on assignments
  deferrable initially deferred for each row when (new.server_id is not null)
  execute function check_room()`;

/**
 * A second opinion on admission: no commit leaves an instance with more than its maxStreams, or
 * with more than its capacity of a resource.
 */
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
