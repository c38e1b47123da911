import { readArguments } from './start.arguments';

const read = (argv: string[], env: Record<string, string> = {}) =>
  readArguments(argv, env, '/weir');

describe('the arguments of npm start', () => {
  it('have defaults: three workers, the sample, .weir beside the checkout, ports from 7070', () => {
    expect(read([])).toMatchObject({
      workers: 3,
      streamsFile: undefined,
      sampleStreams: 24,
      home: '/weir/.weir',
      basePort: 7_070,
      isFresh: false,
    });
  });

  it('take a number of workers, or none', () => {
    expect(read(['--workers', '5']).workers).toBe(5);
    expect(read(['--no-workers']).workers).toBe(0);
  });

  it.each([['--workers', '-1'], ['--workers', 'many'], ['--workers', '1e9'], ['--unknown']])(
    'refuse %s %s',
    (...argv) => {
      jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      expect(() => read(argv)).toThrow();
    },
  );

  it('take the folder and the first port from the environment, and refuse a port that is none', () => {
    expect(read([], { WEIR_HOME: '/data/weir', WEIR_PORT: '9000' })).toMatchObject({
      home: '/data/weir',
      basePort: 9_000,
    });
    for (const WEIR_PORT of ['0', 'http', '65535', '7.5']) {
      expect(() => read([], { WEIR_PORT })).toThrow(/WEIR_PORT/);
    }
  });
});
