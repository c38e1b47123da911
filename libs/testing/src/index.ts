export * from './journal/journal.check';
export * from './journal/journal.reader';
export * from './postgres.fixture';
export * from './redis.fixture';
export * from './test-database';
export * from './until';
