/** More than everything that one instance could be assigned, and less than its memory. */
export const ANSWER_MAX_BYTES = 256 * 1024 * 1024;

/** An answer that is none: of another type, too large, or not JSON. */
export class AnswerError extends Error {}

/**
 * Reads an answer that must be JSON. What stands between us and the API may answer anything.
 * @throws AnswerError saying what is wrong with it
 */
export async function readAnswer(response: Response, maxBytes = ANSWER_MAX_BYTES) {
  const type = response.headers.get('content-type') ?? 'none';
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
    throw new AnswerError(`an answer of type ${type.slice(0, 100)}`);
  }
  const text = await readText(response, maxBytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AnswerError('an answer that is not JSON');
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new AnswerError(`an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
