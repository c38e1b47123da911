/** The part of SQL that Weir's statements are made of, as a tree. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown; readonly type: string }
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'column'; readonly table: string | undefined; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'is-null'; readonly of: Expression; readonly isNot: boolean }
  | {
      readonly kind: 'is-distinct';
      readonly left: Expression;
      readonly right: Expression;
      readonly isNot: boolean;
    }
  | {
      readonly kind: 'in';
      readonly of: Expression;
      readonly list: readonly Expression[] | SelectQuery;
      readonly isNot: boolean;
    }
  | {
      readonly kind: 'any';
      readonly operator: string;
      readonly left: Expression;
      readonly array: Expression;
      readonly isAll: boolean;
    }
  | {
      readonly kind: 'case';
      readonly operand: Expression | undefined;
      readonly whens: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | undefined;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly isStar: boolean;
      readonly isDistinct: boolean;
      readonly orderBy: readonly OrderKey[];
      readonly filter: Expression | undefined;
      readonly over: WindowFrame | undefined;
    }
  | { readonly kind: 'cast'; readonly of: Expression; readonly type: string }
  | { readonly kind: 'row'; readonly items: readonly Expression[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'subquery'; readonly select: SelectQuery; readonly isArray: boolean }
  | { readonly kind: 'exists'; readonly select: SelectQuery }
  | {
      readonly kind: 'slice';
      readonly of: Expression;
      readonly from: Expression | undefined;
      readonly to: Expression | undefined;
      readonly isRange: boolean;
    };

export interface WindowFrame {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderKey[];
}

export interface OrderKey {
  readonly by: Expression;
  readonly isDescending: boolean;
  /** Undefined: as PostgreSQL does it, nulls last when ascending. */
  readonly nullsFirst: boolean | undefined;
}

export interface SelectItem {
  /** Undefined with `star`. */
  readonly of: Expression | undefined;
  readonly as: string | undefined;
  /** `*` or `t.*`: the table's name, or '' for all. */
  readonly star: string | undefined;
}

export interface FromItem {
  readonly join: 'cross' | 'inner' | 'left';
  readonly source:
    | { readonly kind: 'table'; readonly name: string }
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'values'; readonly rows: readonly (readonly Expression[])[] }
    | {
        readonly kind: 'call';
        readonly name: string;
        readonly args: readonly Expression[];
        readonly hasOrdinality: boolean;
      };
  readonly alias: string;
  readonly columns: readonly string[] | undefined;
  readonly on: Expression | undefined;
  readonly using: readonly string[] | undefined;
}

export interface LockClause {
  readonly mode: 'update' | 'share';
  readonly of: readonly string[] | undefined;
  readonly onConflict: 'wait' | 'skip' | 'fail';
}

export interface SelectQuery {
  readonly kind: 'select';
  readonly with: readonly CommonTable[];
  readonly distinctOn: readonly Expression[] | 'all' | undefined;
  readonly items: readonly SelectItem[];
  readonly from: readonly FromItem[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
  readonly orderBy: readonly OrderKey[];
  readonly limit: Expression | undefined;
  readonly offset: Expression | undefined;
  readonly lock: LockClause | undefined;
  /** Further selects of a `union all`, or of a `union`. */
  readonly union: readonly { readonly select: SelectQuery; readonly isAll: boolean }[];
}

export interface Assignment {
  readonly column: string;
  readonly value: Expression;
}

export interface InsertQuery {
  readonly kind: 'insert';
  readonly with: readonly CommonTable[];
  readonly table: string;
  readonly alias: string;
  readonly columns: readonly string[] | undefined;
  readonly source:
    | { readonly kind: 'values'; readonly rows: readonly (readonly (Expression | 'default')[])[] }
    | { readonly kind: 'query'; readonly query: SelectQuery };
  readonly conflict:
    | undefined
    | {
        readonly columns: readonly string[] | undefined;
        /** Undefined: do nothing. */
        readonly set: readonly Assignment[] | undefined;
        readonly where: Expression | undefined;
      };
  readonly returning: readonly SelectItem[] | undefined;
}

export interface UpdateQuery {
  readonly kind: 'update';
  readonly with: readonly CommonTable[];
  readonly table: string;
  readonly alias: string;
  readonly set: readonly Assignment[];
  readonly from: readonly FromItem[];
  readonly where: Expression | undefined;
  readonly returning: readonly SelectItem[] | undefined;
}

export interface DeleteQuery {
  readonly kind: 'delete';
  readonly with: readonly CommonTable[];
  readonly table: string;
  readonly alias: string;
  readonly from: readonly FromItem[];
  readonly where: Expression | undefined;
  readonly returning: readonly SelectItem[] | undefined;
}

export type Query = SelectQuery | InsertQuery | UpdateQuery | DeleteQuery;

export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[] | undefined;
  readonly query: Query;
}
