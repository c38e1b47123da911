import type { JsonObject } from '@weir/domain';

/** What a stream's `config` may say to this instance. */
export interface StreamSettings {
  /** Sent with every request for it. */
  readonly headers: Readonly<Record<string, string>>;
  /** Silence for this long is a stall, in ms. */
  readonly idleTimeoutMs: number;
}

const DEFAULT_USER_AGENT = 'weir-stream-worker';
const DEFAULT_IDLE_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MIN_MS = 100;
const IDLE_TIMEOUT_MAX_MS = 600_000;
const HEADERS_MAX = 32;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** Visible text; above all no line breaks. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,4096}$/;
/** These belong to the connection, not to the stream. */
const FORBIDDEN_HEADERS = new Set([
  'connection',
  'content-length',
  'host',
  'range',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads a stream's `config`. Fields that are not ours are somebody else's, and left alone.
 * @throws TypeError that names every field that is wrong.
 */
export function parseStreamSettings(config: JsonObject): StreamSettings {
  const { headers = {}, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS, userAgent } = config;
  const problems = [
    ...findHeaderProblems(headers),
    ...findIdleTimeoutProblems(idleTimeoutMs),
    ...findUserAgentProblems(userAgent),
  ];
  if (problems.length > 0) throw new TypeError(`config: ${problems.join('; ')}`);
  return {
    headers: {
      'user-agent': typeof userAgent === 'string' ? userAgent : DEFAULT_USER_AGENT,
      accept: '*/*',
      'icy-metadata': '1',
      ...lowerCased(headers as Record<string, string>),
    },
    idleTimeoutMs: idleTimeoutMs as number,
  };
}

function findHeaderProblems(headers: unknown): string[] {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    return ['headers must be an object of texts'];
  }
  const entries = Object.entries(headers);
  if (entries.length > HEADERS_MAX) return [`headers must be at most ${HEADERS_MAX}`];
  return entries.flatMap(([name, value]) => {
    if (!HEADER_NAME.test(name)) return ['headers has a name that is none'];
    if (FORBIDDEN_HEADERS.has(name.toLowerCase())) return [`headers.${name} cannot be set`];
    const isText = typeof value === 'string' && HEADER_VALUE.test(value);
    return isText ? [] : [`headers.${name} must be a text without line breaks`];
  });
}

function findIdleTimeoutProblems(value: unknown): string[] {
  const isInRange =
    typeof value === 'number' && value >= IDLE_TIMEOUT_MIN_MS && value <= IDLE_TIMEOUT_MAX_MS;
  const range = `${IDLE_TIMEOUT_MIN_MS} to ${IDLE_TIMEOUT_MAX_MS}`;
  return isInRange ? [] : [`idleTimeoutMs must be a number, ${range}`];
}

function findUserAgentProblems(value: unknown): string[] {
  const isText = value === undefined || (typeof value === 'string' && HEADER_VALUE.test(value));
  return isText ? [] : ['userAgent must be a text without line breaks'];
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
