/** What to start and where. */
export interface PostgresOptions {
  /**
   * Folder of the cluster, made on first use. See `PostgresServer.dataDir` for where it really is.
   */
  readonly dataDir: string;
  readonly port: number;
  /** Password of the superuser `postgres`, set when the cluster is made. */
  readonly password: string;
  /** File that the server's log is appended to. */
  readonly logFile: string;
  /** Server settings (`work_mem: '16MB'`) over the defaults of this library. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False gives up surviving a crash of the machine for speed: for tests. Default true. */
  readonly durable?: boolean;
  /**
   * What to do when a PostgreSQL still runs on the folder, left by a process that was killed: false
   * (default) throws DATA_DIR_IN_USE, true stops it first.
   */
  readonly takeOver?: boolean;
  /**
   * Variables that the server gets beside the few that it needs: for tests that preload a library.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long the server may take until it answers a query. Default 60,000. */
  readonly readyTimeoutMs?: number;
}

/** A running PostgreSQL. */
export interface PostgresServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'postgres';
  readonly password: string;
  /**
   * Where the data really is. The folder asked for, or, when this process is root and the system
   * user `postgres` cannot enter that folder (a clone in /root), one below /var/lib/weir named
   * after it.
   */
  readonly dataDir: string;
  /** Whether this start made the cluster. */
  readonly firstStart: boolean;
  /** Process id of the postmaster of the current run. */
  readonly pid: number;
  /** `postgres://` address of `database` (default `postgres`), password included. */
  url(database?: string): string;
  /** Makes the database if it is not there; tells whether it made it. */
  createDatabase(name: string): Promise<boolean>;
  /** Fast shutdown: sessions are ended, data is written. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** Sends a signal to the postmaster. After SIGKILL it resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /**
   * Stops the server if it runs, and starts it on the same folder and port. Resolves when it
   * answers.
   */
  restart(): Promise<void>;
}
