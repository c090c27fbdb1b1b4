import type { Pool } from '#database';
import type { Engine, Settings } from '#ledger-store';
import { catchUpEnvironment, REPORTS, type CloseWork, type ReportDefinition, type ReportToClose } from '#reports';
import { textOf } from '../reports/report-text.ts';

/** What closing a month needs. @param pool on which a statement may take its time */
export function closeWork(engine: Pick<Engine, 'submit'>, pool: Pool, settings: Pick<Settings, 'of'>): CloseWork {
  return {
    engine,
    pool,
    rollUp: async (environment) => {
      await catchUpEnvironment(pool, environment, { staleMax: Number.POSITIVE_INFINITY });
    },
    reports: [...REPORTS.values()].filter(({ name }) => KEPT.has(name)).map((one) => reportToClose(one, settings)),
  };
}

/** What finance files. A statement is made of transfers, which never change; the others say nothing of the books. */
const KEPT: ReadonlySet<string> = new Set([
  'credit-rollforward',
  'deferred-revenue',
  'revenue-waterfall',
  'breakage',
  'debt-ageing',
  'journal',
  'trial-balance',
]);

function reportToClose(definition: ReportDefinition, settings: Pick<Settings, 'of'>): ReportToClose {
  return {
    name: definition.name,
    read: async (client, { environment, month, timeZone, from, to, asOf }) => {
      const { breakageMethod: method, breakageRates: rates } = settings.of(environment);
      const request = { environment, timeZone, from, to, account: null, currency: null, method, rates, groupBy: null };
      // What is rolled up is of the client's own snapshot, so nothing may be rolled up for it any more.
      // They send statements and nothing else, so a client is as good as a pool to them.
      const sources = { pool: client as unknown as Pool, upToNow: () => Promise.resolve(asOf) };
      const range = { period: month, from, to };
      const textIn = async (format: 'json' | 'csv') =>
        textOf({ definition, request, range, report: await definition.read(sources, request) }, format).chunks;
      return { json: await textIn('json'), csv: await textIn('csv') };
    },
  };
}
