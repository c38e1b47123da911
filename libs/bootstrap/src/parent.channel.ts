/** What a service tells the program that started it, when that opened an IPC channel. */
export type ParentMessage =
  | {
      readonly type: 'phase';
      readonly service: string;
      readonly phase: string;
      readonly outcome: 'running' | 'done' | 'degraded' | 'failed';
      readonly durationMs: number;
      readonly detail?: string;
    }
  | {
      readonly type: 'ready';
      readonly service: string;
      /** Where it listens; null for a service without HTTP. */
      readonly url: string | null;
      readonly durationMs: number;
    }
  | { readonly type: 'failed'; readonly service: string; readonly message: string }
  | { readonly type: 'stopping'; readonly service: string; readonly signal: string };

/** Sends when there is a parent that listens; never throws. */
export function tellParent(message: ParentMessage): void {
  if (process.send === undefined || !process.connected) return;
  process.send(message, undefined, undefined, () => undefined);
}
