import { readConfig } from '#config';
import type * as MakeLogger from '../../../apps/api/logging/make-logger.ts';
import type * as StartApi from '../../../apps/api/start-api.ts';
import { OneByOneEngine } from './one-by-one-engine.ts';

// The API has decorators, so what runs is what was built. Its types are the sources'.
const built = (file: string): string => new URL(`../../../dist/apps/api/${file}`, import.meta.url).href;
const { startApi } = (await import(built('start-api.js'))) as typeof StartApi;
const { makeLogger } = (await import(built('logging/make-logger.js'))) as typeof MakeLogger;

const databaseUrl = process.env['DATABASE_URL'] ?? '';
const logger = makeLogger({ level: 'info', secrets: [] });
const api = await startApi({
  config: readConfig({ PORT: '0' }),
  databaseUrl,
  engine: new OneByOneEngine(databaseUrl, (line) => logger.warn(line)),
  logger,
});
process.stdout.write(`ready on ${api.url}\n`);
process.once('SIGTERM', () => void api.close());
