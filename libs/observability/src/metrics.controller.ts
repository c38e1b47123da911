import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { MetricsRegistry } from './metrics.registry';
import { OperationalGuard } from './operational.guard';

@Controller('metrics')
@UseGuards(OperationalGuard)
export class MetricsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  async read(): Promise<string> {
    return this.metrics.text();
  }
}
