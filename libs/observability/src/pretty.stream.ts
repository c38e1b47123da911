import pinoPretty from 'pino-pretty';
import type { DestinationStream } from 'pino';

/** Lines for human readers, written by this process itself: nothing is lost when it ends. */
export function pretty(): DestinationStream {
  return pinoPretty({
    sync: true,
    colorize: process.stdout.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,service',
    messageFormat: '{service} {msg}',
    singleLine: true,
  });
}
