import { Inject, Injectable, Optional } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Observable } from 'rxjs';

/**
 * Token of the guard in front of everything that tells how the system is inside: metrics, and
 * health beyond the bare status. An application provides a `CanActivate` that asks for the viewer
 * role under this token, from a global module. Without one, nothing is shown to anybody.
 */
export const OPERATIONAL_GUARD = Symbol('weir:operational-guard');

/** Passes the decision to the application's guard; denies when there is none. */
@Injectable()
export class OperationalGuard implements CanActivate {
  constructor(
    @Optional() @Inject(OPERATIONAL_GUARD) private readonly guard: CanActivate | undefined,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> | Observable<boolean> {
    return this.guard?.canActivate(context) ?? false;
  }
}
