import { Queues, type QueuePlace } from '../index.ts';
import { handlersFrom, TEST_QUEUES } from './test-queues.ts';

/** A process that takes deliveries and never finishes one. It prints each that it takes; its argument is the place. */
const place = JSON.parse(process.argv[2] ?? '') as QueuePlace;
const queues = await Queues.open(place, {
  queues: TEST_QUEUES,
  log: (line) => process.stderr.write(`${line}\n`),
});
const handlers = handlersFrom({
  deliver_webhook: ({ delivery }) => {
    process.stdout.write(`${String(delivery)}\n`);
    return new Promise(() => undefined);
  },
});
queues.work(handlers, { jobFinished: () => undefined });
