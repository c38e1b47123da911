import ts from 'typescript';
import type { TidyRule } from '../source-file';
import { findInSyntax } from '../syntax';

export const parametersMax = 4;

/** More than four parameters are one object with names. */
export const parameterCountRule: TidyRule = {
  name: 'parameter-count',
  check: (files) =>
    findInSyntax(files, (node) => {
      if (!ts.isFunctionLike(node) || node.parameters.length <= parametersMax) return undefined;
      return `${node.parameters.length} parameters; at most ${parametersMax}, or one object`;
    }),
};
