import type { IncomingMessage, ServerResponse } from 'node:http';
import { buildCatalogue, renderCatalogue } from './catalogue.page';
import { ControlHandler } from './control.handler';
import { parseFaults } from './fault.rules';
import { type PageRoute, parseRoute } from './request.route';
import { samplePlaylist } from './sample.playlist';
import type { Exchange, SourceParts } from './source.types';
import { PLAYLIST_TYPE, StreamHandler } from './stream.handler';
import { send, sendText } from './text.response';

/** Answers every request of the source server. */
export class SourceHandler {
  private readonly control: ControlHandler;
  private readonly streams: StreamHandler;

  constructor(private readonly parts: SourceParts) {
    this.control = new ControlHandler(parts);
    this.streams = new StreamHandler(parts);
  }

  /** Never throws: what a request gets wrong is answered with 400, what we get wrong with 500. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    this.answer(request, response).catch((error: unknown) => {
      const isBadInput = error instanceof RangeError || error instanceof SyntaxError;
      if (!response.headersSent) {
        sendText(
          response,
          isBadInput ? 400 : 500,
          error instanceof Error ? error.message : 'failed',
        );
      }
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = readUrl(request);
    const route = parseRoute(url.pathname);
    if (route.kind === 'control') {
      await this.control.handle(route, request, response);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendText(response, 405, 'Only GET and HEAD.');
      return;
    }
    const ownFaults = parseFaults(Object.fromEntries(url.searchParams));
    const exchange = { request, response, url, ownFaults };
    if (route.kind === 'stream') {
      await this.streams.handle(route, exchange);
    } else {
      this.servePage(route, exchange);
    }
  }

  private servePage({ page }: PageRoute, exchange: Exchange): void {
    const { response, url } = exchange;
    switch (page) {
      case 'catalogue':
        return this.serveCatalogue(exchange);
      case 'playlist':
        return send(response, PLAYLIST_TYPE, samplePlaylist(url.origin));
      case 'holds': {
        const holds = this.parts.registry.list(url.searchParams.get('name') ?? undefined);
        return send(response, 'application/json', JSON.stringify(holds));
      }
      case 'none':
        return sendText(response, 404, 'Nothing here. Try /.');
      default:
        page satisfies never;
    }
  }

  private serveCatalogue({ request, response, url }: Exchange): void {
    const entries = buildCatalogue(url.origin, (name) => this.parts.registry.countOpen(name));
    if (request.headers.accept?.includes('application/json')) {
      send(response, 'application/json', JSON.stringify(entries));
    } else {
      send(response, 'text/html; charset=utf-8', renderCatalogue(entries));
    }
  }
}

/** @throws RangeError when the request line or the Host header make no address. */
function readUrl(request: IncomingMessage): URL {
  const base = `http://${request.headers.host ?? 'localhost'}`;
  if (!URL.canParse(request.url ?? '/', base)) {
    throw new RangeError('This is no address.');
  }
  return new URL(request.url ?? '/', base);
}
