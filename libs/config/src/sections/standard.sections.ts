import { DatabaseSection } from './database.section';
import { EnvironmentSection } from './environment.section';
import { HttpSection } from './http.section';
import { LoggingSection } from './logging.section';
import { RedisSection } from './redis.section';
import { SecretsSection } from './secrets.section';
import { StartupSection } from './startup.section';

/** What every service of Weir has: enough to start, log, listen and connect. */
export const serviceSections = {
  environment: EnvironmentSection,
  logging: LoggingSection,
  startup: StartupSection,
  http: HttpSection,
  database: DatabaseSection,
  redis: RedisSection,
} as const;

/** Every section that this library defines. */
export const standardSections = { ...serviceSections, secrets: SecretsSection } as const;
