import type { Pool } from '#database';

export class LedgerHealth {
  constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
  ) {}

  async isReachable(): Promise<boolean> {
    try {
      await this.pool.query('select 1');
      return true;
    } catch (error) {
      this.log(`The database is unreachable: ${String(error)}`);
      return false;
    }
  }
}
