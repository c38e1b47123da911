import { StaleEpochError } from './stale.epoch.error';
import type { FencedStream } from './stale.epoch.error';

/** The first word of the error that a fenced script answers with, as Redis' own error codes are. */
const STALE = 'STALEEPOCH';

/** Runs Lua: `(script, keys, args) => redis.eval(script, keys.length, ...keys, ...args)`. */
export type RedisEval = (
  script: string,
  keys: readonly string[],
  args: readonly string[],
) => PromiseLike<unknown>;

/** An effect in Redis: a Lua body with its own keys and arguments. */
export interface FencedEffect {
  /** Lua; `KEYS` and `ARGV` are those given here, and `return` gives the result. */
  readonly body: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** Lua has no numbers but doubles; epochs are below 2 ** 53, so that they compare exactly. */
const GUARD = `local known = tonumber(redis.call('GET', KEYS[1]) or '0')
local epoch = tonumber(ARGV[1])
if epoch < known then return redis.error_reply('${STALE} a newer owner is known') end
if epoch > known then redis.call('SET', KEYS[1], ARGV[1]) end
table.remove(KEYS, 1)
table.remove(ARGV, 1)
`;

/**
 * Refuses, in a Redis that a stream writes to, whatever an earlier owner still sends. The check and
 * the effect are one script, which Redis runs without anything in between.
 *
 * In a cluster give `keyOf` names that hash to the slot of the effect's keys (`{4711}:epoch`). What
 * Redis has lost (eviction, a failover without its last writes) it cannot refuse.
 */
export class RedisFence {
  constructor(
    private readonly evaluate: RedisEval,
    private readonly keyOf = (streamId: string) => `stream-epoch:{${streamId}}`,
  ) {}

  /**
   * Carries out the effect if no newer owner is known.
   * @returns what the body returns
   * @throws StaleEpochError else, with nothing done; and whatever the body throws
   */
  async run({ streamId, epoch }: FencedStream, effect: FencedEffect): Promise<unknown> {
    const keys = [this.keyOf(streamId), ...effect.keys];
    const args = [String(epoch), ...effect.args];
    try {
      return await this.evaluate(GUARD + effect.body, keys, args);
    } catch (error) {
      const isStale = error instanceof Error && error.message.startsWith(STALE);
      throw isStale ? new StaleEpochError(streamId, epoch) : error;
    }
  }
}
