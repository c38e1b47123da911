import autocannon from 'autocannon';

/** What to send; read from the one argument of this program. */
export interface LoadOrder {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly key: string;
  /** Paths taken in turn. `{n}` stands for the number of the instance. */
  readonly pathPattern: string;
  readonly instances: number;
  readonly body: string;
}

/** What came of it. Latencies in ms. */
export interface LoadResult {
  readonly perSecond: number;
  readonly total: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/**
 * A process of its own, so that the generator's work is not done in the process that is measured.
 */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;
  let next = 0;
  const result = await autocannon({
    url: order.url,
    connections: order.connections,
    duration: order.seconds,
    requests: [
      {
        setupRequest: (request) => {
          next = (next + 1) % order.instances;
          return {
            ...request,
            method: 'POST',
            path: order.pathPattern.replace('{n}', String(next)),
            body: order.body,
            headers: { 'content-type': 'application/json', authorization: `Bearer ${order.key}` },
          };
        },
      },
    ],
  });
  const answer: LoadResult = {
    perSecond: result.requests.average,
    total: result.requests.total,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
  };
  process.stdout.write(JSON.stringify(answer));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
