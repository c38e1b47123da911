import fc from 'fast-check';
import { IcyParser, parseTitle } from './icy.parser';

function block(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const blocks = Math.ceil(bytes.length / 16);
  return Buffer.concat([Buffer.from([blocks]), bytes, Buffer.alloc(blocks * 16 - bytes.length)]);
}

function parse(interval: number, chunks: readonly Buffer[]) {
  const titles: string[] = [];
  let audio = 0;
  const parser = new IcyParser(interval, {
    onAudio: (bytes) => (audio += bytes),
    onTitle: (title) => titles.push(title),
  });
  for (const chunk of chunks) parser.feed(chunk);
  return { audio, titles };
}

describe('IcyParser', () => {
  const body = Buffer.concat([
    Buffer.alloc(100, 0xff),
    block("StreamTitle='First';StreamUrl='';"),
    Buffer.alloc(100, 0xff),
    Buffer.from([0]),
    Buffer.alloc(100, 0xff),
    block("StreamTitle='Second';"),
    Buffer.alloc(40, 0xff),
  ]);

  it('finds titles and counts only audio, however the body is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 40 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), body.length];
        const chunks = places.slice(1).map((end, i) => body.subarray(places[i], end));
        expect(parse(100, chunks)).toEqual({ audio: 340, titles: ['First', 'Second'] });
      }),
    );
  });

  it('reads Latin-1 where the text is not UTF-8', () => {
    const latin = Buffer.from("StreamTitle='Café';", 'latin1');
    expect(parse(1, [Buffer.alloc(1), block(latin)]).titles).toEqual(['Café']);
    expect(parse(1, [Buffer.alloc(1), block("StreamTitle='Café';")]).titles).toEqual(['Café']);
  });

  it.each([
    ["StreamTitle='It's a sin';StreamUrl='http://x';", "It's a sin"],
    ["StreamTitle='a; b';", 'a; b'],
    ["StreamTitle='';", undefined],
    ['StreamUrl=1;', undefined],
    ['', undefined],
  ])('takes from %j the title %j', (metadata, title) => {
    expect(parseTitle(metadata)).toBe(title);
  });
});
