import type { Labels } from '@weir/domain';
import { STREAM_LIMITS } from '@weir/domain';
import { ValidateBy } from 'class-validator';
import { field } from './fields';
import type { FieldOptions } from './fields';

/** Labels: text to text, bounded in number and length. */
export const LabelsField = (options: FieldOptions = {}) =>
  field(
    { type: 'object', additionalProperties: { type: 'string' } },
    { example: { disk: 'ssd' }, ...options },
    ValidateBy({
      name: 'isLabels',
      validator: { validate: isLabels, defaultMessage: () => LABELS_MESSAGE },
    }),
  );

/** A JSON object of at most `maxBytes` when written out. */
export const JsonObjectField = ({
  maxBytes,
  ...options
}: FieldOptions & { readonly maxBytes: number }) =>
  field(
    { type: 'object', additionalProperties: true },
    options,
    ValidateBy({
      name: 'isJsonObject',
      validator: {
        validate: (value) => isPlainObject(value) && isWithin(value, maxBytes),
        defaultMessage: () => `must be an object of at most ${maxBytes} bytes as JSON`,
      },
    }),
  );

const { labelCount, labelLength } = STREAM_LIMITS;
const LABELS_MESSAGE = `must be an object of at most ${labelCount} texts of 1 to ${labelLength} characters under names as long`;

function isLabels(value: unknown): value is Labels {
  if (!isPlainObject(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= labelCount && entries.every((entry) => entry.every(isLabelText));
}

function isLabelText(text: unknown): boolean {
  return typeof text === 'string' && text.length >= 1 && text.length <= labelLength;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithin(value: unknown, maxBytes: number): boolean {
  return Buffer.byteLength(JSON.stringify(value)) <= maxBytes;
}
