import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { getCaller } from '../auth/caller.decorator';
import type { HttpReply, HttpRequest } from '../http/fastify.types';
import { inputError } from '../problem/validation.problems';
import { IdempotencyService } from './idempotency.service';
import { fingerprintRequest } from './request.fingerprint';

const HEADER = 'idempotency-key';
const KEY_PATTERN = /^[\x21-\x7e]{1,256}$/;

/** Gives the stored answer to a write that is repeated with the same Idempotency-Key. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const header = request.headers[HEADER];
    if (header === undefined) return next.handle();
    return from(this.answer(request, http.getResponse<HttpReply>(), next));
  }

  private async answer(
    request: HttpRequest,
    reply: HttpReply,
    next: CallHandler,
  ): Promise<unknown> {
    const idempotent = {
      keyId: getCaller(request).keyId,
      idempotencyKey: readKey(request),
      requestHash: fingerprintRequest(request),
    };
    const { status, body, isReplayed } = await this.idempotency.answer(idempotent, async () => {
      const value: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      return { status: reply.statusCode, body: value };
    });
    if (!isReplayed) return body;
    void reply.status(status).header('idempotency-replayed', 'true');
    return body ?? undefined;
  }
}

function readKey(request: HttpRequest): string {
  const header = request.headers[HEADER];
  if (typeof header === 'string' && KEY_PATTERN.test(header)) return header;
  throw inputError([{ path: HEADER, message: 'must be 1 to 256 visible ASCII characters' }]);
}
