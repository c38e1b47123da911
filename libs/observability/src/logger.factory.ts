import type { LoggerService } from '@nestjs/common';
import type { LoggingSection } from '@weir/config';
import { Logger as PinoNestLogger, PinoLogger } from 'nestjs-pino';
import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { pretty } from './pretty.stream';
import { redactedPaths, redactText } from './log.redaction';
import { findRequestContext } from './request.context';

export type { Logger } from 'pino';

/**
 * The logger of a process. Usable without Nest.
 *
 * @param service name that every line carries
 * @param destination where lines go; standard output when left out
 */
export function createLogger(
  logging: LoggingSection,
  service: string,
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level: logging.level,
    base: { service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: redactedPaths, censor: '[redacted]' },
    mixin: () => ({ ...findRequestContext() }),
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: redactText },
  };
  if (destination !== undefined) return pino(options, destination);
  return logging.format === 'pretty' ? pino(options, pretty()) : pino(options);
}

/**
 * The same logger in the shape that Nest asks for, with the context of each `new Logger(context)`.
 */
export function createNestLogger(logger: Logger): LoggerService {
  const params = { pinoHttp: { logger } };
  return new PinoNestLogger(new PinoLogger(params), params);
}
