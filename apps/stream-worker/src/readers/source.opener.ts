import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SourceError } from './source.reader';

const REDIRECTS_MAX = 8;
const CONNECT_TIMEOUT_MS = 10_000;
const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308]);

/** How to ask for a source. */
export interface OpenOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Until the answer begins, in ms. */
  readonly connectTimeoutMs?: number;
}

export interface OpenedSource {
  readonly response: IncomingMessage;
  /** Where it was found in the end, after redirects. */
  readonly url: URL;
}

/**
 * Playlists and segments of a source come from one server again and again: connections are kept.
 */
const AGENT_OPTIONS = { keepAlive: true, maxFreeSockets: 16, timeout: 30_000 };
const httpAgent = new HttpAgent(AGENT_OPTIONS);
const httpsAgent = new HttpsAgent(AGENT_OPTIONS);

/**
 * Opens a source and follows redirects. The answer's body is the caller's to read, and is destroyed
 * by the signal.
 * @throws SourceError for an answer that is no success, too many redirects, or no answer in time.
 */
export async function openSource(source: URL, options: OpenOptions): Promise<OpenedSource> {
  let url = source;
  let headers = options.headers;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const response = await requestOnce(url, { ...options, headers });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return { response, url };
    response.destroy();
    const { location } = response.headers;
    if (!REDIRECT_STATUS.has(status) || location === undefined) {
      throw new SourceError(`answered ${status} ${response.statusMessage ?? ''}`.trim());
    }
    const next = resolveLocation(location, url);
    if (next.origin !== url.origin) headers = withoutCredentials(headers);
    url = next;
  }
  throw new SourceError(`more than ${REDIRECTS_MAX} redirects`);
}

/** @throws SourceError when the address is not one of HTTP. */
export function parseSourceUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new SourceError('the source is not an http or https address');
  }
  return url;
}

function requestOnce(url: URL, options: OpenOptions): Promise<IncomingMessage> {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const isSecure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (isSecure ? httpsRequest : httpRequest)(url, {
      headers: options.headers,
      agent: isSecure ? httpsAgent : httpAgent,
      signal: options.signal,
    } satisfies RequestOptions);
    const timer = setTimeout(() => {
      request.destroy(new SourceError(`no answer in ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    request.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end();
  });
}

function resolveLocation(location: string, base: URL): URL {
  if (!URL.canParse(location, base.href)) throw new SourceError('redirected to what is no address');
  return parseSourceUrl(new URL(location, base).href);
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const isSafe = ([name]: [string, string]) => !/^(authorization|cookie)$/i.test(name);
  return Object.fromEntries(Object.entries(headers).filter(isSafe));
}
