import type { Scene } from '../run/scene';

const TRY_TIMEOUT_MS = 1_500;

/** Waits until the API writes again, and keeps how long that took. */
export async function untilApiWrites(
  scene: Scene,
  label: string,
  since: { readonly ns: bigint; readonly targetMs?: number },
): Promise<void> {
  const { operator } = scene.plant;
  await scene.untilTrue('the API writes', async () => {
    const request = { method: 'PATCH', body: {}, timeoutMs: TRY_TIMEOUT_MS };
    const answers = await Promise.all([operator.send('', request), operator.send('', request)]);
    return answers.every(({ status }) => status === 200);
  });
  scene.record(label, Number(process.hrtime.bigint() - since.ns) / 1e6, since.targetMs);
}
