import { pickBusyInstance } from '../faults/busy.instance';
import { CutCoverage, operationOf } from '../faults/cut.coverage';
import type { CutMoment } from '../faults/cut.coverage';
import { driveOperations } from '../faults/operation.driver';
import { stopInterfering } from '../faults/lost.answers';
import { APPLICATION_OF } from '../plant/plant.options';
import type { ServiceName } from '../plant/plant.options';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';
import type { SeenStatement } from '@weir/testing';

const POINTS_MIN = 60;
const POINTS_GOAL = 75;
const FULL_POINTS_GOAL = 300;
/** So many attempts for each place of the goal, at most. */
const ATTEMPTS_PER_POINT = 3;
/** A place that does not come up again for so long waits for its next turn. In ms. */
const PATIENCE_MS = 3_000;
/** Every so many cuts the service is killed as well, at that very place. */
const KILL_EVERY = 3;
const RESUME_TARGET_MS = 5_000;

/** Every kind of operation is broken at every place where it talks to PostgreSQL. */
export const a1Row: Row = {
  id: 'A1',
  fault: 'services cut off or killed (-9) before each statement and before each answer to one',
  expected: 'at least 60 places; nothing is done twice or lost; all resumes',
  repetitions: 1,
  run: async (scene) => {
    const coverage = new CutCoverage(scene.random);
    const driver = driveOperations(scene);
    try {
      const goal = scene.isFull ? FULL_POINTS_GOAL : POINTS_GOAL;
      const attemptsMax = goal * ATTEMPTS_PER_POINT;
      for (let cut = 1; coverage.cutCount < goal && cut <= attemptsMax; cut += 1) {
        await breakSomewhere(scene, coverage, cut);
      }
    } finally {
      stopInterfering(scene.plant);
      await driver.stop();
    }
    const endedNs = process.hrtime.bigint();
    await scene.recover('every stream runs, from the last one', endedNs, RESUME_TARGET_MS);
    scene.figure('places seen', coverage.seenCount);
    scene.figure('places cut (target: 60 or more)', coverage.cutCount);
    scene.figure('kinds of operation cut', coverage.operationCount);
    scene.claim(coverage.cutCount >= POINTS_MIN, `only ${coverage.cutCount} places were cut`);
    await pickBusyInstance(scene);
  },
};

async function breakSomewhere(scene: Scene, coverage: CutCoverage, cut: number): Promise<void> {
  const { plant } = scene;
  const isKill = cut % KILL_EVERY === 0;
  let victim: ServiceName | undefined;
  const decide = (service: string, moment: CutMoment, statement: SeenStatement): boolean => {
    const name = service as ServiceName;
    const operation = operationOf(statement);
    const isHere = coverage.isChosen({ application: APPLICATION_OF[name], moment, operation });
    if (!isHere) return false;
    victim = name;
    if (isKill) void plant.service(name).kill();
    return true;
  };
  plant.statements.watch({
    isCutBefore: (service, statement) => decide(service, 'unsent', statement),
    isAnswerLost: (service, statement) => decide(service, 'unanswered', statement),
  });
  const point = coverage.choose();
  if (point === undefined) return scene.last(PATIENCE_MS / 3);
  scene.say(
    `${isKill ? 'kill' : 'cut'} ${cut}: ${point.application} ${point.moment}: ${point.operation}`,
  );
  const isDone = await waitFor(scene, () => victim !== undefined);
  if (!isDone) coverage.giveUp();
  if (victim && isKill) await plant.service(victim).start();
}

async function waitFor(scene: Scene, isSo: () => boolean): Promise<boolean> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!isSo() && performance.now() < untilMs) await scene.last(20);
  return isSo();
}
