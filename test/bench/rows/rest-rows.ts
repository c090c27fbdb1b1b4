import {
  hot,
  SPREAD,
  SPREAD_BY_USAGE,
  SPREAD_WITH_BUDGETS,
  SPREAD_WITH_TOPUP_RULES,
  type AccountSet,
} from '../accounts.ts';
import { ADMIN_KEY } from '../bench-server.ts';
import type { Pace, Work } from '../load/load.ts';
import { BATCH_ITEMS } from '../load/requests.ts';
import { MemoryWatch } from '../memory.ts';
import { makeLimitedKey } from '../make-limited-key.ts';
import type { ServiceSubject } from '../subjects.ts';
import { Meter } from './meter.ts';
import { beforeName, type Row } from './row.ts';

interface RestWork {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly work: Work;
  readonly accounts: AccountSet;
  readonly connections: number;
  readonly pace?: Pace;
  /** Whether requests come with a key that has a limit over all accounts. */
  readonly hasLimit?: boolean;
}

const CONNECTIONS = 128;
/** 3 200 authorizations under way at once. */
const BATCH_CONNECTIONS = 32;

/** What group commit and one transaction per request are both measured by. */
const COMPARED: readonly RestWork[] = [
  {
    name: 'authorize-hot',
    what: 'authorize, one hot account',
    unit: 'authorizations',
    work: 'authorize',
    accounts: hot('authorize'),
    connections: CONNECTIONS,
  },
  {
    name: 'authorize-spread',
    what: 'authorize, 10,000 accounts',
    unit: 'authorizations',
    work: 'authorize',
    accounts: SPREAD,
    connections: CONNECTIONS,
  },
  {
    name: 'pairs-hot',
    what: 'authorize + commit, one hot account',
    unit: 'pairs',
    work: 'pair',
    accounts: hot('pairs'),
    connections: CONNECTIONS,
  },
  {
    name: 'pairs-spread',
    what: 'authorize + commit, 10,000 accounts',
    unit: 'pairs',
    work: 'pair',
    accounts: SPREAD,
    connections: CONNECTIONS,
  },
  {
    name: 'batch-hot',
    what: `batches of ${BATCH_ITEMS}, one hot account`,
    unit: 'authorizations',
    work: 'batch',
    accounts: hot('batch'),
    connections: BATCH_CONNECTIONS,
  },
  {
    name: 'batch-spread',
    what: `batches of ${BATCH_ITEMS}, 10,000 accounts`,
    unit: 'authorizations',
    work: 'batch',
    accounts: SPREAD,
    connections: BATCH_CONNECTIONS,
  },
  {
    name: 'charge-hot',
    what: 'charge, one hot account',
    unit: 'charges',
    work: 'charge',
    accounts: hot('charge'),
    connections: CONNECTIONS,
  },
];

const PRODUCT_ONLY: readonly RestWork[] = [
  {
    name: 'fixed-rate',
    what: 'authorize, 1,000 a second, one hot account',
    unit: 'authorizations',
    work: 'authorize',
    accounts: hot('fixed-rate'),
    connections: CONNECTIONS,
    pace: { kind: 'fixed', perSecond: 1000 },
  },
  {
    name: 'idle',
    what: 'authorize, one at a time',
    unit: 'authorizations',
    work: 'authorize',
    accounts: hot('idle'),
    connections: 1,
  },
];

/** By usage, which the service prices. */
const PRICED: readonly RestWork[] = [
  {
    name: 'pairs-by-usage',
    what: 'authorize + commit by usage, one hot account',
    unit: 'pairs',
    work: 'pair-by-usage',
    accounts: hot('pairs-by-usage', { card: 'plain' }),
    connections: CONNECTIONS,
  },
  {
    name: 'pairs-by-usage-counted',
    what: 'the same, input in tiers that count over a month',
    unit: 'pairs',
    work: 'pair-by-usage',
    accounts: hot('pairs-by-usage-counted', { card: 'counted' }),
    connections: CONNECTIONS,
  },
  {
    name: 'pairs-by-usage-spread',
    what: 'authorize + commit by usage, 10,000 accounts',
    unit: 'pairs',
    work: 'pair-by-usage',
    accounts: SPREAD_BY_USAGE,
    connections: CONNECTIONS,
  },
];

