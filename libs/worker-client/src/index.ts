export type { Journal, JournalEntry } from './client.journal';
export type { CheckOutcome, ClientNotice, ClientNoticeName, ClientNotices } from './client.notice';
export type { ClientLogger, LocalOperationOptions, WeirClientOptions } from './client.options';
export type { BufferedMeasure, BufferedNotice } from './driver/outage.buffer';
export type { ConnectivityPath } from './machine/connectivity';
export { createFileJournal } from './journal.file';
export type { StopReason } from './machine/machine.types';
export type { StopResult, StreamContext, StreamHandler } from './stream.handler';
export { type LeaveOptions, WeirClient } from './weir.client';
