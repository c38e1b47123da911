import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from './fault.rules';
import {
  buildMasterPlaylist,
  buildMediaPlaylist,
  buildSegment,
  isSegmentAvailable,
} from './hls.playlist';
import type { HoldSubject } from './hold.registry';
import { IcyAudio } from './icy.audio';
import { type Audio, LoopAudio } from './loop.audio';
import type { StreamRoute } from './request.route';
import type { Exchange, SourceParts } from './source.types';
import { send, sendText } from './text.response';
import { buildTone, buildWavHeader, makeWavAudio } from './wav.audio';

/** Bytes of audio between two blocks of metadata: what most Icecast servers use. */
export const ICY_INTERVAL = 16_000;

export const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

/** Answers requests for streams, with the faults that were ordered. */
export class StreamHandler {
  private readonly tone = buildTone();

  constructor(private readonly parts: SourceParts) {}

  async handle(route: StreamRoute, exchange: Exchange): Promise<void> {
    if (await this.passFaults(route.name, exchange)) {
      this.serve(route, exchange);
    }
  }

  private faultsOf(name: string, exchange: Exchange): Faults {
    return { ...this.parts.faults.get(name), ...exchange.ownFaults };
  }

  /** Plays the faults that come before the audio; false when the request was answered by one. */
  private async passFaults(name: string, exchange: Exchange): Promise<boolean> {
    const { response, url } = exchange;
    const { delayMs = 0, redirects = 0, status } = this.faultsOf(name, exchange);
    if (delayMs > 0) {
      await delay(delayMs);
    }
    if (response.destroyed) {
      return false;
    }
    if (redirects > 0) {
      const target = new URL(url);
      target.searchParams.set('redirects', String(redirects - 1));
      response.setHeader('Location', target.href);
      sendText(response, 302, 'Elsewhere.');
      return false;
    }
    if (status !== undefined) {
      sendText(response, status, `This is the status ${status} that was asked for.`);
      return false;
    }
    return true;
  }

  private serve(route: StreamRoute, exchange: Exchange): void {
    const { melody, faults } = this.parts;
    switch (route.part) {
      case 'mp3':
        return this.serveMp3(route.name, exchange);
      case 'wav':
        return this.serveWav(route.name, exchange);
      case 'master-playlist':
        return send(exchange.response, PLAYLIST_TYPE, buildMasterPlaylist(melody));
      case 'media-playlist': {
        const playlist = buildMediaPlaylist(melody, faults.mediaTimeMs(route.name));
        return this.serveHls(route.name, exchange, PLAYLIST_TYPE, playlist);
      }
      case 'segment':
        return this.serveSegment(route.name, route.sequence, exchange);
      default:
        route satisfies never;
    }
  }

  private serveMp3(name: string, exchange: Exchange): void {
    const { melody, now } = this.parts;
    const { response, request } = exchange;
    // Everybody hears the same moment of the melody, from the start of a frame.
    const frame = Math.floor(now() / melody.frameMs) % (melody.data.length / melody.frameBytes);
    const audio = new LoopAudio(melody.data, melody.bytesPerSecond, frame * melody.frameBytes);
    const wantsTitles = request.headers['icy-metadata'] === '1';
    for (const [header, value] of this.icyHeaders(name, wantsTitles)) {
      response.setHeader(header, value);
    }
    this.seat(
      { name, kind: 'mp3', audio: wantsTitles ? this.withTitles(name, audio) : audio },
      exchange,
    );
  }

  private withTitles(name: string, audio: Audio): Audio {
    const { now, titleMs } = this.parts;
    return new IcyAudio(audio, ICY_INTERVAL, () => `${name} - Tune ${Math.floor(now() / titleMs)}`);
  }

  private icyHeaders(name: string, wantsTitles: boolean): [string, string][] {
    const { bitrateKbps, sampleRateHz } = this.parts.melody;
    return [
      ['Content-Type', 'audio/mpeg'],
      ['icy-name', name],
      ['icy-genre', 'Test'],
      ['icy-br', String(bitrateKbps)],
      ['icy-sr', String(sampleRateHz)],
      ['icy-pub', '0'],
      ...(wantsTitles ? [['icy-metaint', String(ICY_INTERVAL)] as [string, string]] : []),
    ];
  }

  private serveWav(name: string, exchange: Exchange): void {
    exchange.response.setHeader('Content-Type', 'audio/wav');
    this.seat({ name, kind: 'wav', audio: makeWavAudio(this.tone) }, exchange, buildWavHeader());
  }

  /** Sends the headers of an endless answer and hands the connection to the pacer. */
  private seat(
    what: { name: string; kind: 'mp3' | 'wav'; audio: Audio },
    exchange: Exchange,
    preamble?: Buffer,
  ): void {
    const { request, response } = exchange;
    // As Icecast does: the audio as it is, not in chunks, until the connection closes.
    response.useChunkedEncodingByDefault = false;
    response.setHeader('Connection', 'close');
    response.setHeader('Cache-Control', 'no-cache, no-store');
    response.writeHead(200);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.flushHeaders();
    if (preamble) {
      response.write(preamble);
    }
    const { name, kind, audio } = what;
    const hold = this.parts.registry.begin({ name, kind, ...clientOf(request) });
    this.parts.pacer.add({
      name,
      response,
      audio,
      hold,
      faults: () => this.faultsOf(name, exchange),
    });
  }

  private serveSegment(name: string, sequence: number, exchange: Exchange): void {
    const { melody, faults } = this.parts;
    if (isSegmentAvailable(melody, sequence, faults.mediaTimeMs(name))) {
      this.serveHls(name, exchange, 'audio/mpeg', buildSegment(melody, sequence));
    } else {
      sendText(exchange.response, 404, 'This segment is over, or not there yet.');
    }
  }

  private serveHls(name: string, exchange: Exchange, type: string, body: Buffer | string): void {
    const subject: HoldSubject = { name, kind: 'hls', ...clientOf(exchange.request) };
    this.parts.registry.visit(subject, Buffer.byteLength(body));
    send(exchange.response, type, body);
  }
}

/** Who asks, by its own words. */
function clientOf(request: IncomingMessage): Pick<HoldSubject, 'client' | 'labels'> {
  const labels = Object.entries(request.headers).filter(([name]) => name.startsWith('x-weir-'));
  return {
    client: request.headers['user-agent'] ?? 'unknown',
    labels: Object.fromEntries(labels.map(([name, value]) => [name, String(value)])),
  };
}
