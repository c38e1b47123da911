import { startSourceServer } from '@weir/source-server';
import type { Part, RunningPart } from './part';

/** The sample streams come from here, so that a machine without internet has something to play. */
export class SourcePart implements Part {
  readonly name = 'sources';
  readonly tier = 'fleet';

  constructor(private readonly port: number) {}

  async start(): Promise<RunningPart> {
    const server = await startSourceServer({ port: this.port, host: '127.0.0.1' });
    return {
      summary: server.baseUrl,
      pid: undefined,
      stop: () => server.close(),
      kill: () => server.close(),
      died: new Promise(() => undefined),
    };
  }
}
