import { DomainError } from '@weir/domain';
import type { InputProblem } from '@weir/domain';
import type { ValidationError } from 'class-validator';

/** What is no list or no object has no members that could be wrong. */
const OTHER_KIND = ['isArray', 'isObject'];

/** Every problem of a class-validator result, with the path of its field: `acks.3.epoch`. */
export function flattenValidationErrors(
  errors: readonly ValidationError[],
  prefix = '',
): InputProblem[] {
  return errors.flatMap((error) => {
    const path = prefix === '' ? error.property : `${prefix}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      path,
      message: rule === 'whitelistValidation' ? 'is not a known field' : bare(message, error),
    }));
    const isOfOtherKind = OTHER_KIND.some((rule) => rule in (error.constraints ?? {}));
    return isOfOtherKind ? own : [...own, ...flattenValidationErrors(error.children ?? [], path)];
  });
}

/** class-validator begins its messages with the field's name, which `path` tells already. */
function bare(message: string, error: ValidationError): string {
  const prefix = `${error.property} `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

/** @returns the error that answers bad input, naming every problem. */
export function inputError(problems: readonly InputProblem[]): DomainError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new DomainError('INVALID_INPUT', `the request has ${count}`, problems);
}
