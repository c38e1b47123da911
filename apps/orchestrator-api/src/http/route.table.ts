import { Injectable } from '@nestjs/common';

interface KnownRoute {
  readonly pattern: string;
  readonly matches: RegExp;
  readonly methods: Set<string>;
}

/** Every route of this process, to tell a wrong method from a wrong path. */
@Injectable()
export class RouteTable {
  private readonly byPattern = new Map<string, KnownRoute>();

  add(pattern: string, methods: string | readonly string[]): void {
    const known = this.byPattern.get(pattern) ?? createRoute(pattern);
    for (const method of [methods].flat()) known.methods.add(method);
    this.byPattern.set(pattern, known);
  }

  /** Methods that are answered at the path of `url`; none when the path is unknown. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = [...this.byPattern.values()]
      .filter((route) => route.matches.test(path))
      .flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }

  /** `GET /v1/fleets` and so on. */
  list(): { method: string; pattern: string }[] {
    return [...this.byPattern.values()].flatMap(({ pattern, methods }) =>
      [...methods].map((method) => ({ method, pattern })),
    );
  }
}

/** In Fastify's patterns `:name` is a parameter, `::` a colon and `*` the rest. */
function createRoute(pattern: string): KnownRoute {
  const source = pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('::', '\u0000')
    .replaceAll(/:[A-Za-z0-9_]+/g, '[^/]+')
    .replaceAll('*', '.*')
    .replaceAll('\u0000', ':');
  return { pattern, matches: new RegExp(`^${source}/?$`), methods: new Set() };
}
