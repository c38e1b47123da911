import { findFrameLength } from './mpeg.frame';

/** The first `count` bytes of an endless answer; the connection is closed after that. */
export async function readBytes(
  url: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<{ response: Response; data: Buffer }> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece as Uint8Array);
    length += (piece as Uint8Array).length;
    if (length >= count) {
      break;
    }
  }
  abort.abort();
  return { response, data: Buffer.concat(pieces).subarray(0, count) };
}

/**
 * Walks from frame to frame; returns how many whole frames there are, and throws where one is
 * missing.
 */
export function countFrames(data: Buffer): number {
  let frames = 0;
  for (let at = 0; at + 4 <= data.length; frames += 1) {
    const length = findFrameLength(data, at);
    if (length === undefined) {
      throw new Error(`No frame at byte ${at}: ${data.subarray(at, at + 4).toString('hex')}`);
    }
    at += length;
    if (at > data.length) {
      break;
    }
  }
  return frames;
}

/** Takes an ICY stream apart: the audio, and each block's text in the order of arrival. */
export function splitIcy(data: Buffer, interval: number): { audio: Buffer; blocks: string[] } {
  const audio: Buffer[] = [];
  const blocks: string[] = [];
  for (let at = 0; at < data.length;) {
    audio.push(data.subarray(at, at + interval));
    at += interval;
    const units = data[at];
    if (units === undefined) {
      break;
    }
    blocks.push(
      data
        .subarray(at + 1, at + 1 + units * 16)
        .toString('utf8')
        .replace(/\0+$/, ''),
    );
    at += 1 + units * 16;
  }
  return { audio: Buffer.concat(audio), blocks };
}

/** Looks until `condition` holds; fails after ten seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`This never became true: ${condition.toString()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
