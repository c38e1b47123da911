import type { OwnershipChange } from './ownership.transaction';

/**
 * Tells the owners of streams to stop them, for streams that are disabled, deleted or findings'
 * answers. They stay owned until the owner confirms.
 * @returns ids of the streams that had an owner.
 */
export async function stopStreams(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<string[]> {
  const stopped = await change.sql.query<{ streamId: string; serverId: string }>(
    `update assignments set status = 'stopping', revision = $2,
       stopping_since = weir_now()
     where fleet_id = $1 and stream_id = any($3::bigint[]) and status in ('starting', 'running')
     returning stream_id::text as "streamId", server_id as "serverId"`,
    [change.fleetId, change.revision, streamIds],
  );
  for (const { streamId, serverId } of stopped) {
    change.touch(serverId);
    change.record({
      kind: 'stream.stopped',
      streamId,
      serverId,
      message: `${serverId} was told to stop it`,
    });
  }
  return stopped.map(({ streamId }) => streamId);
}
