import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { DatabaseUnavailableError } from '@weir/database';
import { catchError, of, tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { getCaller } from '../auth/caller.decorator';
import type { HttpReply, HttpRequest } from '../http/fastify.types';
import { AnswerMemory } from './answer.memory';

/** Age of an answer that was given before the database went away, in ms. */
export const STALE_HEADER = 'x-weir-stale-ms';

/** Gives the last answer, marked as `stale`, to a read that the database cannot answer now. */
@Injectable()
export class StaleAnswersInterceptor implements NestInterceptor {
  constructor(private readonly memory: AnswerMemory) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = nameOf(http.getRequest<HttpRequest>());
    const reply = http.getResponse<HttpReply>();
    return next.handle().pipe(
      tap((body: unknown) => {
        if (typeof body === 'object' && body !== null) this.memory.remember(request, body);
      }),
      catchError((error: unknown) => of(this.answerStale(request, reply, error))),
    );
  }

  private answerStale(request: string, reply: HttpReply, error: unknown): object {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    const last = this.memory.recall(request);
    if (!last) throw error;
    reply.header(STALE_HEADER, Math.round(last.ageMs));
    return { ...last.body, stale: true };
  }
}

/** The same address answers a key for one fleet and one for all differently. */
function nameOf(request: HttpRequest): string {
  const { fleetId, role } = getCaller(request);
  return `${fleetId ?? 'all'} ${role} ${request.url}`;
}
