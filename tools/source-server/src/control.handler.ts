import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseFaults } from './fault.rules';
import type { FaultTable } from './fault.table';
import type { Pacer } from './listener.pacer';
import type { ControlRoute } from './request.route';
import { send, sendText } from './text.response';

/** A control is a handful of numbers. */
const BODY_BYTES_MAX = 4_096;

/**
 * The controls over HTTP, for tests that run the server as a program: `PUT /control/NAME` with a
 * JSON object of faults, `DELETE /control/NAME` to heal it, `GET /control/NAME`, and `POST
 * /control/NAME/cut`.
 */
export class ControlHandler {
  constructor(private readonly parts: { readonly faults: FaultTable; readonly pacer: Pacer }) {}

  async handle(
    route: ControlRoute,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { faults, pacer } = this.parts;
    const asked = `${request.method} ${route.control}`;
    switch (asked) {
      case 'POST cut':
        return sendJson(response, { cut: pacer.cut(route.name, 'cut') });
      case 'PUT faults':
        faults.set(route.name, parseFaults(await readObject(request)));
        return sendJson(response, faults.get(route.name));
      case 'DELETE faults':
        faults.set(route.name, undefined);
        return sendJson(response, {});
      case 'GET faults':
        return sendJson(response, faults.get(route.name));
      default:
        return sendText(
          response,
          405,
          'PUT, GET or DELETE /control/NAME, or POST /control/NAME/cut.',
        );
    }
  }
}

function sendJson(response: ServerResponse, body: unknown): void {
  send(response, 'application/json', JSON.stringify(body));
}

async function readObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_BYTES_MAX) {
      throw new RangeError(`The body is longer than ${BODY_BYTES_MAX} bytes.`);
    }
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError('The body is not a JSON object.');
  }
  return value as Record<string, unknown>;
}
