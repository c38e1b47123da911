import type { InstanceView, StreamView } from '../boundary/snapshot.view';
import { flagAt, indexAt } from './column.access';

type Labels = Readonly<Record<string, string>>;

/** One `key=value` that some stream requires or avoids. */
interface Term {
  readonly key: string;
  readonly value: string;
}

interface LabelClass {
  readonly requires: readonly number[];
  readonly avoids: readonly number[];
}

/**
 * Streams with the same `requires` and `avoid` are one class, instances that agree on every label
 * any stream speaks of are one kind. Whether a stream may be on an instance is then one look-up in
 * a table of classes by kinds, however many labels there are.
 */
export interface LabelTable {
  readonly kindCount: number;
  readonly kindOf: Int32Array;
  /** [class * kindCount + kind]: 1 if allowed. */
  readonly allowed: Uint8Array;
  /**
   * The first label rule that forbids the class on the kind, in words; `undefined` if none does.
   */
  findForbidding(classId: number, kind: number): string | undefined;
  /** Every label rule that forbids it. */
  listForbidding(classId: number, kind: number): string[];
}

/** Gives each stream its class while streams are read; then `build` makes the table. */
export class LabelClasses {
  private readonly terms: Term[] = [];
  private readonly termIds = new Map<string, number>();
  private readonly classes: LabelClass[] = [{ requires: [], avoids: [] }];
  private readonly classIds = new Map<string, number>();
  /** key -> value -> class of streams that require this one label and avoid none. */
  private readonly singles = new Map<string, Map<string, number>>();

  get count(): number {
    return this.classes.length;
  }

  classOf(stream: StreamView): number {
    const only = stream.avoid === undefined ? onlyKeyOf(stream.requires) : undefined;
    if (only === undefined) return this.classOfAny(stream);
    const value = stream.requires?.[only] ?? '';
    const known = this.singles.get(only)?.get(value);
    if (known !== undefined) return known;
    const classId = this.classOfAny(stream);
    const values = this.singles.get(only) ?? new Map<string, number>();
    this.singles.set(only, values.set(value, classId));
    return classId;
  }

  private classOfAny(stream: StreamView): number {
    const requires = stream.requires === undefined ? '' : signatureOf(stream.requires);
    const avoids = stream.avoid === undefined ? '' : signatureOf(stream.avoid);
    if (requires === '' && avoids === '') return 0;
    const signature = `${requires}|${avoids}`;
    const known = this.classIds.get(signature);
    if (known !== undefined) return known;
    const classId = this.classes.length;
    this.classes.push({
      requires: this.termsOf(stream.requires),
      avoids: this.termsOf(stream.avoid),
    });
    this.classIds.set(signature, classId);
    return classId;
  }

  build(instances: readonly InstanceView[]): LabelTable {
    const { kindOf, kinds } = this.sortIntoKinds(instances);
    const { classes, terms } = this;
    const allowed = new Uint8Array(classes.length * kinds.length);
    const listForbidding = (classId: number, kind: number): string[] =>
      listForbiddingTerms(classes[classId], kinds[kind], terms);
    for (let cell = 0; cell < allowed.length; cell++) {
      const classId = Math.floor(cell / kinds.length);
      allowed[cell] = isAllowed(classes[classId], kinds[cell % kinds.length]) ? 1 : 0;
    }
    return {
      kindCount: kinds.length,
      kindOf,
      allowed,
      findForbidding: (classId, kind) => listForbidding(classId, kind)[0],
      listForbidding,
    };
  }

  private termsOf(labels: Labels | undefined): number[] {
    return Object.keys(labels ?? {})
      .sort()
      .map((key) => this.termOf(key, labels?.[key] ?? ''));
  }

  private termOf(key: string, value: string): number {
    const name = JSON.stringify([key, value]);
    const known = this.termIds.get(name);
    if (known !== undefined) return known;
    this.termIds.set(name, this.terms.length);
    return this.terms.push({ key, value }) - 1;
  }

  private sortIntoKinds(instances: readonly InstanceView[]): {
    kindOf: Int32Array;
    kinds: boolean[][];
  } {
    const kindOf = new Int32Array(instances.length);
    const kinds: boolean[][] = [];
    const kindIds = new Map<string, number>();
    for (const [index, instance] of instances.entries()) {
      const has = this.terms.map((term) => instance.labels?.[term.key] === term.value);
      const signature = has.map(Number).join('');
      const kind = kindIds.get(signature) ?? kinds.push(has) - 1;
      kindIds.set(signature, kind);
      kindOf[index] = kind;
    }
    return { kindOf, kinds };
  }
}

export function isAllowedByLabels(table: LabelTable, classId: number, instance: number): boolean {
  return flagAt(table.allowed, classId * table.kindCount + indexAt(table.kindOf, instance)) === 1;
}

/** The only key that there is; undefined when there are none or several. */
function onlyKeyOf(labels: Labels | undefined): string | undefined {
  let only: string | undefined;
  for (const key in labels) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only;
}

/** Equal for equal labels in whatever order, and only for these; empty when there are none. */
function signatureOf(labels: Labels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '';
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isAllowed(labelClass?: LabelClass, has?: readonly boolean[]): boolean {
  for (const term of labelClass?.requires ?? []) if (has?.[term] !== true) return false;
  for (const term of labelClass?.avoids ?? []) if (has?.[term] === true) return false;
  return true;
}

function listForbiddingTerms(
  labelClass: LabelClass | undefined,
  has: readonly boolean[] | undefined,
  terms: readonly Term[],
): string[] {
  const describe = (term: number): string => `${terms[term]?.key}=${terms[term]?.value}`;
  const missing = labelClass?.requires.filter((term) => has?.[term] !== true) ?? [];
  const unwanted = labelClass?.avoids.filter((term) => has?.[term] === true) ?? [];
  return [
    ...missing.map((term) => `label ${describe(term)}`),
    ...unwanted.map((term) => `avoids ${describe(term)}`),
  ];
}
