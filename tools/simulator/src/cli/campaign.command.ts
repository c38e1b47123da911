import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { HistoryReport } from '../history/history.runner';
import { CampaignTotals } from './campaign.totals';
import { describeCampaign } from './campaign.words';
import type { SimulateArguments } from './simulate.arguments';

/** How often progress is told, in ms. */
const PROGRESS_EVERY_MS = 5_000;

/** What a job sends: one finished history. */
export type JobMessage = Omit<HistoryReport, 'trace'>;

/** The seeds of one job among several. */
export interface JobOrder {
  readonly args: SimulateArguments;
  readonly first: number;
  readonly stride: number;
  /** The code is broken in this way. */
  readonly mutant?: string;
  readonly isUntilViolation?: boolean;
}

/** Runs many histories in several processes. @returns the totals and how long it took, in ms. */
export async function runCampaign(
  args: SimulateArguments,
  onProgress: (text: string) => void,
): Promise<{ readonly totals: CampaignTotals; readonly wallMs: number }> {
  const totals = new CampaignTotals();
  const startedAt = performance.now();
  const tell = (): void => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const rate = (totals.histories / seconds).toFixed(1);
    onProgress(
      `${totals.histories}/${args.seeds} histories, ${rate}/s, ${totals.faults} faults, ` +
        `${totals.violations.length} violations\n`,
    );
  };
  const timer = setInterval(tell, PROGRESS_EVERY_MS);
  const jobs = Math.min(args.jobs, args.seeds);
  try {
    await Promise.all(
      Array.from({ length: jobs }, (_, at) =>
        runJob({ args, first: args.from + at, stride: jobs }, (message) => totals.add(message)),
      ),
    );
  } finally {
    clearInterval(timer);
  }
  return { totals, wallMs: performance.now() - startedAt };
}

/** Runs the seeds of one job in a process of its own. @throws Error when the process fails. */
export function runJob(
  order: JobOrder,
  onMessage: (message: JobMessage, job: ChildProcess) => void,
): Promise<void> {
  const job = fork(join(__dirname, 'job.main.js'), [JSON.stringify(order)]);
  return new Promise((resolve, reject) => {
    job.on('message', (message) => onMessage(message as JobMessage, job));
    job.on('error', reject);
    job.on('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGTERM') resolve();
      else reject(new Error(`a job ended with ${code ?? signal}`));
    });
  });
}

/** A campaign's result as it is printed. */
export function campaignText(
  args: SimulateArguments,
  totals: CampaignTotals,
  wallMs: number,
): string {
  if (!args.isJson) return describeCampaign(totals, wallMs);
  const { histories, steps, faults, checks, incidents, figures, violations } = totals;
  return JSON.stringify(
    { histories, steps, faults, wallMs, checks, incidents, figures, violations },
    null,
    2,
  );
}
