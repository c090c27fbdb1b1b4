import { connect, migrate, type Pool } from '#database';
import { verify } from '#ledger-store';
import type { BenchServer, VerifiedDatabase } from '../bench-server.ts';
import { GrowthLedger } from './growth-ledger.ts';

/** A database of the ledger's to be filled, and an engine on it. */
export class GrowthDatabase {
  readonly name: string;
  readonly server: BenchServer;
  /** Connections of the database's owner, who may do more than the service. */
  readonly pool: Pool;
  readonly ledger: GrowthLedger;

  private constructor(server: BenchServer, name: string, pool: Pool) {
    this.name = name;
    this.server = server;
    this.pool = pool;
    this.ledger = new GrowthLedger(server.urlOf(name));
  }

  /** Makes a migrated database with no accounts. */
  static async create(server: BenchServer, name: string, log: (line: string) => void): Promise<GrowthDatabase> {
    const url = await server.createDatabase(name);
    const pool = connect(url, { connectionsMax: 4, log });
    try {
      await migrate(pool, { log: () => undefined });
    } catch (error) {
      await pool.end();
      throw error;
    }
    return new GrowthDatabase(server, name, pool);
  }

  /** Recomputes its books. */
  async verify(): Promise<VerifiedDatabase> {
    const { clean, transfers, authorizations } = await verify(this.pool);
    return { database: this.name, clean, transfers, authorizations };
  }

  async close(): Promise<void> {
    await this.ledger.stop();
    await this.pool.end();
  }
}
