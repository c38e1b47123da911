import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from './fault.rules';
import type { FaultTable } from './fault.table';
import type { HoldRegistry } from './hold.registry';
import type { Pacer } from './listener.pacer';
import type { Melody } from './melody.asset';

/** What the handlers work with. */
export interface SourceParts {
  readonly melody: Melody;
  readonly registry: HoldRegistry;
  readonly pacer: Pacer;
  readonly faults: FaultTable;
  /** Milliseconds since 1970, on a clock that never goes back. */
  readonly now: () => number;
  readonly titleMs: number;
}

/** A request on its way to an answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Faults that the request asks for itself; they win over those of the name. */
  readonly ownFaults: Faults;
}
