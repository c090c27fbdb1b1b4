import { readConfig } from '#config';
import { openLedger } from '#ledger-store';
import { makeLogger } from '#logging';
import type * as StartApi from '../../../apps/api/start-api.ts';
import { OneByOneEngine } from './one-by-one-engine.ts';

// The API has decorators, so what runs is what was built. Its types are the sources'.
const built = new URL('../../../dist/apps/api/start-api.js', import.meta.url).href;
const { startApi } = (await import(built)) as typeof StartApi;

const databaseUrl = process.env['DATABASE_URL'] ?? '';
const logger = makeLogger({ level: 'info', secrets: [] });
const log = (line: string): void => logger.warn(line);
const {
  alertDefaults,
  commonBudgets,
  ruleDefaults,
  settings,
  rateCards,
  plans,
  spanLimits,
  declines,
  commitSubscriptions,
} = await openLedger({
  databaseUrl,
  openHoldsMax: 0,
  log,
});
const api = await startApi({
  config: readConfig({ PORT: '0' }),
  databaseUrl,
  ledger: {
    engine: new OneByOneEngine(databaseUrl, log),
    alertDefaults,
    ruleDefaults,
    commonBudgets,
    settings,
    rateCards,
    plans,
    spanLimits,
    declines,
    commitSubscriptions,
  },
  logger,
});
process.stdout.write(`ready on ${api.url}\n`);
process.once('SIGTERM', () => void api.close().then(() => process.exit()));
