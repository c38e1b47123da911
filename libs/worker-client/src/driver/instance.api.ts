import type {
  AcksRequest,
  AcksResponse,
  HeartbeatRequest,
  HeartbeatResponse,
  RegisterRequest,
  RegisterResponse,
  ResyncRequest,
  ResyncResponse,
} from '@weir/domain';
import type { ApiCaller } from './api.caller';
import type { CallOutcome } from './call.outcome';

/** Long enough for a busy database, short enough to try another address within a lease. */
const CALL_TIMEOUT_MS = 10_000;

/** The instance part of the protocol, one method per call; each is one attempt. */
export class InstanceApi {
  private readonly collection: string;
  private readonly own: string;

  constructor(
    private readonly caller: ApiCaller,
    name: { readonly fleet: string; readonly serverId: string },
  ) {
    this.collection = `/v1/fleets/${encodeURIComponent(name.fleet)}/instances`;
    this.own = `${this.collection}/${encodeURIComponent(name.serverId)}`;
  }

  register(body: RegisterRequest, signal: AbortSignal): Promise<CallOutcome<RegisterResponse>> {
    const path = this.collection;
    return this.caller.call({ method: 'POST', path, body, timeoutMs: CALL_TIMEOUT_MS, signal });
  }

  heartbeat(
    body: HeartbeatRequest,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<CallOutcome<HeartbeatResponse>> {
    return this.caller.call({
      method: 'POST',
      path: `${this.own}/heartbeat`,
      body,
      timeoutMs: limits.timeoutMs,
      signal: limits.signal,
    });
  }

  acknowledge(body: AcksRequest, signal: AbortSignal): Promise<CallOutcome<AcksResponse>> {
    return this.call('POST', '/acks', { body, signal });
  }

  resync(body: ResyncRequest, signal: AbortSignal): Promise<CallOutcome<ResyncResponse>> {
    return this.call('PUT', '/running', { body, signal });
  }

  drain(signal: AbortSignal): Promise<CallOutcome<unknown>> {
    return this.call('POST', '/drain', { signal });
  }

  leave(incarnation: number, signal: AbortSignal): Promise<CallOutcome<void>> {
    return this.call('DELETE', `?incarnation=${incarnation}`, { signal });
  }

  /** Opens the stream of changes; @throws what fetch throws. */
  watch(incarnation: number, seenRevision: number, signal: AbortSignal): Promise<Response> {
    const query = `incarnation=${incarnation}&seenRevision=${seenRevision}`;
    return this.caller.open(`${this.own}/watch?${query}`, signal);
  }

  tryNextAddress(): void {
    this.caller.tryNextAddress();
  }

  private call<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    suffix: string,
    rest: { readonly body?: object; readonly signal: AbortSignal },
  ): Promise<CallOutcome<T>> {
    const path = `${this.own}${suffix}`;
    return this.caller.call({ method, path, timeoutMs: CALL_TIMEOUT_MS, ...rest });
  }
}
