import type { Pool } from '#database';
import type { Engine } from '#ledger-store';
import { catchUpEnvironment, type CloseWork } from '#reports';

/** What closing a month needs. @param pool on which a statement may take its time */
export function closeWork(engine: Pick<Engine, 'submit'>, pool: Pool): CloseWork {
  return {
    engine,
    pool,
    rollUp: async (environment) => {
      await catchUpEnvironment(pool, environment, { staleMax: Number.POSITIVE_INFINITY });
    },
    reports: [],
  };
}
