import { administer, withDatabase } from './test-database.ts';

/** A database that can be taken away for a while. */
export class RemovableDatabase {
  readonly #name: string;
  /** Another database of the same server. */
  readonly #maintenanceUrl: string;

  constructor(databaseUrl: string) {
    this.#name = new URL(databaseUrl).pathname.slice(1);
    this.#maintenanceUrl = withDatabase(databaseUrl, 'postgres');
  }

  async takeAway(): Promise<void> {
    await administer(this.#maintenanceUrl, `alter database ${this.#name} allow_connections false`);
    await this.cutConnections();
  }

  giveBack(): Promise<void> {
    return administer(this.#maintenanceUrl, `alter database ${this.#name} allow_connections true`);
  }

  /** Waits until they are gone: one that goes a moment later may take the outcome of a request with it. */
  cutConnections(): Promise<void> {
    const cut = `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${this.#name}' and usename = current_user`;
    return administer(this.#maintenanceUrl, cut);
  }
}
