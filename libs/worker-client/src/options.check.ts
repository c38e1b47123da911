import { isName, PROTOCOL_LIMITS } from '@weir/domain';
import type { WeirClientOptions } from './client.options';

/** Names of options that are times in ms, each of which may be left out. */
const DURATIONS = ['stopTimeoutMs', 'prepareTimeoutMs', 'checkIntervalMs'] as const;

/**
 * Looks at what the host gives before anything is done with it.
 * @throws TypeError naming everything that cannot be right
 */
export function assertOptions(options: WeirClientOptions): void {
  const problems = [...findNameProblems(options), ...findNumberProblems(options)];
  if (problems.length > 0) throw new TypeError(problems.join('; '));
}

function findNameProblems({ fleet, serverId, urls }: WeirClientOptions): string[] {
  const problems: string[] = [];
  if (!isName(fleet)) problems.push(`fleet: not a fleet name: ${fleet}`);
  if (!isName(serverId)) problems.push(`serverId: not a server name: ${serverId}`);
  if (urls.length === 0) problems.push('urls: at least one address of the API is needed');
  for (const url of urls) {
    const isHttp = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
    if (!isHttp) problems.push('urls: not an http or https address');
  }
  return problems;
}

/** A list of what runs has to fit into one resync, so no instance may hold more. */
function findNumberProblems(options: WeirClientOptions): string[] {
  const { maxStreams, localOperation } = options;
  const problems: string[] = [];
  const { runningPerRequest } = PROTOCOL_LIMITS;
  if (!Number.isInteger(maxStreams) || maxStreams < 0 || maxStreams > runningPerRequest) {
    problems.push(`maxStreams: not a whole number in 0 .. ${runningPerRequest}`);
  }
  for (const name of DURATIONS) {
    const value = options[name];
    if (value !== undefined && !isDuration(value)) problems.push(`${name}: not a time in ms`);
  }
  const maxMs = localOperation?.maxMs;
  if (maxMs !== undefined && maxMs !== Number.POSITIVE_INFINITY && !isDuration(maxMs)) {
    problems.push('localOperation.maxMs: not a time in ms');
  }
  return problems;
}

function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
