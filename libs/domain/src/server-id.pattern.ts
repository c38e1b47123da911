/**
 * What a key of role `instance` may be bound to: a serverId, or the beginning of one and `*`.
 * `edge-*` means every serverId that begins with `edge-`.
 */
export const SERVER_ID_PATTERN = /^(?=.{1,128}$)[A-Za-z0-9._-]+\*?$/;

/** Most patterns of one key. */
export const SERVER_ID_PATTERNS_MAX = 100;

/** True when one of the patterns means this serverId. */
export function matchesServerId(patterns: readonly string[], serverId: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? serverId.startsWith(pattern.slice(0, -1)) : serverId === pattern,
  );
}
