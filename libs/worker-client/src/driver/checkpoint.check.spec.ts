import { checkCheckpoint } from './checkpoint.check';

describe('checkCheckpoint', () => {
  it('takes what the API takes', () => {
    const checkpoint = { offset: 5, blob: 'x'.repeat(16_000), list: [{ deep: null }] };
    expect(checkCheckpoint(checkpoint)).toEqual({ isFit: true, checkpoint });
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  let deep: object = {};
  for (let level = 1; level < 30; level += 1) deep = { deep };

  it.each([
    ['too large', { blob: 'x'.repeat(16_400) }],
    ['a list', [1]],
    ['null', null],
    ['a text', 'offset 5'],
    ['a function', () => 5],
    ['circular', circular],
    ['a bigint', { offset: 5n }],
    ['a NUL', { text: 'a\0' }],
    ['half a surrogate pair as a name', { '\ud800': 1 }],
    ['a name that reaches a prototype', { constructor: 1 }],
    ['too deep', deep],
  ])('refuses what the API would not: %s', (_, checkpoint) => {
    expect(checkCheckpoint(checkpoint).isFit).toBe(false);
  });
});
