import { Queues, type QueuePlace } from '../index.ts';

/** A process that takes deliveries and never finishes one. It prints each that it takes; its argument is the place. */
const place = JSON.parse(process.argv[2] ?? '') as QueuePlace;
const queues = await Queues.open(place, { log: (line) => process.stderr.write(`${line}\n`) });
queues.work(
  {
    deliver_webhook: ({ delivery }) => {
      process.stdout.write(`${delivery}\n`);
      return new Promise(() => undefined);
    },
    sweep_accounts: () => Promise.resolve(null),
  },
  { jobFinished: () => undefined },
);
