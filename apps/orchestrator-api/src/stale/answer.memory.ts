/** An answer as it was given, and when, in ms of the monotonic clock. */
export interface RememberedAnswer {
  readonly body: object;
  readonly answeredAtMs: number;
}

/** Bounds of the memory. */
export interface AnswerMemoryLimits {
  readonly entriesMax: number;
  /** Elements of all lists together: an answer with one page counts by the length of the page. */
  readonly elementsMax: number;
  /** An answer that is older is not given any more, in ms. */
  readonly ageMaxMs: number;
}

const DEFAULT_LIMITS: AnswerMemoryLimits = {
  entriesMax: 1_000,
  elementsMax: 50_000,
  ageMaxMs: 600_000,
};

/** The latest answers to reads; the one that was asked for longest ago makes room. */
export class AnswerMemory {
  private readonly answers = new Map<string, RememberedAnswer>();
  private readonly limits: AnswerMemoryLimits;
  private elements = 0;

  constructor(
    limits: Partial<AnswerMemoryLimits> = {},
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** `request` names what was asked, and with which rights. */
  remember(request: string, body: object): void {
    this.forget(request);
    this.answers.set(request, { body, answeredAtMs: this.nowMs() });
    this.elements += countElements(body);
    for (const [oldest] of this.answers) {
      if (this.isWithinLimits()) break;
      this.forget(oldest);
    }
  }

  /** The last answer and its age in ms, if it is not too old. */
  recall(request: string): { readonly body: object; readonly ageMs: number } | undefined {
    const answer = this.answers.get(request);
    if (!answer) return undefined;
    const ageMs = this.nowMs() - answer.answeredAtMs;
    if (ageMs <= this.limits.ageMaxMs) return { body: answer.body, ageMs };
    this.forget(request);
    return undefined;
  }

  private isWithinLimits(): boolean {
    const { entriesMax, elementsMax } = this.limits;
    return this.answers.size <= entriesMax && this.elements <= elementsMax;
  }

  private forget(request: string): void {
    const answer = this.answers.get(request);
    if (!answer) return;
    this.answers.delete(request);
    this.elements -= countElements(answer.body);
  }
}

function countElements(body: object): number {
  return 'items' in body && Array.isArray(body.items) ? body.items.length : 1;
}
