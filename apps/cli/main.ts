import { runPurser } from './run-purser.ts';

await runPurser(process.argv.slice(2));
