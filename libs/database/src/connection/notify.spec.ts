import { encodeNotice } from './notify';

describe('a notice', () => {
  it('names the instances it is for', () => {
    const notice = { fleetId: 1, revision: 7, servers: ['a', 'b'] };
    expect(JSON.parse(encodeNotice(notice))).toEqual(notice);
  });

  it('means any instance when the names do not fit, and always fits itself', () => {
    const servers = Array.from({ length: 2_000 }, (_unused, index) => `server-${index}`);
    const payload = encodeNotice({ fleetId: 1, revision: 7, servers, work: true });
    expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
    expect(JSON.parse(payload)).toEqual({ fleetId: 1, revision: 7, work: true });
  });
});
