export type { Journal, JournalEntry } from './client.journal';
export type { ClientNoticeName, ClientNotices } from './client.notice';
export type { ClientLogger, WeirClientOptions } from './client.options';
export { createFileJournal } from './journal.file';
export type { StopReason } from './machine/machine.types';
export type { StopResult, StreamContext, StreamHandler } from './stream.handler';
export { type LeaveOptions, WeirClient } from './weir.client';
