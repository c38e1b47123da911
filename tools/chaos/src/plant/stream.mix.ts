import type { PlantOptions } from './plant.options';

/** The streams of a plant, as NDJSON for the import. */
export function streamsToImport(options: PlantOptions): string {
  const { exclusiveStreams, sharedStreams, autonomousStreams, autonomyMs } = options;
  return [
    ...named('exclusive', exclusiveStreams, {}),
    ...named('shared', sharedStreams, { exclusive: false }),
    ...named('autonomous', autonomousStreams, { autonomyMs }),
  ]
    .map((stream) => `${JSON.stringify(stream)}\n`)
    .join('');
}

function named(kind: string, count: number, more: object): object[] {
  return Array.from({ length: count }, (_unused, index) => {
    const name = `${kind}-${index + 1}`;
    return { name, source: `http://127.0.0.1:1/${name}`, ...more };
  });
}
