import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import type { SystemHealth } from '@weir/domain';
import { OperationalGuard } from '@weir/observability';
import { HealthDriver } from './health.driver';

/** The health of the system as it is now; orchestrator-api answers with the latest sample. */
@Controller('v1/health')
@UseGuards(OperationalGuard)
export class SystemHealthController {
  constructor(private readonly driver: HealthDriver) {}

  @Get()
  @Header('cache-control', 'no-store')
  read(): Promise<SystemHealth> {
    return this.driver.read();
  }
}