/** Within limits that have room for them. */
const LIMITED: readonly RestWork[] = [
  {
    name: 'authorize-hot-budgets',
    what: 'authorize within 5 budgets, one hot account',
    unit: 'authorizations',
    work: 'authorize',
    accounts: hot('authorize-budgets', { budgets: 'five' }),
    connections: CONNECTIONS,
  },
  {
    name: 'authorize-spread-budgets',
    what: 'authorize within 5 budgets, 10,000 accounts',
    unit: 'authorizations',
    work: 'authorize',
    accounts: SPREAD_WITH_BUDGETS,
    connections: CONNECTIONS,
  },
  {
    name: 'authorize-users',
    what: 'authorize for 1,000,000 users with a budget each, one hot account',
    unit: 'authorizations',
    work: 'authorize-user',
    accounts: hot('authorize-users', { budgets: 'per-user' }),
    connections: CONNECTIONS,
  },
  {
    name: 'authorize-hot-limit',
    what: 'authorize with a key that has a limit, one hot account',
    unit: 'authorizations',
    work: 'authorize',
    accounts: hot('authorize-limit'),
    connections: CONNECTIONS,
    hasLimit: true,
  },
];

/** With a rule that tops the account up, and never has to. */
const TOPPED_UP: readonly RestWork[] = [
  {
    name: 'authorize-hot-topup-rule',
    what: 'authorize with a top-up rule, one hot account',
    unit: 'authorizations',
    work: 'authorize',
    accounts: hot('authorize-topup-rule', { hasTopupRule: true }),
    connections: CONNECTIONS,
  },
  {
    name: 'authorize-spread-topup-rule',
    what: 'authorize with a top-up rule, 10,000 accounts',
    unit: 'authorizations',
    work: 'authorize',
    accounts: SPREAD_WITH_TOPUP_RULES,
    connections: CONNECTIONS,
  },
];

const NOTHING: RestWork = {
  name: 'do-nothing',
  what: 'an endpoint that does nothing',
  unit: 'requests',
  work: 'authorize',
  accounts: hot('do-nothing'),
  connections: CONNECTIONS,
};

/** Everything that is measured over HTTP. */
export const REST_ROWS: readonly Row[] = [
  ...COMPARED.flatMap((work) => [restRow(work, 'product'), oneByOneRow(work)]),
  ...[...PRODUCT_ONLY, ...PRICED, ...LIMITED, ...TOPPED_UP].map((work) => restRow(work, 'product')),
  { ...restRow(NOTHING, 'do-nothing'), accounts: [] },
];

/** The same for the product of another checkout, beside those of this one. */
export const BEFORE_ROWS: readonly Row[] = [...COMPARED, ...PRODUCT_ONLY].map((work) =>
  restRow({ ...work, name: beforeName(work.name), what: `${work.what}: before` }, 'before'),
);

function oneByOneRow(work: RestWork): Row {
  return restRow(
    { ...work, name: `${work.name}-one-by-one`, what: `${work.what}: one transaction each` },
    'one-by-one',
  );
}

function restRow(work: RestWork, subject: ServiceSubject): Row {
  return {
    name: work.name,
    what: work.what,
    unit: work.unit,
    subject,
    accounts: [work.accounts],
    measure: async (subjects, seconds) => {
      const { url, pid } = subjects.service(subject);
      const adminKey = work.hasLimit ? await makeLimitedKey(url) : ADMIN_KEY;
      const clients = { urls: [url], adminKey, connections: work.connections };
      await subjects.load.prepare(clients, {
        work: work.work,
        accounts: work.accounts,
        seconds,
        pace: work.pace ?? 'closed',
      });
      using memory = new MemoryWatch(pid);
      const meter = await Meter.start(subjects.server, pid);
      const { perSecond, decisions, latency, cpuMicros } = await subjects.load.run();
      const memoryMib = await memory.max();
      const consumption = await meter.perDecision(decisions, cpuMicros);
      await subjects.load.disconnect();
      return { perSecond, latency, memoryMib, ...consumption };
    },
  };
}
