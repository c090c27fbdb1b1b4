import { runPurser } from '../run-purser.ts';

// What `nest start worker` runs.
await runPurser(['worker', ...process.argv.slice(2)]);
