import { runPurser } from '../run-purser.ts';

// What `nest start api` runs.
await runPurser(['api', ...process.argv.slice(2)]);
