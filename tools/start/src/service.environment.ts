import type { Home } from './home';
import { DATABASE_NAME } from './infrastructure.parts';
import type { PortPlan } from './port.plan';
import { DEFAULT_FLEET } from './stack.options';
import type { StackOptions } from './stack.options';

/** Settings of the person at the terminal that the services should see. */
const PASSED_ON = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_OPTIONS', 'LOG_LEVEL', 'LOG_FORMAT'];

function inherited(): Record<string, string> {
  const entries = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { LOG_FORMAT: 'json', ...Object.fromEntries(entries), WEIR_ENV: 'development' };
}

/** The environment of a service of the control plane. */
export function serviceEnvironment(home: Home, ports: PortPlan): Record<string, string> {
  const secrets = home.secrets();
  const keys = home.keys();
  return {
    ...inherited(),
    DB_HOST: '127.0.0.1',
    DB_PORT: String(ports.postgres),
    DB_NAME: DATABASE_NAME,
    DB_USER: 'postgres',
    DB_PASSWORD: secrets.postgresPassword,
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(ports.redis),
    REDIS_PASSWORD: secrets.redisPassword,
    WEIR_ENCRYPTION_KEY: secrets.encryptionKey,
    WEIR_OPERATOR_KEY: keys.operator,
    WEIR_INSTANCE_KEY: keys.instance,
    WEIR_VIEWER_KEY: keys.viewer,
  };
}

/** The environment of one stream-worker: it knows the API and its key, and nothing else. */
export function workerEnvironment(
  home: Home,
  options: StackOptions,
  worker: { readonly name: string; readonly port: number; readonly apiPort: number },
): Record<string, string> {
  return {
    ...inherited(),
    WEIR_API_URL: `http://127.0.0.1:${worker.apiPort}`,
    WEIR_INSTANCE_KEY: home.keys().instance,
    WEIR_FLEET: DEFAULT_FLEET,
    WEIR_SERVER_ID: worker.name,
    WEIR_HOST: '127.0.0.1',
    WEIR_PORT: String(worker.port),
    WEIR_MAX_STREAMS: String(options.maxStreamsPerWorker),
    // The last workers to stop find nobody to hand over to: they leave after 3 s of this.
    WEIR_SHUTDOWN_GRACE: '13',
    WEIR_JOURNAL: home.journalOf(worker.name),
  };
}
