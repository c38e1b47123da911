import type { VariableKind } from '@weir/config';
import { isName } from '@weir/domain';

const LABELS_MAX = 64;
const LABEL_LENGTH_MAX = 256;

/** A fleet or server name. */
export const nameText: VariableKind = {
  typeName: 'name',
  isSecret: false,
  parse: (raw) => (isName(raw) ? raw : undefined),
};

/** Comma separated http or https addresses; at least one. */
export const addressList: VariableKind = {
  typeName: 'addresses',
  isSecret: false,
  parse: (raw) => {
    const urls = splitList(raw);
    const isGood = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
    return urls.length > 0 && urls.every(isGood) ? urls : undefined;
  },
};

/** `disk=ssd,region=eu`: labels by name. */
export const labelList: VariableKind = {
  typeName: 'labels',
  isSecret: false,
  parse: (raw) => {
    const pairs = splitList(raw).map(splitPair);
    const labels = pairs.filter((pair) => pair !== undefined);
    if (labels.length < pairs.length || labels.length > LABELS_MAX) return undefined;
    return Object.fromEntries(labels);
  },
};

/** A number above 0. */
export const positiveNumber: VariableKind = {
  typeName: 'number',
  isSecret: false,
  parse: (raw) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(raw) ? Number(raw) : 0;
    return value > 0 ? value : undefined;
  },
};

function splitList(raw: string): string[] {
  return raw
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function splitPair(text: string): [string, string] | undefined {
  const at = text.indexOf('=');
  const label = text.slice(0, at).trim();
  const value = text.slice(at + 1).trim();
  const isGood = at > 0 && label !== '' && Math.max(label.length, value.length) <= LABEL_LENGTH_MAX;
  return isGood ? [label, value] : undefined;
}
