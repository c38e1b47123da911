/** One change of one built file. */
export interface Replacement {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** The code under test, broken in one known way. */
export interface Mutant {
  readonly name: string;
  readonly about: string;
  readonly replacements: readonly Replacement[];
  /** Found within so many seeds; undefined: another rule holds what this one gave up. */
  readonly seedsMax: number | undefined;
  /** Why it need not be found, for one that need not be. */
  readonly why?: string;
}
