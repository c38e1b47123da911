import { OwnerTable } from './owner.table';

describe('what a client knows of owners', () => {
  let table: OwnerTable;
  beforeEach(() => {
    table = new OwnerTable();
    table.setAddress('a', 'http://127.0.0.1:1');
    table.setAddress('b', 'http://127.0.0.1:2');
    table.setOwner('7', 'a');
  });

  it('follows placements and finished moves, and nothing else', () => {
    expect(table.findAddress('7')).toBe('http://127.0.0.1:1');
    table.learn({ kind: 'move.started', streamId: '7', serverId: 'b' });
    expect(table.findAddress('7')).toBe('http://127.0.0.1:1');
    table.learn({ kind: 'move.done', streamId: '7', serverId: 'b' });
    expect(table.findAddress('7')).toBe('http://127.0.0.1:2');
    table.learn({ kind: 'stream.placed', streamId: '7', serverId: 'a' });
    expect(table.findAddress('7')).toBe('http://127.0.0.1:1');
  });

  it('asks for the address of an instance that came back', () => {
    const news = { kind: 'instance.registered', streamId: null, serverId: 'a' };
    expect(table.learn(news)).toBe('a');
    table.setAddress('a', 'http://127.0.0.1:3');
    expect(table.findAddress('7')).toBe('http://127.0.0.1:3');
  });

  it('has no address for a stream without an owner, or of an instance that it does not know', () => {
    table.setOwner('7', null);
    expect(table.findAddress('7')).toBeUndefined();
    table.setOwner('7', 'unknown');
    expect(table.findAddress('7')).toBeUndefined();
    expect(table.findAddress('8')).toBeUndefined();
  });
});
