import { holds } from '../bars/bar';
import type { Check, Unit } from '../bars/bar';

/** `142 ms`, `1.0042`, `99.40 %`, `12`. */
export function figureText(figure: number, unit: Unit): string {
  if (!Number.isFinite(figure)) return 'no figure';
  const suffix = unit === '' ? '' : ` ${unit}`;
  return `${digitsOf(figure, unit)}${suffix}`;
}

function digitsOf(figure: number, unit: Unit): string {
  if (Number.isInteger(figure)) return figure.toLocaleString('en-US');
  switch (unit) {
    case 'ms':
      return figure < 100 ? figure.toFixed(1) : figure.toFixed(0);
    case 'MB':
      return figure.toFixed(0);
    case '%':
      return figure.toFixed(2);
    case '':
      return figure.toFixed(4);
  }
}

/** `<= 150 ms`, `>= 99 %`, `= 50`, `49 .. 50`; empty for what judges nothing. */
export function limitText({ atMost, atLeast, unit }: Check): string {
  if (atMost !== undefined && atLeast !== undefined) {
    const low = figureText(atLeast, unit);
    return atMost === atLeast ? `= ${low}` : `${low} .. ${figureText(atMost, unit)}`;
  }
  if (atMost !== undefined) return `<= ${figureText(atMost, unit)}`;
  if (atLeast !== undefined) return `>= ${figureText(atLeast, unit)}`;
  return '';
}

export function verdictText(check: Check): string {
  if (limitText(check) === '') return '';
  return holds(check) ? 'holds' : 'DOES NOT HOLD';
}

/** How far it is from the limit it is nearest to missing: `23 % below`, `3.4 times`, `5 over`. */
export function marginText(check: Check): string {
  const { figure, atMost, atLeast } = check;
  if (!Number.isFinite(figure) || limitText(check) === '') return '';
  if (atLeast !== undefined && figure < atLeast) return distanceText(figure, atLeast);
  if (atMost !== undefined) return distanceText(figure, atMost);
  return distanceText(figure, atLeast ?? figure);
}

function distanceText(figure: number, limit: number): string {
  if (figure === limit) return 'exactly';
  const side = figure > limit ? 'above' : 'below';
  if (limit === 0) return `${Number(Math.abs(figure).toPrecision(3))} ${side}`;
  const ratio = figure / limit;
  if (ratio >= 2) return `${ratio.toFixed(1)} times`;
  return `${(100 * Math.abs(ratio - 1)).toFixed(2)} % ${side}`;
}
