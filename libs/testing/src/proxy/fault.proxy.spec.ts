import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { until } from '../until';
import { FaultProxy } from './fault.proxy';
import { PARTITIONED, slowLink } from './link.fault';

/** A server that sends everything back, and keeps count of its connections. */
class Echo {
  readonly sockets: Socket[] = [];
  received = '';

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<Echo> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const echo = new Echo(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => echo.accept(socket));
    return echo;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private accept(socket: Socket): void {
    this.sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.received += String(chunk);
      socket.write(chunk);
    });
  }
}

/** What one client saw. */
class Client {
  text = '';
  hasEnded = false;
  error: string | undefined;
  isClosed = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.text += String(chunk)));
    socket.on('end', () => (this.hasEnded = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
    socket.on('close', () => (this.isClosed = true));
  }
}

describe('the fault proxy', () => {
  let echo: Echo;
  let proxy: FaultProxy;
  const clients: Client[] = [];

  beforeEach(async () => {
    echo = await Echo.start();
    proxy = await FaultProxy.listen({ target: { host: '127.0.0.1', port: echo.port } });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.destroy();
    await proxy.close();
    echo.stop();
  });

  function open(): Client {
    const client = new Client(
      connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true }),
    );
    clients.push(client);
    return client;
  }

  async function openAndEcho(text: string): Promise<Client> {
    const client = open();
    client.socket.write(text);
    await until('it is echoed', () => client.text === text);
    return client;
  }

  it('passes everything on, both ways, and the end of it', async () => {
    const client = await openAndEcho('hello');
    echo.sockets[0]!.end();
    await until('the end arrives', () => client.hasEnded);
    client.socket.end();
    await until('nothing is left open', () => proxy.openCount === 0);
    expect(client.error).toBeUndefined();
    expect(proxy.counts.accepted).toBe(1);
  });

  it('passes on far more than it keeps, in order', async () => {
    const client = open();
    const big = Array.from({ length: 400_000 }, (_unused, at) => `${at};`).join('');
    client.socket.write(big);
    await until('all of it came back', () => client.text.length === big.length);
    expect(client.text === big).toBe(true);
  });

  it('adds latency and jitter and keeps the order', async () => {
    const client = await openAndEcho('x');
    await proxy.setFault(slowLink({ latencyMs: 20, jitterMs: 30 }));
    const sentMs = performance.now();
    for (const text of ['a', 'b', 'c', 'd', 'e']) client.socket.write(text);
    await until('all came back', () => client.text === 'xabcde');
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(40);
  });

  it('bounds what passes in a second', async () => {
    const client = await openAndEcho('x');
    await proxy.setFault({ toServer: { bytesPerSecond: 10_000 } });
    const sentMs = performance.now();
    // The line is free for the first; the second waits until the first has passed.
    for (const size of [2_000, 1]) {
      client.socket.write('y'.repeat(size));
      await until('it came back', () => client.text.endsWith('y'.repeat(size)));
    }
    await until('all came back', () => client.text.length === 2_002);
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(199);
  });

  it('holds back in a blackhole, tells nobody, and delivers after it', async () => {
    const client = await openAndEcho('x');
    await proxy.setFault(PARTITIONED);
    client.socket.write('lost');
    const second = open();
    second.socket.write('second');
    await until('both are connected', () => proxy.openCount === 2 && echo.sockets.length === 2);
    expect(echo.received).toBe('x');
    await proxy.heal();
    await until('it is delivered', () => client.text === 'xlost' && second.text === 'second');
  });

  it('cuts off one direction only', async () => {
    const client = await openAndEcho('x');
    await proxy.setFault({ toClient: { isBlackhole: true } });
    client.socket.write('heard');
    await until('the server hears it', () => echo.received === 'xheard');
    expect(client.text).toBe('x');
  });

  it('does not tell the server of a client that vanishes behind a blackhole', async () => {
    const client = await openAndEcho('x');
    await proxy.setFault(PARTITIONED);
    client.socket.resetAndDestroy();
    await until('the client is gone', () => client.isClosed);
    await openedAndForgotten();
    expect(echo.sockets[0]!.destroyed).toBe(false);
    await proxy.heal();
    await until('now it hears', () => echo.sockets[0]!.destroyed);
  });

  /** Something that takes a way through the event loop of everybody. */
  async function openedAndForgotten(): Promise<void> {
    const before = proxy.counts.accepted;
    open();
    await until('one more is accepted', () => proxy.counts.accepted > before);
  }

  it('refuses connections, keeps open ones, and listens again on the same port', async () => {
    const client = await openAndEcho('x');
    const { port } = proxy;
    await proxy.setFault({ connecting: 'refused' });
    const refused = open();
    await until('it is refused', () => refused.error === 'ECONNREFUSED');
    client.socket.write('y');
    await until('the open one goes on', () => client.text === 'xy');
    await proxy.heal();
    expect(proxy.port).toBe(port);
    await openAndEcho('again');
  });

  it('accepts and never forwards when half-open', async () => {
    await proxy.setFault({ connecting: 'half-open' });
    const client = open();
    client.socket.write('anybody?');
    await until('it is accepted', () => proxy.openCount === 1);
    await proxy.heal();
    await openAndEcho('z');
    expect(echo.received).toBe('z');
    expect(client.error).toBeUndefined();
  });

  it('resets: both ends see it', async () => {
    const client = await openAndEcho('x');
    expect(proxy.resetAll()).toBe(1);
    await until('both see it', () => client.isClosed && echo.sockets[0]!.destroyed);
    expect(client.error).toBe('ECONNRESET');
    expect(proxy.openCount).toBe(0);
  });

  it('ends one direction and keeps the other', async () => {
    const client = await openAndEcho('x');
    proxy.halfCloseAll('toClient');
    await until('the client sees the end', () => client.hasEnded);
    client.socket.write('still');
    await until('the server still hears', () => echo.received === 'xstill');
  });

  it('cuts after so many bytes', async () => {
    const client = await openAndEcho('x');
    await proxy.setFault({ toClient: { cutAfterBytes: 3 } });
    client.socket.write('abcdef');
    await until('it is cut', () => client.isClosed);
    expect(client.error).toBe('ECONNRESET');
    expect('xabc'.startsWith(client.text)).toBe(true);
    expect(echo.received).toBe('xabcdef');
  });

  it('resets the client when nobody listens behind it', async () => {
    echo.stop();
    const nowhere = await FaultProxy.listen({ target: { host: '127.0.0.1', port: 1 } });
    const client = new Client(connect({ port: nowhere.port, host: '127.0.0.1' }));
    client.socket.write('x');
    await until('it is reset', () => client.isClosed);
    await nowhere.close();
  });
});
