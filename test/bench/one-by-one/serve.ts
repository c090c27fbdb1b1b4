import type * as StartApi from '../../../apps/api/start-api.ts';
import { OneByOneEngine } from './one-by-one-engine.ts';

// The API has decorators, so what runs is what was built. Its types are the sources'.
const built = new URL('../../../dist/apps/api/start-api.js', import.meta.url).href;
const { startApi } = (await import(built)) as typeof StartApi;

const databaseUrl = process.env['DATABASE_URL'] ?? '';
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const api = await startApi({
  config: { host: '127.0.0.1', port: 0 },
  databaseUrl,
  engine: new OneByOneEngine(databaseUrl, log),
  log,
});
process.stdout.write(`ready on ${api.url}\n`);
process.once('SIGTERM', () => void api.close());
