/** One message of PostgreSQL's wire protocol (version 3). */
export interface PostgresMessage {
  /** Its type byte as a letter; empty for what opens a connection, and the answer to SSLRequest. */
  readonly type: string;
  readonly body: Buffer;
  /** The whole message, as it goes over the wire. */
  readonly raw: Buffer;
}

const LENGTH_BYTES = 4;
/** Asked before anything else; each is answered with a single byte. */
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** Cuts one direction of a connection into messages. */
export class PostgresMessageReader {
  private rest: Buffer = Buffer.alloc(0);
  private untyped: 'startup' | 'byte' | undefined;

  /** @param side who sends: a client's first message has no type byte. */
  constructor(side: 'client' | 'server') {
    this.untyped = side === 'client' ? 'startup' : undefined;
  }

  /** Everything that is complete by now; the rest waits for the next chunk. */
  read(chunk: Buffer): PostgresMessage[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const messages: PostgresMessage[] = [];
    for (let next = this.cutOne(); next; next = this.cutOne()) messages.push(next);
    return messages;
  }

  /** The next thing that comes is one byte. */
  expectByte(): void {
    this.untyped = 'byte';
  }

  private cutOne(): PostgresMessage | undefined {
    const typeBytes = this.untyped === undefined ? 1 : 0;
    const length = this.untyped === 'byte' ? 1 : this.lengthAt(typeBytes);
    if (length === undefined || this.rest.length < length) return undefined;
    const raw = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    const type = raw.subarray(0, typeBytes).toString('latin1');
    const body = raw.subarray(Math.min(length, typeBytes + LENGTH_BYTES));
    const message = { type, body, raw };
    if (this.untyped === 'byte' || !isEncryptionRequest(message)) this.untyped = undefined;
    return message;
  }

  private lengthAt(typeBytes: number): number | undefined {
    if (this.rest.length < typeBytes + LENGTH_BYTES) return undefined;
    return typeBytes + this.rest.readUInt32BE(typeBytes);
  }
}

/** Whether it asks for TLS or GSS before the connection is opened. */
export function isEncryptionRequest({ type, body }: PostgresMessage): boolean {
  if (type !== '' || body.length !== LENGTH_BYTES) return false;
  return [SSL_REQUEST, GSS_REQUEST].includes(body.readUInt32BE(0));
}

/** The zero-terminated texts at the beginning of a body. */
export function textsOf(body: Buffer, count: number): string[] {
  const texts: string[] = [];
  let at = 0;
  while (texts.length < count) {
    const end = body.indexOf(0, at);
    if (end < 0) break;
    texts.push(body.subarray(at, end).toString('utf8'));
    at = end + 1;
  }
  return texts;
}
