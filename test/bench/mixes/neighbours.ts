import { hot, type AccountSet } from '../accounts.ts';
import type { Pace, Work } from '../load/load.ts';
import type { Opening } from '../open-over-http.ts';
import { rateKept } from './mix-checks.ts';
import type { Mix } from './mix.ts';

const CONNECTIONS = 64;
const NEIGHBOURS = 4;
/** Requests beside the measured load, as a share of its own. */
const SHARE = 0.03;

interface Neighbour {
  readonly name: string;
  readonly what: string;
  readonly work: Work;
  /** Without it, the pace is {@link SHARE} of the measured load's. */
  readonly perSecond?: number;
  /** What the account beside it has. */
  readonly credits?: Opening['credits'];
}

const NEIGHBOURS_OF_ANY: readonly Neighbour[] = [
  { name: 'unknown-commits', what: 'commits of what was never authorized (404)', work: 'commit-unknown' },
  { name: 'double-commits', what: 'commits of what was committed before (409)', work: 'commit-again' },
  { name: 'replays', what: 'requests that were answered before, with the same key', work: 'replay' },
  { name: 'partial-commits', what: 'partial commits of one open hold', work: 'commit-part' },
  { name: 'extends', what: 'extensions of one open hold', work: 'extend' },
  { name: 'grants', what: '10 grants a second', work: 'grant', perSecond: 10 },
  { name: 'refunds', what: '10 charges and their refunds a second', work: 'refund', perSecond: 10 },
];

const BANKRUPT: Neighbour = {
  name: 'declines',
  what: 'requests that are declined (insufficient_credits)',
  work: 'decline-empty',
  credits: 'none',
};

/** Whatever else clients do, in small numbers, on the account that is measured and on another. */
export const NEIGHBOUR_MIXES: readonly Mix[] = [
  ...NEIGHBOURS_OF_ANY.flatMap((neighbour) => [onTheSame(neighbour), onAnother(neighbour)]),
  onAnother(BANKRUPT),
];

function onTheSame(neighbour: Neighbour): Mix {
  const account = hot(`same-${neighbour.name}`);
  return mixOf(neighbour, `neighbours-${neighbour.name}-same`, 'on the same account', account, account);
}

function onAnother(neighbour: Neighbour): Mix {
  const { name } = neighbour;
  return mixOf(neighbour, `neighbours-${name}-other`, 'on another', hot(`beside-${name}`), hot(`other-${name}`));
}

function mixOf(
  { what, work, perSecond, credits = 'plenty' }: Neighbour,
  name: string,
  where: string,
  healthy: AccountSet,
  other: AccountSet,
): Mix {
  const victim = { work: 'authorize', accounts: healthy, connections: CONNECTIONS } as const;
  const pace = (rate: number): Pace => ({ kind: 'fixed', perSecond: perSecond ?? Math.max(1, SHARE * rate) });
  const share = perSecond === undefined ? `${100 * SHARE} % ` : '';
  const beside = `beside ${share}${what} ${where}`;
  return {
    name,
    what: `authorize, one hot account, ${beside}`,
    opens: healthy === other ? [{ accounts: healthy }] : [{ accounts: healthy }, { accounts: other, credits }],
    alone: () => ({ victim }),
    mixed: (alone) => ({
      victim,
      beside: [{ work, accounts: other, connections: NEIGHBOURS, pace: pace(alone.perSecond) }],
    }),
    checks: (rounds) => [rateKept(`${beside} ÷ alone`, rounds, { atLeast: 0.8 })],
  };
}
