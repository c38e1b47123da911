import { Injectable } from '@nestjs/common';
import { EnvironmentSection, LoggingSection } from '@weir/config';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

const verboseLevels = new Set(['debug', 'trace']);

/**
 * The environment suits the service; what it could not start with at all is refused at its start.
 */
@Injectable()
export class EnvironmentIndicator extends Indicator {
  readonly name = 'environment';
  readonly isRequired = false;

  constructor(
    private readonly environment: EnvironmentSection,
    private readonly logging: LoggingSection,
  ) {
    super();
  }

  async read(): Promise<Reading> {
    const details = {
      environment: this.environment.name,
      logLevel: this.logging.level,
      logFormat: this.logging.format,
      nodeVersion: process.versions.node,
    };
    const warning = this.findWarning();
    return warning === undefined
      ? { status: 'up', details }
      : { status: 'degraded', error: warning, details };
  }

  private findWarning(): string | undefined {
    if (!this.environment.isProduction) return undefined;
    if (verboseLevels.has(this.logging.level))
      return `LOG_LEVEL ${this.logging.level} in production`;
    if (this.logging.format === 'pretty') return 'LOG_FORMAT pretty in production';
    return undefined;
  }
}
