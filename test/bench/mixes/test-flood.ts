import { hot, type AccountSet } from '../accounts.ts';
import { noneRefused, rateKept } from './mix-checks.ts';
import type { Mix } from './mix.ts';

const FLOODING = 200;

const ACCOUNT = hot('beside-test');
const TESTED: AccountSet = { name: 'tested', count: 1_000 };
const VICTIM = { work: 'authorize', accounts: ACCOUNT, connections: 64 } as const;

export const TEST_FLOOD: Mix = {
  name: 'test-flood',
  what: `authorize in live, one hot account, beside ${FLOODING} clients that authorize in test, 1,000 accounts`,
  opens: [{ accounts: ACCOUNT }, { accounts: TESTED, environment: 'test' }],
  alone: () => ({ victim: VICTIM }),
  mixed: () => ({
    victim: VICTIM,
    beside: [{ work: 'authorize', accounts: TESTED, environment: 'test', connections: FLOODING }],
  }),
  checks: (rounds) => [
    rateKept('live beside a flood in test ÷ alone', rounds, { atLeast: 0.45 }),
    noneRefused('live requests refused beside a flood in test', rounds),
  ],
};
