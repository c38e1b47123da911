import type { Socket } from 'node:net';
import type { SeededRandom } from '../random/seeded.random';
import type { ConnectionTap } from './connection.tap';
import type { Direction, LinkFault } from './link.fault';
import { PacedPipe } from './paced.pipe';

interface ConnectionParts {
  readonly client: Socket;
  /** Absent for a half-open one, which leads nowhere. */
  readonly server: Socket | undefined;
  readonly random: SeededRandom;
  readonly fault: () => LinkFault;
  readonly tap: ConnectionTap | undefined;
  readonly onClose: (connection: ProxiedConnection) => void;
}

/** A connection through the proxy: two sockets, and a pipe for each direction. */
export class ProxiedConnection {
  private readonly pipes: Partial<Record<Direction, PacedPipe>> = {};
  private isClosed = false;
  /** One end is gone, and the other cannot know yet. */
  private unheardReset: Direction | undefined;

  constructor(private readonly parts: ConnectionParts) {
    const { client, server } = parts;
    this.watch(client, 'toServer');
    if (!server) {
      client.resume();
      return;
    }
    this.watch(server, 'toClient');
    this.join('toServer', client, server);
    this.join('toClient', server, client);
  }

  /** The fault has changed. */
  onFaultChange(): void {
    if (this.unheardReset !== undefined) this.passOnReset(this.unheardReset);
    for (const pipe of Object.values(this.pipes)) {
      pipe.restartCount();
      pipe.pump();
    }
  }

  /** Both ends get a reset (RST), and what is under way is lost. */
  reset(): void {
    this.parts.client.resetAndDestroy();
    this.parts.server?.resetAndDestroy();
    this.close();
  }

  /** Says to the receiver of that direction that nothing more will come (FIN). */
  halfClose(direction: Direction): void {
    this.pipes[direction]?.close();
    const receiver = direction === 'toServer' ? this.parts.server : this.parts.client;
    receiver?.end();
  }

  private join(direction: Direction, from: Socket, to: Socket): void {
    const pipe = new PacedPipe({
      from,
      to,
      random: this.parts.random,
      fault: () => this.parts.fault()[direction] ?? {},
      onCut: () => this.reset(),
    });
    this.pipes[direction] = pipe;
    from.on('data', (chunk: Buffer) => this.onData(direction, pipe, chunk));
    from.on('end', () => pipe.end());
  }

  private onData(direction: Direction, pipe: PacedPipe, chunk: Buffer): void {
    if (this.isClosed) return;
    const verdict = this.parts.tap?.take(direction, chunk);
    if (!verdict) return pipe.take(chunk);
    for (const data of verdict.forward) pipe.take(data);
    if (verdict.isCut) this.reset();
  }

  private watch(socket: Socket, direction: Direction): void {
    socket.setNoDelay(true);
    socket.on('error', () => this.passOnReset(direction));
    socket.on('close', () => this.onSocketClose());
  }

  /** A reset goes no further than data would. */
  private passOnReset(direction: Direction): void {
    const isHeard = this.parts.fault()[direction]?.isBlackhole !== true;
    if (isHeard) this.reset();
    else this.unheardReset = direction;
  }

  private onSocketClose(): void {
    const { client, server } = this.parts;
    if (client.destroyed && (!server || server.destroyed)) this.close();
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const pipe of Object.values(this.pipes)) pipe.close();
    this.parts.onClose(this);
  }
}
