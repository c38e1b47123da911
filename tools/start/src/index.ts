export { Home } from './home';
export type { Keys, Secrets } from './home';
export { DATABASE_NAME } from './infrastructure.parts';
export type { PartNews, PartState, RunningPart } from './part';
export { Stack } from './stack';
export { DEFAULT_FLEET, DEFAULT_STACK_OPTIONS } from './stack.options';
export type { ServiceName, StackOptions } from './stack.options';
export { StartError } from './start.error';
