import { connect } from '#database';
import type { QueuePlace } from '#queues';
import type * as StartWork from '../../../apps/worker/start-work.ts';
import { TestWork } from './test-work.ts';

// The worker has decorators, so what runs is what was built. Its types are the sources'.
const built = new URL('../../../dist/apps/worker/start-work.js', import.meta.url).href;
const { startWork } = (await import(built)) as typeof StartWork;

const { queuePlace, databaseUrl } = JSON.parse(process.argv[2] ?? '') as {
  queuePlace: QueuePlace;
  databaseUrl: string;
};
const write = (line: string): void => void process.stderr.write(`${line}\n`);
const log = { info: (_fields: object, line: string) => write(line), warn: write, error: write };
const pool = connect(databaseUrl, { log: write });
const listenOn = { host: '127.0.0.1', port: 0 };
const worker = await startWork({ chores: new TestWork(pool).chores(), queuePlace, listenOn, log });
process.stdout.write(`ready on http://127.0.0.1:${String(worker.port)}\n`);
process.once('SIGTERM', () => void worker.close().then(() => pool.end()));
