import { hot, type AccountSet } from '../accounts.ts';
import { median } from '../report/statistics.ts';
import { noneRefused, summed } from './mix-checks.ts';
import type { ClientLoad, Mix, MixRound } from './mix.ts';

/** At scale 1. */
const ACCOUNTS = 10_000;
const FEWEST = 200;
/** So slowly are accounts asked once each, that there are enough for a stage of half a minute. */
const SECONDS_FOR_ALL = 40;
/** Of the hot account: far less than the service can do, so that what one request waits for isn't added to what the next one does. */
const PER_SECOND = 500;
const SWEEP_SECONDS_MAX = 60;

/** A month begins for accounts with allowances, all at one midnight. */
export function midnightMixes(scale: number): readonly Mix[] {
  const count = Math.max(FEWEST, Math.round(scale * ACCOUNTS));
  // All accounts with allowances, so that at each midnight these are due, and no others.
  const accounts: AccountSet = { name: 'allowances', count };
  return [
    midnight('midnight-sweep', 'are granted by the sweep', accounts),
    midnight('midnight-requests', 'are granted by the sweep or at their first request', accounts, {
      work: 'charge',
      accounts,
      environment: 'test',
      picks: 'each-once',
      connections: 16,
      pace: { kind: 'fixed', perSecond: count / SECONDS_FOR_ALL },
    }),
  ];
}

function midnight(name: string, how: string, accounts: AccountSet, beside?: ClientLoad): Mix {
  const account = hot(`beside-${name}`);
  const victim: ClientLoad = {
    work: 'authorize',
    accounts: account,
    connections: 128,
    pace: { kind: 'fixed', perSecond: PER_SECOND },
  };
  const count = accounts.count.toLocaleString('en-US');
  return {
    name,
    what: `authorize, ${PER_SECOND} a second, one hot account, while the monthly allowances of ${count} accounts ${how}`,
    showsRounds: true,
    opens: [{ accounts: account }, { accounts, environment: 'test', credits: 'none', refill: 'allowance' }],
    alone: () => ({ victim }),
    mixed: () => ({ victim, beginsMonth: true, ...(beside && { beside: [beside] }) }),
    checks: (rounds) => [
      summed(`${name}: p99 beside it ÷ without`, rounds.map(p99Ratio), median, { atMost: 3 }),
      summed(`${name}: seconds until all ${count} allowances were granted, worst round`, rounds.map(secondsOf), worst, {
        atMost: SWEEP_SECONDS_MAX,
      }),
      summed(`${name}: allowances that were missing or granted twice`, rounds.map(missing(accounts)), worst, {
        atMost: 0,
      }),
      noneRefused(`${name}: requests of the hot account that were refused`, rounds),
    ],
  };
}

function p99Ratio({ alone, mixed }: MixRound): number {
  return mixed.victim.latency.p99 / alone.victim.latency.p99;
}

function secondsOf({ mixed }: MixRound): number {
  return (mixed.month?.bookedInMs ?? Number.NaN) / 1000;
}

function missing({ count }: AccountSet): (round: MixRound) => number {
  return ({ mixed }) => Math.abs(count - (mixed.month?.granted ?? 0));
}

function worst(values: readonly number[]): number {
  return Math.max(...values);
}
