import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { StartupSection } from '@weir/config';
import { LOGGER } from '@weir/observability';
import type { Logger } from '@weir/observability';
import { WeirClient } from '@weir/worker-client';

/** What stopping needs beyond handing over: forced stops, goodbye, closing the server. In ms. */
const LEAVE_RESERVE_MS = 10_000;
const LEAVE_MIN_MS = 1_000;

/** Joins the fleet when the application starts, and leaves it, handing over, before it ends. */
@Injectable()
export class InstanceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly leaveTimeoutMs: number;

  constructor(
    private readonly client: WeirClient,
    @Inject(LOGGER) private readonly logger: Logger,
    { shutdownGraceMs }: StartupSection,
  ) {
    this.leaveTimeoutMs = Math.max(LEAVE_MIN_MS, shutdownGraceMs - LEAVE_RESERVE_MS);
  }

  /**
   * Does not wait for the registration: the instance comes up, and stays, without its control
   * plane.
   */
  onApplicationBootstrap(): void {
    void this.client.start();
  }

  /** While the HTTP server still answers, so that the hand-over can be watched. */
  async onModuleDestroy(): Promise<void> {
    const isClean = await this.client.stop({ timeoutMs: this.leaveTimeoutMs });
    if (!isClean) this.logger.warn('a stream did not stop in time: its lease has to run out');
  }
}
