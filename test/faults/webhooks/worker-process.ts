import { connect } from '#database';
import type { QueuePlace } from '#queues';
import { deliverWebhooksChore, relayEventsChore, SecretBox, wakeOverdueChore, WebhookSender } from '#webhook-store';
import type * as StartWork from '../../../apps/worker/start-work.ts';

// The worker has decorators, so what runs is what was built. Its types are the sources'.
const built = new URL('../../../dist/apps/worker/start-work.js', import.meta.url).href;
const { startWork } = (await import(built)) as typeof StartWork;

/** A worker that relays and delivers events. With `delaysMs`, failed deliveries wait that long instead of minutes and hours. */
const { queuePlace, databaseUrl, secretsKey, delaysMs } = JSON.parse(process.argv[2] ?? '') as {
  queuePlace: QueuePlace;
  databaseUrl: string;
  secretsKey: string;
  delaysMs?: readonly number[];
};
const write = (line: string): void => void process.stderr.write(`${line}\n`);
const settings = { role: 'purser_app' };
const pool = connect(databaseUrl, { connectionsMax: 8, settings, log: write });
const deliverWebhooks = deliverWebhooksChore(pool, {
  sender: new WebhookSender({ allowLoopback: true }),
  secrets: new SecretBox([Buffer.from(secretsKey, 'base64')]),
  ...(delaysMs && { delaysMs }),
});
const worker = await startWork({
  chores: [deliverWebhooks, relayEventsChore(pool, deliverWebhooks), wakeOverdueChore(pool, deliverWebhooks)],
  queuePlace,
  log: { info: (_fields, line) => write(line), warn: write, error: write },
});
process.stdout.write('ready\n');
process.once('SIGTERM', () => void worker.close().then(() => pool.end()));
