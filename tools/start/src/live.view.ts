import { setTimeout as wait } from 'node:timers/promises';
import { readFleet } from './fleet.reader';
import type { FleetPicture } from './fleet.reader';
import { renderFleet } from './live.table';
import { Block, colors } from './terminal';
import type { Terminal } from './terminal';

const REFRESH_MS = 1_000;

/** Shows the fleet until the signal: a table on a terminal, a line per change elsewhere. */
export class LiveView {
  private readonly block: Block;
  private owners = new Map<string, string>();
  private statuses = new Map<string, string>();

  constructor(
    private readonly terminal: Terminal,
    private readonly access: { readonly apiUrl: string; readonly key: string },
    private readonly footer: () => readonly string[],
  ) {
    this.block = new Block(terminal);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.show();
      await wait(REFRESH_MS, undefined, { signal }).catch(() => undefined);
    }
    this.block.keep();
  }

  private async show(): Promise<void> {
    try {
      const picture = await readFleet(this.access.apiUrl, this.access.key);
      if (this.terminal.isInteractive) this.drawTable(picture);
      else this.writeChanges(picture);
    } catch (error) {
      const text = `waiting for the API: ${(error as Error).message}`;
      if (this.terminal.isInteractive) this.block.draw([colors.yellow(text), ...this.footer()]);
    }
  }

  private drawTable(picture: FleetPicture): void {
    const footer = this.footer();
    const rows = this.terminal.rows - footer.length - 2;
    this.block.draw([
      ...renderFleet(picture, { columns: this.terminal.columns, rows }),
      '',
      ...footer,
    ]);
  }

  private writeChanges(picture: FleetPicture): void {
    for (const instance of picture.instances) {
      const text = `${instance.status}, ${instance.assignedStreams} of ${instance.maxStreams} streams`;
      if (this.statuses.get(instance.serverId) === text) continue;
      this.statuses.set(instance.serverId, text);
      this.terminal.write(`${instance.serverId}: ${text}\n`);
    }
    for (const stream of picture.streams) {
      const owner = stream.serverId ?? 'nobody';
      const before = this.owners.get(stream.streamId);
      if (before === owner) continue;
      this.owners.set(stream.streamId, owner);
      if (before !== undefined) this.terminal.write(`${stream.name}: ${before} -> ${owner}\n`);
    }
  }
}
