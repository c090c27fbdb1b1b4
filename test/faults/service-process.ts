import { rm } from 'node:fs/promises';
import { makeFolder } from '../cli/make-folder.ts';
import { startService, type ServiceRun } from '../cli/service-run.ts';
import type { ApiClient } from '../support/api-client.ts';
import { PostgresUnderTest } from './postgres-under-test.ts';

const ADMIN_KEY = 'pur_live_the-key-of-a-service-at-fault';

/** `purser start` in a process of its own that may be killed, with an embedded Postgres unless it is given one. */
export class ServiceProcess {
  readonly postgres: PostgresUnderTest;
  private readonly others = new Map<string, ApiClient>();
  private constructor(
    private readonly dataDir: string,
    private readonly databaseUrl: string | null,
    private run: ServiceRun,
    private api: ApiClient,
  ) {
    this.postgres = new PostgresUnderTest(dataDir);
  }

  /** Starts one on new data. */
  static async onNewData(): Promise<ServiceProcess> {
    const dataDir = await makeFolder('faults');
    const run = await startProcess(dataDir, null);
    return new ServiceProcess(dataDir, null, run, run.client(ADMIN_KEY));
  }

  static async onDatabase(databaseUrl: string): Promise<ServiceProcess> {
    const dataDir = await makeFolder('faults');
    const run = await startProcess(dataDir, databaseUrl);
    return new ServiceProcess(dataDir, databaseUrl, run, run.client(ADMIN_KEY));
  }

  /** Speaks to the process that runs now. */
  get client(): ApiClient {
    return this.api;
  }

  /** Speaks to it with another key than the admin's. */
  as(key: string): ApiClient {
    let client = this.others.get(key);
    if (!client) this.others.set(key, (client = this.run.client(key)));
    return client;
  }

  get pid(): number {
    return this.run.run.pid;
  }

  /** Ends it as a crash would: nothing is finished, nobody is told. */
  async kill(): Promise<void> {
    await this.run.end('SIGKILL');
  }

  /** Starts it once more. */
  async restart(): Promise<void> {
    this.run = await startProcess(this.dataDir, this.databaseUrl);
    this.api = this.run.client(ADMIN_KEY);
    this.others.clear();
  }

  /** Stops it and removes its data. */
  async remove(): Promise<void> {
    await this.run.end('SIGTERM');
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

function startProcess(dataDir: string, databaseUrl: string | null): Promise<ServiceRun> {
  const database = databaseUrl === null ? {} : { DATABASE_URL: databaseUrl };
  return startService(dataDir, { PURSER_ADMIN_KEY: ADMIN_KEY, ...database });
}
