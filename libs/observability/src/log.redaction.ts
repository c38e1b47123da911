const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'encryptionKey',
  'source',
];

/** Fields whose value never reaches a log, at the top level and up to two levels down. */
export const redactedPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

const URL_CREDENTIALS = /:\/\/[^\s/@"\\]+@/g;
const BEARER_TOKEN = /(bearer\s+)[A-Za-z0-9._~+/-]+=*/gi;

/**
 * Takes credentials out of text that other programs wrote, such as `http://user:pass@host` in an
 * error.
 */
export function redactText(text: string): string {
  return text
    .replace(URL_CREDENTIALS, '://[redacted]@')
    .replace(BEARER_TOKEN, (_all, prefix: string) => `${prefix}[redacted]`);
}
