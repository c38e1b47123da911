import { AnswerMemory } from './answer.memory';

const page = (length: number): object => ({ items: Array.from({ length }, () => ({})) });

describe('the memory of answers', () => {
  it('gives the latest answer to the same request, with its age', () => {
    let now = 1_000;
    const memory = new AnswerMemory({}, () => now);
    memory.remember('a', { of: 'then' });
    memory.remember('a', { of: 'now' });
    now += 250;
    expect(memory.recall('a')).toEqual({ body: { of: 'now' }, ageMs: 250 });
    expect(memory.recall('b')).toBeUndefined();
  });

  it('gives nothing that is too old', () => {
    let now = 0;
    const memory = new AnswerMemory({ ageMaxMs: 100 }, () => now);
    memory.remember('a', {});
    now = 100;
    expect(memory.recall('a')).toBeDefined();
    now = 101;
    expect(memory.recall('a')).toBeUndefined();
    now = 0;
    expect(memory.recall('a')).toBeUndefined();
  });

  it('makes room with what was answered longest ago', () => {
    const memory = new AnswerMemory({ entriesMax: 2 });
    for (const request of ['a', 'b', 'a', 'c']) memory.remember(request, {});
    expect(['a', 'b', 'c'].filter((request) => memory.recall(request))).toEqual(['a', 'c']);
  });

  it('counts pages by what is on them', () => {
    const memory = new AnswerMemory({ elementsMax: 10 });
    memory.remember('a', page(6));
    memory.remember('b', page(4));
    expect(memory.recall('a')).toBeDefined();
    memory.remember('b', page(5));
    expect(memory.recall('a')).toBeUndefined();
    memory.remember('c', page(11));
    expect(memory.recall('b')).toBeUndefined();
    expect(memory.recall('c')).toBeUndefined();
    memory.remember('d', page(10));
    expect(memory.recall('d')).toBeDefined();
  });
});
