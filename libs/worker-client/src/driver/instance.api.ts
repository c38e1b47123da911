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
import { checkAcknowledged, checkHeartbeat, checkNothing } from './answer.check';
import { checkRegistered, checkResynced } from './answer.check';
import type { AnswerCheck } from './answer.check';
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
    return this.caller.call({
      method: 'POST',
      path: this.collection,
      body,
      timeoutMs: CALL_TIMEOUT_MS,
      signal,
      isVital: true,
      check: checkRegistered,
    });
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
      isVital: true,
      check: checkHeartbeat,
    });
  }

  acknowledge(body: AcksRequest, signal: AbortSignal): Promise<CallOutcome<AcksResponse>> {
    return this.call('POST', '/acks', { body, signal, check: checkAcknowledged });
  }

  resync(body: ResyncRequest, signal: AbortSignal): Promise<CallOutcome<ResyncResponse>> {
    return this.call('PUT', '/running', { body, signal, check: checkResynced });
  }

  drain(incarnation: number, signal: AbortSignal): Promise<CallOutcome<unknown>> {
    return this.call('POST', `/drain?incarnation=${incarnation}`, { signal, check: checkNothing });
  }

  leave(incarnation: number, signal: AbortSignal): Promise<CallOutcome<void>> {
    const rest = { signal, isVital: true, check: checkNothing };
    return this.call('DELETE', `?incarnation=${incarnation}`, rest);
  }

  /**
   * Opens the stream of changes.
   * @param skipped how many usable addresses to pass over
   * @throws what fetch throws, or when no address is usable
   */
  watch(
    from: { readonly incarnation: number; readonly seenRevision: number },
    signal: AbortSignal,
    skipped: number,
  ): Promise<Response> {
    const query = `incarnation=${from.incarnation}&seenRevision=${from.seenRevision}`;
    return this.caller.open(`${this.own}/watch?${query}`, signal, skipped);
  }

  private call<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    suffix: string,
    rest: {
      readonly body?: object;
      readonly signal: AbortSignal;
      readonly isVital?: boolean;
      readonly check: AnswerCheck;
    },
  ): Promise<CallOutcome<T>> {
    const path = `${this.own}${suffix}`;
    return this.caller.call({ method, path, timeoutMs: CALL_TIMEOUT_MS, ...rest });
  }
}
