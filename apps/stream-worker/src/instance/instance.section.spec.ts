import { ConfigurationError, loadConfig } from '@weir/config';
import { InstanceSection } from './instance.section';

const key = { WEIR_INSTANCE_KEY: 'the-key' };
const load = (env: Record<string, string>) =>
  loadConfig({ instance: InstanceSection }, { ...key, ...env }).instance;

describe('InstanceSection', () => {
  it('needs nothing but a key', () => {
    expect(load({})).toMatchObject({
      apiUrls: ['http://127.0.0.1:7070'],
      fleet: 'default',
      serverId: undefined,
      labels: {},
      maxStreams: 200,
      localOperation: 'continue',
      localOperationMaxMs: undefined,
      checkIntervalMs: 300_000,
    });
    expect(() => loadConfig({ instance: InstanceSection }, {})).toThrow('WEIR_INSTANCE_KEY');
  });

  it('reads lists of addresses and labels', () => {
    const env = { WEIR_API_URL: 'http://a:1, https://b', WEIR_LABELS: 'disk=ssd, region = eu=1' };
    expect(load(env)).toMatchObject({
      apiUrls: ['http://a:1', 'https://b'],
      labels: { disk: 'ssd', region: 'eu=1' },
    });
  });

  it('reports every value that is wrong', () => {
    const wrong = {
      WEIR_API_URL: 'ftp://a',
      WEIR_FLEET: 'a b',
      WEIR_SERVER_ID: 'x/y',
      WEIR_MAX_STREAMS: '20001',
      WEIR_LOCAL_OPERATION: 'maybe',
      WEIR_LOCAL_OPERATION_MAX: '-1',
      WEIR_CHECK_INTERVAL: 'often',
      WEIR_LABELS: 'disk',
      WEIR_KBPS_PER_WEIGHT: '-1',
    };
    try {
      load(wrong);
    } catch (error) {
      const { problems } = error as ConfigurationError;
      expect(problems.map(({ variable }) => variable).sort()).toEqual(Object.keys(wrong).sort());
      return;
    }
    throw new Error('nothing was reported');
  });
});
