import type { WatchChanges } from '@weir/domain';
import { ApiCaller } from './api.caller';
import { nodeRuntime } from './client.runtime';
import { ProtocolServer, problem, until } from './api.test-support';
import { InstanceApi } from './instance.api';
import { keepWatching } from './watch.reader';

describe('keepWatching', () => {
  let server: ProtocolServer;
  const end = new AbortController();

  beforeAll(async () => (server = await new ProtocolServer().listen()));
  afterAll(async () => {
    end.abort();
    await server.close();
  });

  function createTarget() {
    const target = {
      incarnation: 1,
      pushed: [] as WatchChanges[],
      lost: [] as string[],
      ended: [] as string[],
      seenRevision: () => 5,
      onOpened: () => undefined,
      onChanges: (pushed: WatchChanges) => void target.pushed.push(pushed),
      onEnded: ({ kind }: { kind: string }) => void target.ended.push(kind),
      onLost: (reason: string) => void target.lost.push(reason),
    };
    return target;
  }

  function parts(silenceMaxMs = 25_000) {
    const runtime = nodeRuntime;
    const onNotice = () => undefined;
    const caller = new ApiCaller({ urls: [server.url], key: 'the-key', runtime, onNotice });
    return { api: new InstanceApi(caller, { fleet: 'f', serverId: 'a' }), runtime, silenceMaxMs };
  }

  it('takes a watch that says nothing for dead and opens another', async () => {
    const target = createTarget();
    void keepWatching(parts(300), target, end.signal);
    await until('silence', () => target.lost.includes('the watch was silent'));
    await until('the end of the first', () => server.watcherCount === 0);
    await until('another watch', () => server.watcherCount === 1);
    server.assign('1', 7);
    await until('the change', () => target.pushed.length === 1);
    expect(target.pushed[0]?.changes[0]?.streamId).toBe('1');
  });

  it('ends when the incarnation is over', async () => {
    server.script = () => problem(409, 'INCARNATION_FENCED');
    const target = createTarget();
    await keepWatching(parts(), target, end.signal);
    expect(target.ended).toEqual(['fenced']);
  });
});
