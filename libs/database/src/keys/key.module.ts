import { Injectable, Logger, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Database } from '../connection/database';
import { KeyOperationalGuard } from './key-operational.guard';
import { touchKeys } from './key.repository';
import { KeyVerifier } from './key.verifier';

/** How exact "last used" is. */
const TOUCH_INTERVAL_MS = 10_000;

/** Notes when keys were used, all of an interval in one statement. */
@Injectable()
class KeyUsageRecorder implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('Keys');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyVerifier,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), TOUCH_INTERVAL_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async flush(): Promise<void> {
    const used = this.keys.takeUsed();
    if (used.length === 0) return;
    try {
      await touchKeys(this.database.control, used);
    } catch (error) {
      this.log.warn(`the use of ${used.length} keys was not noted: ${String(error)}`);
    }
  }
}

/** Gives a service `KeyVerifier` and `KeyOperationalGuard`. Needs the global DatabaseModule. */
@Module({
  providers: [
    {
      provide: KeyVerifier,
      inject: [Database],
      useFactory: (database: Database) => new KeyVerifier(database.control),
    },
    KeyOperationalGuard,
    KeyUsageRecorder,
  ],
  exports: [KeyVerifier, KeyOperationalGuard],
})
export class KeyModule {}
