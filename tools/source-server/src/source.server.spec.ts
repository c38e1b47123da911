import { get } from 'node:http';
import { connect } from 'node:net';
import { type SourceServer, startSourceServer } from './source.server';
import { countFrames, eventually, readBytes, splitIcy } from './stream.reader.test-support';

jest.setTimeout(30_000);

describe('source server', () => {
  let server: SourceServer;

  beforeAll(async () => {
    server = await startSourceServer({ titleMs: 100 });
  });
  afterAll(() => server.close());

  it('sends MP3 that is whole frames for more than a minute, beyond several rounds of the melody', async () => {
    const { response, data } = await readBytes(
      `${server.baseUrl}/radio/any.name-1.mp3?speed=100`,
      576_000,
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    expect(response.headers.get('icy-name')).toBe('any.name-1');
    expect(response.headers.get('icy-br')).toBe('64');
    expect(response.headers.has('icy-metaint')).toBe(false);
    expect(countFrames(data)).toBe(3_000);
  });

  it('puts titles that change between the audio when the client asks for them', async () => {
    const { response, data } = await readBytes(
      `${server.baseUrl}/radio/titled.mp3?speed=50`,
      500_000,
      {
        'Icy-MetaData': '1',
      },
    );
    const interval = Number(response.headers.get('icy-metaint'));
    const { audio, blocks } = splitIcy(data, interval);
    expect(interval).toBe(16_000);
    expect(countFrames(audio)).toBeGreaterThan(2_000);
    const titles = blocks.filter((block) => block !== '');
    expect(titles.every((title) => /^StreamTitle='titled - Tune \d+';$/.test(title))).toBe(true);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.length).toBeGreaterThan(2);
  });

  it('gives two seconds at once and then goes at the pace of the bitrate', async () => {
    const startMs = performance.now();
    await readBytes(`${server.baseUrl}/radio/pace.mp3`, 16_000);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    await readBytes(`${server.baseUrl}/radio/pace.mp3`, 32_000);
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(1_700);
    expect(tookMs).toBeLessThan(3_500);
  });

  it('sends a WAV whose header says 16-bit mono and whose samples are a tone', async () => {
    const { response, data } = await readBytes(`${server.baseUrl}/radio/tone.wav`, 44 + 16_000);
    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect(data.toString('latin1', 0, 4) + data.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([data.readUInt16LE(20), data.readUInt16LE(22), data.readUInt32LE(24)]).toEqual([
      1, 1, 8_000,
    ]);
    const samples = Array.from({ length: 8_000 }, (_, i) => data.readInt16LE(44 + 2 * i));
    const rises = samples.filter((sample, i) => sample >= 0 && (samples[i - 1] ?? 0) < 0);
    expect(Math.abs(rises.length - 440)).toBeLessThanOrEqual(1);
    expect(Math.max(...samples)).toBe(8_000);
  });

  it('plays HLS from the master playlist to gapless segments, and the playlist advances', async () => {
    const masterUrl = `${server.baseUrl}/hls/live/master.m3u8`;
    const master = await (await fetch(masterUrl)).text();
    const mediaUrl = new URL(/^[^#].*$/m.exec(master)?.[0] ?? '', masterUrl);
    const readPlaylist = async (): Promise<string[]> =>
      [...(await (await fetch(mediaUrl)).text()).matchAll(/^segment-.*$/gm)].map(
        (match) => match[0],
      );

    const first = await readPlaylist();
    const segments = await Promise.all(
      first.map(async (path) => {
        const response = await fetch(new URL(path, mediaUrl));
        expect(response.headers.get('content-type')).toBe('audio/mpeg');
        return Buffer.from(await response.arrayBuffer());
      }),
    );
    const audio = segments.map((segment) => segment.subarray(10 + (segment[9] ?? 0)));
    expect(countFrames(Buffer.concat(audio))).toBe(6 * 83);
    const times = segments.map((segment) => Number(segment.readBigUInt64BE(65)));
    times.slice(1).forEach((time, i) => expect(time - (times[i] ?? 0)).toBe(179_280));

    await eventually(async () => (await readPlaylist())[0] === first[1]);
    expect((await fetch(new URL('segment-1.mp3', mediaUrl))).status).toBe(404);
  });

  it('answers with the status that a name or a request is given, until it is healed', async () => {
    const url = `${server.baseUrl}/radio/broken.mp3`;
    server.setFaults('broken', { status: 503 });
    expect((await fetch(url)).status).toBe(503);
    expect((await fetch(`${url}?status=404`)).status).toBe(404);
    expect((await fetch(`${server.baseUrl}/hls/broken/index.m3u8`)).status).toBe(503);
    server.setFaults('broken', undefined);
    expect((await readBytes(url, 192)).response.status).toBe(200);
  });

  it('redirects as often as told and then serves', async () => {
    server.setFaults('moved', { redirects: 3 });
    const { response, data } = await readBytes(`${server.baseUrl}/radio/moved.mp3`, 192);
    expect(response.redirected).toBe(true);
    expect(new URL(response.url).searchParams.get('redirects')).toBe('0');
    expect(countFrames(data)).toBe(1);
    const first = await fetch(`${server.baseUrl}/radio/moved.mp3`, { redirect: 'manual' });
    expect(first.status).toBe(302);
  });

  it('waits before the answer when told to', async () => {
    const startMs = performance.now();
    await readBytes(`${server.baseUrl}/radio/late.mp3?delayMs=300`, 1);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(290);
  });

  it('stalls an open connection without closing it, and goes on without a gap when healed', async () => {
    const response = await fetch(`${server.baseUrl}/radio/stalled.mp3`);
    const pieces: Buffer[] = [];
    const reading = (async () => {
      for await (const piece of response.body ?? []) {
        pieces.push(Buffer.from(piece as Uint8Array));
      }
    })();
    const received = (): number => pieces.reduce((sum, piece) => sum + piece.length, 0);
    await eventually(() => received() > 16_000);
    server.setFaults('stalled', { speed: 0 });
    // What was on its way arrives; after that three ticks of the server bring nothing.
    const healthy = await readUntilQuiet(received);
    expect(server.listenerCount('stalled')).toBe(1);
    server.setFaults('stalled', undefined);
    await eventually(() => received() > healthy);
    server.cut('stalled', { gently: true });
    await reading;
    expect(countFrames(Buffer.concat(pieces))).toBeGreaterThan(83);
  });

  async function readUntilQuiet(received: () => number): Promise<number> {
    let [length, sinceMs] = [received(), performance.now()];
    await eventually(() => {
      if (received() !== length) {
        [length, sinceMs] = [received(), performance.now()];
      }
      return performance.now() - sinceMs > 750;
    });
    return length;
  }

  it('resets connections by name, by age, and leaves other names alone', async () => {
    // Not fetch: it takes a reset for the regular end of an answer that has no length.
    const outcome = (path: string): Promise<string> =>
      new Promise((resolve) => {
        const fail = (error: NodeJS.ErrnoException): void => resolve(error.code ?? 'error');
        get(`${server.baseUrl}/radio/${path}`, (response) => {
          response.resume();
          response.once('end', () => resolve('ended'));
          response.on('error', fail);
        }).on('error', fail);
      });
    const [one, two, other] = [outcome('cut.mp3'), outcome('cut.wav'), outcome('whole.mp3')];
    await eventually(
      () => server.listenerCount('cut') === 2 && server.listenerCount('whole') === 1,
    );
    expect(server.cut('cut')).toBe(2);
    expect(await Promise.all([one, two])).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(server.listenerCount('whole')).toBe(1);
    expect(server.cut('whole', { gently: true })).toBe(1);
    expect(await other).toBe('ended');
    expect(await outcome('old.mp3?cutAfterMs=300')).toBe('ECONNRESET');
    expect(server.holds('cut').map((hold) => hold.end)).toEqual(['cut', 'cut']);
  });

  it('tells who held which name from when to when', async () => {
    const beforeMs = Date.now() - 5;
    const headers = { 'User-Agent': 'weir-stream-worker', 'X-Weir-Server-Id': 'worker-1' };
    await readBytes(`${server.baseUrl}/radio/held.mp3`, 1_000, headers);
    await eventually(() => server.listenerCount('held') === 0);
    const [hold] = server.holds('held');
    expect(hold).toMatchObject({
      name: 'held',
      kind: 'mp3',
      client: 'weir-stream-worker',
      labels: { 'x-weir-server-id': 'worker-1' },
      end: 'client',
    });
    expect(hold?.bytes).toBeGreaterThanOrEqual(16_000);
    expect(hold!.fromMs).toBeGreaterThanOrEqual(beforeMs);
    expect(hold!.toMs).toBeGreaterThanOrEqual(hold!.fromMs);
    const overHttp = await (await fetch(`${server.baseUrl}/holds?name=held`)).json();
    expect(overHttp).toEqual([hold]);
  });

  it('takes faults over HTTP and says what is wrong with them', async () => {
    const control = `${server.baseUrl}/control/remote`;
    const put = (body: string): Promise<Response> => fetch(control, { method: 'PUT', body });
    expect(await (await put('{"status": 404}')).json()).toEqual({ status: 404 });
    expect((await fetch(`${server.baseUrl}/radio/remote.wav`)).status).toBe(404);
    const refused = await put('{"status": 20}');
    expect([refused.status, await refused.text()]).toEqual([
      400,
      'status must be a whole number from 400 to 599.\n',
    ]);
    expect((await put('[]')).status).toBe(400);
    expect((await put('{')).status).toBe(400);
    await fetch(control, { method: 'DELETE' });
    const { response } = await readBytes(`${server.baseUrl}/radio/remote.wav`, 10);
    expect(response.status).toBe(200);
    expect(await (await fetch(`${control}/cut`, { method: 'POST' })).json()).toEqual({
      cut: expect.any(Number),
    });
  });

  it('answers nonsense with 4xx and stays up', async () => {
    const statusOf = async (path: string, method = 'GET'): Promise<number> =>
      (await fetch(`${server.baseUrl}${path}`, { method })).status;
    expect(await statusOf('/radio/bad%20name.mp3')).toBe(404);
    expect(await statusOf('/radio/x.mp3?speed=fast')).toBe(400);
    expect(await statusOf('/radio/x.mp3', 'POST')).toBe(405);
    expect(await statusOf('/control/x', 'POST')).toBe(405);
    expect(await statusOf('/radio/x.mp3', 'HEAD')).toBe(200);
    expect(server.listenerCount('x')).toBe(0);
  });

  it('lists playable streams for people, for programs and for players', async () => {
    const page = await (await fetch(server.baseUrl)).text();
    expect(page).toContain('<td>Harbour Jazz</td>');
    const asJson = await fetch(server.baseUrl, { headers: { accept: 'application/json' } });
    const entries = (await asJson.json()) as { url: string }[];
    const playlist = await (await fetch(`${server.baseUrl}/playlist.m3u`)).text();
    const urls = playlist.split('\n').filter((line) => line.startsWith('http'));
    expect(urls).toEqual(entries.map((entry) => entry.url));
    for (const url of urls) {
      const { response, data } = await readBytes(url, 40);
      expect(response.status).toBe(200);
      expect(data.length).toBe(40);
    }
  });
});

describe('source server under load', () => {
  it('feeds 300 listeners at once at their pace, and ends them all when it closes', async () => {
    const server = await startSourceServer();
    const startCpu = process.cpuUsage();
    const counts = Array<number>(300).fill(0);
    const listeners = counts.map(async (_, i) => {
      const response = await fetch(`${server.baseUrl}/radio/load-${i}.mp3`);
      for await (const piece of response.body ?? []) {
        counts[i] = (counts[i] ?? 0) + (piece as Uint8Array).length;
      }
    });
    await eventually(() => counts.every((count) => count > 24_000));
    expect(server.holds().filter((hold) => hold.toMs === undefined)).toHaveLength(300);
    // More than a second of audio for each; both ends of 300 connections in this process.
    expect(process.cpuUsage(startCpu).user / 1_000).toBeLessThan(4_000);
    await server.close();
    await Promise.allSettled(listeners);
    expect(server.holds().map((hold) => hold.end)).toEqual(Array(300).fill('server closed'));
  });

  it('drops a client that does not read, and keeps the one that does', async () => {
    const server = await startSourceServer({ burstMs: 3_600_000, backlogBytesMax: 100_000 });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /radio/sleepy.mp3 HTTP/1.1\r\nHost: x\r\nUser-Agent: sleepy\r\n\r\n');
    socket.pause();
    await eventually(() => server.holds('sleepy').some((hold) => hold.end === 'too slow'));
    const { data } = await readBytes(`${server.baseUrl}/hls/awake/index.m3u8`, 7);
    expect(data.toString()).toBe('#EXTM3U');
    socket.destroy();
    await server.close();
  });
});
