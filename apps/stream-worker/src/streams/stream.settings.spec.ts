import { parseStreamSettings } from './stream.settings';

describe('parseStreamSettings', () => {
  it('has defaults, and leaves fields of others alone', () => {
    const settings = parseStreamSettings({ owner: 'somebody' });
    expect(settings.idleTimeoutMs).toBe(10_000);
    expect(settings.headers).toMatchObject({ 'user-agent': 'weir-stream-worker' });
  });

  it('takes headers, idle timeout and user agent', () => {
    const config = { headers: { 'X-Token': 't' }, idleTimeoutMs: 500, userAgent: 'Recorder/1' };
    expect(parseStreamSettings(config)).toMatchObject({
      idleTimeoutMs: 500,
      headers: { 'x-token': 't', 'user-agent': 'Recorder/1', 'icy-metadata': '1' },
    });
  });

  it('names every field that is wrong', () => {
    const config = {
      headers: { Host: 'x', 'X-Bad': 'a\r\nb', 'no name': 'x', Fine: 'x' },
      idleTimeoutMs: -1,
      userAgent: 5,
    };
    expect(() => parseStreamSettings(config)).toThrow(
      /headers.Host cannot be set.*X-Bad.*a name that is none.*idleTimeoutMs.*userAgent/,
    );
    expect(() => parseStreamSettings({ headers: [] })).toThrow('an object');
    expect(() => parseStreamSettings({ idleTimeoutMs: Number.NaN })).toThrow('idleTimeoutMs');
  });
});
