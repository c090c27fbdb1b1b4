import { Engine } from '#ledger-store';
import { hot } from '../accounts.ts';
import { runPairs } from '../in-process.ts';
import { OneByOneEngine } from '../one-by-one/one-by-one-engine.ts';
import { liveAccount } from '../open-accounts.ts';
import { Meter } from './meter.ts';
import type { Row } from './row.ts';

const ACCOUNT = hot('in-process');

interface InProcess {
  readonly name: string;
  readonly what: string;
  readonly subject: 'in-process' | 'in-process-one-by-one';
  readonly atOnce: number;
  readonly engine: (databaseUrl: string) => Pick<Engine, 'submit' | 'stop'>;
}

const silent = (): void => {};

/** The engine itself, without HTTP, in this very process. */
export const IN_PROCESS_ROWS: readonly Row[] = [
  inProcessRow({
    name: 'in-process-pairs',
    what: 'in process: authorize + commit, one hot account, 512 at a time',
    subject: 'in-process',
    atOnce: 512,
    engine: (databaseUrl) => new Engine({ databaseUrl, log: silent }),
  }),
  inProcessRow({
    name: 'in-process-pairs-one-by-one',
    what: 'in process: one transaction each, 16 at a time',
    subject: 'in-process-one-by-one',
    atOnce: 16,
    engine: (databaseUrl) => new OneByOneEngine(databaseUrl, silent),
  }),
];

function inProcessRow({ name, what, subject, atOnce, engine: engineOn }: InProcess): Row {
  return {
    name,
    what,
    unit: 'pairs',
    subject,
    accounts: [ACCOUNT],
    measure: async (subjects, seconds) => {
      // It is there only while it is measured: Postgres has no connections to spare for idle ones.
      const engine = engineOn(subjects.ledgerUrl(subject));
      const account = liveAccount(ACCOUNT.name);
      try {
        const meter = await Meter.start(subjects.server, process.pid);
        const { perSecond, decisions, latency } = await runPairs(engine, { account, atOnce, seconds });
        return { perSecond, latency, memoryMib: null, ...(await meter.perDecision(decisions, null)) };
      } finally {
        await engine.stop();
      }
    },
  };
}
