import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { MAX_SAFE_COUNTER, NAME_PATTERN, PROTOCOL_LIMITS } from '@weir/domain';
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';

/** What is said of a field in the documentation, and whether it may be left out. */
export interface FieldOptions {
  readonly description?: string;
  readonly example?: unknown;
  /** May be left out. (null is not "left out".) */
  readonly optional?: boolean;
}

export interface NumberOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
}

export interface TextOptions extends FieldOptions {
  readonly max: number;
  readonly min?: number;
}

const NAME_MESSAGE = 'must be 1 to 128 letters, digits, dots, underscores or hyphens';
const STREAM_ID_PATTERN = /^[1-9][0-9]{0,17}$/;

/** The name of a fleet or an instance. */
export const NameField = (options: FieldOptions = {}) =>
  field(
    { type: 'string', pattern: NAME_PATTERN.source, example: 'main' },
    options,
    Matches(NAME_PATTERN, { message: NAME_MESSAGE }),
  );

/** The id of a stream: a positive bigint as text. */
export const StreamIdField = (options: FieldOptions = {}) =>
  field(
    { type: 'string', pattern: STREAM_ID_PATTERN.source, example: '4711' },
    options,
    Matches(STREAM_ID_PATTERN, { message: 'must be a stream id: a positive whole number as text' }),
  );

/** An epoch, a revision or an incarnation. */
export const CounterField = (options: FieldOptions = {}) =>
  IntegerField({ min: 0, max: MAX_SAFE_COUNTER, ...options });

/** A counter in a query, where everything is text. */
export const CounterQuery = (options: FieldOptions = {}) =>
  applyDecorators(toNumber(/^\d{1,16}$/), CounterField(options));

/** A whole number in a query, where everything is text. */
export const IntegerQuery = (options: NumberOptions) =>
  applyDecorators(toNumber(/^-?\d{1,16}$/), IntegerField(options));

/** `true` or `false` in a query. */
export const BooleanQuery = (options: FieldOptions = {}) =>
  applyDecorators(
    Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value)),
    BooleanField(options),
  );

export const IntegerField = ({ min, max, ...options }: NumberOptions) =>
  field({ type: 'integer', minimum: min, maximum: max }, options, IsInt(), Min(min), Max(max));

/** A finite number. */
export const NumberField = ({ min, max, ...options }: NumberOptions) =>
  field(
    { type: 'number', minimum: min, maximum: max },
    options,
    IsNumber({ allowNaN: false, allowInfinity: false }),
    Min(min),
    Max(max),
  );

export const TextField = ({ max, min = 0, ...options }: TextOptions) =>
  field(
    { type: 'string', minLength: min, maxLength: max },
    options,
    IsString(),
    Length(min, max, { message: `must have ${min} to ${max} characters` }),
  );

/** A short text with the protocol's bound, such as an error. */
export const NoteField = (options: FieldOptions = {}) =>
  TextField({ max: PROTOCOL_LIMITS.textLength, ...options });

export const BooleanField = (options: FieldOptions = {}) =>
  field({ type: 'boolean' }, options, IsBoolean());

export const ChoiceField = (values: readonly string[], options: FieldOptions = {}) =>
  field({ type: 'string', enum: [...values] }, options, IsIn(values));

/** A field with its documentation and its rules; `undefined` passes when it is optional. */
export function field(
  schema: Readonly<Record<string, unknown>>,
  { optional, description, example }: FieldOptions,
  ...rules: readonly PropertyDecorator[]
): PropertyDecorator {
  const documented = {
    ...schema,
    required: optional !== true,
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
  return applyDecorators(
    ApiProperty(documented as Parameters<typeof ApiProperty>[0]),
    ...(optional ? [ValidateIf((_object, value) => value !== undefined)] : []),
    ...rules,
  );
}

function toNumber(pattern: RegExp): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && pattern.test(value) ? Number(value) : value,
  );
}
