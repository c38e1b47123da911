import { Controller, Get, Header, NotFoundException, Param } from '@nestjs/common';
import { StreamRegistry } from './stream.registry';
import { toLocalStreamView } from './stream.view';
import type { LocalStreamView } from './stream.view';

/**
 * What runs here, with everything that is measured of it. Open, like the bare health: it holds no
 * source.
 */
@Controller('streams')
export class StreamsController {
  constructor(private readonly registry: StreamRegistry) {}

  @Get()
  @Header('cache-control', 'no-store')
  list(): { items: LocalStreamView[] } {
    return { items: this.registry.list().map(toLocalStreamView) };
  }

  @Get(':streamId')
  @Header('cache-control', 'no-store')
  read(@Param('streamId') streamId: string): LocalStreamView {
    const run = this.registry.find(streamId);
    if (run === undefined) throw new NotFoundException('this stream does not run here');
    return toLocalStreamView(run);
  }
}
