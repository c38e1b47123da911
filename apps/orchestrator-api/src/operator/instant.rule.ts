import { Matches, ValidateBy } from 'class-validator';
import { applyDecorators } from '@nestjs/common';

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** A moment with its zone, as RFC 3339 writes it. */
export function IsInstant() {
  return applyDecorators(
    Matches(RFC3339, { message: '$property must be a time such as 2026-01-31T12:00:00Z' }),
    ValidateBy({
      name: 'isInstant',
      validator: {
        validate: (value: unknown) => !RFC3339.test(String(value)) || isReal(String(value)),
        defaultMessage: () => '$property must be a time that exists',
      },
    }),
  );
}

function isReal(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}
