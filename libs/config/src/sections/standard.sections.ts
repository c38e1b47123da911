import { DatabaseSection } from './database.section';
import { EnvironmentSection } from './environment.section';
import { HttpSection } from './http.section';
import { LoggingSection } from './logging.section';
import { RedisSection } from './redis.section';
import { SecretsSection } from './secrets.section';
import { StartupSection } from './startup.section';

/** What every process that serves HTTP has: enough to start, log and listen. */
export const processSections = {
  environment: EnvironmentSection,
  logging: LoggingSection,
  startup: StartupSection,
  http: HttpSection,
} as const;

/** What every service of the control plane has: it connects to PostgreSQL and Redis, too. */
export const serviceSections = {
  ...processSections,
  database: DatabaseSection,
  redis: RedisSection,
} as const;

/** Every section that this library defines. */
export const standardSections = { ...serviceSections, secrets: SecretsSection } as const;
