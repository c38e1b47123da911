import { ValidationPipe } from '@nestjs/common';
import { flattenValidationErrors, inputError } from '../problem/validation.problems';

/**
 * Validates parameters, queries and bodies by their DTO classes; every problem is named, also
 * unknown fields.
 */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    transformOptions: { enableImplicitConversion: false, exposeUnsetFields: false },
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => inputError(flattenValidationErrors(errors)),
  });
}
