import { Catch, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { DatabaseUnavailableError } from '@weir/database';
import { DomainError } from '@weir/domain';
import type { HttpReply, HttpRequest } from '../http/fastify.types';
import { RouteTable } from '../http/route.table';
import { PROBLEM_MEDIA_TYPE } from './problem';
import { mapToProblem } from './problem.mapping';

/** The one place where errors become answers, for Nest's routes and for Fastify's own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Problem');

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<HttpRequest>(), http.getResponse<HttpReply>());
  }

  /** Sends the answer to `error`, unless one has been sent already. */
  answer(error: unknown, request: HttpRequest, reply: HttpReply): void {
    const allowed = request.is404 ? this.routes.methodsOf(request.url) : [];
    const known =
      allowed.length > 0
        ? new DomainError('METHOD_NOT_ALLOWED', `${request.method} is not answered at this path`)
        : error;
    const { problem, headers } = mapToProblem(known);
    this.report(problem.status, error, request);
    if (reply.sent) return;
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    void reply
      .code(problem.status)
      .headers(headers)
      .header('content-type', PROBLEM_MEDIA_TYPE)
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem));
  }

  private report(status: number, error: unknown, request: HttpRequest): void {
    const route = `${request.method} ${request.routeOptions.url ?? 'unmatched'}`;
    if (error instanceof DatabaseUnavailableError) {
      this.log.warn(`${route}: ${error.message} (${String(error.cause)}) [${request.id}]`);
    } else if (status >= 500 && !(error instanceof DomainError)) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.log.error(`${route} failed: ${String(error)} [${request.id}]`, stack);
    }
  }
}
