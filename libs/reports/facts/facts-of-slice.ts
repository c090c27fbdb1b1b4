import type { Transfer } from '#ledger';
import { AuthorizationTally, NOTHING_BEFORE, type AuthorizationBefore } from './authorization-tally.ts';
import { NIL_UUID, type FactSums } from './fact-sums.ts';
import type { JournalSlice, SliceAuthorization } from './journal-slice.ts';
import { keptTagValue } from './kept-name.ts';
import type { Measures } from './measures.ts';
import { revenueOf, type MoneyFact, type MoneyKind } from './money-fact.ts';
import { creditsOf, revenueByTransfer, type Booked } from './step-money.ts';
import { stepsOf, type Step } from './steps.ts';
import { ERASED, NONE, tagValue } from './tag-value.ts';
import { groupName, groupOf, NO_GROUP, weightsOf } from './usage-shares.ts';

/** What no usage is behind stands in the place of the model. */
export const COMMITMENT = '(commitment)';
export const DEBT_REPAID = '(debt repaid)';
export const BREAKAGE = '(breakage)';
export const TRUE_UP = '(true-up)';

/** What facts are made of besides the slice. */
export interface FactTerms {
  /** By UUID: what of authorizations was there before the slice. One that isn't here began in it. */
  readonly before: ReadonlyMap<string, AuthorizationBefore>;
  readonly money: readonly MoneyFact[];
  /** The names of the tags that are reported. */
  readonly tags: readonly string[];
}

/** What is known of an authorization after a slice, where all of it is known. */
export interface BookedAuthorization {
  readonly id: string;
  readonly booked: Booked;
  /** Whether its next step may have to move what was booked: it is open, or its usage is in several groups. */
  readonly isNeeded: boolean;
}

/** Adds the facts of a slice up. @returns the authorizations of the slice of which all that was booked is known */
export function addFacts(
  slice: JournalSlice,
  { before, money, tags }: FactTerms,
  sums: FactSums,
): readonly BookedAuthorization[] {
  const terms = { grants: slice.grants, revenue: revenueByTransfer(money) };
  const tallies = new Map<string, AuthorizationTally>();
  const valueOf = (step: Step, tag: string): string =>
    slice.account.isErased
      ? ERASED
      : keptTagValue(tagValue(authorizationIn(slice, step.authorizationId), tag, step.version));
  for (const step of stepsOf(slice)) {
    const { authorizationId: id } = step;
    const authorization = authorizationIn(slice, id);
    const tally = tallies.get(id) ?? new AuthorizationTally(authorization, before.get(id) ?? NOTHING_BEFORE, terms);
    tallies.set(id, tally);
    const whole = tally.takeStep(step, sums);
    for (const [currency, measures] of whole) {
      for (const tag of tags) sums.addTag(step.at, tag, valueOf(step, tag), currency, measures);
    }
  }
  addUnattributed(slice, { money, tags }, sums);
  for (const fact of money) sums.addMoney(fact);
  return [...tallies].flatMap(([id, { booked, isMixed }]) => {
    if (!booked) return [];
    return [{ id, booked, isNeeded: isMixed || authorizationIn(slice, id).status === 'authorized' }];
  });
}

/** The authorizations of which must be known what was booked before: their usage is, or comes to be, in several groups. */
export function needsBooked(slice: JournalSlice, before: ReadonlyMap<string, AuthorizationBefore>): readonly string[] {
  const groups = new Map<string, Set<string>>();
  for (const [id, { hadRows, records, booked }] of before) {
    if (!hadRows || booked) continue;
    const earlier = weightsOf(records, slice.authorizations.get(id)?.usage ?? []);
    groups.set(id, new Set(earlier.map(({ group }) => groupName(group))));
  }
  for (const { authorizationId, usage } of slice.records) groups.get(authorizationId)?.add(groupName(groupOf(usage)));
  return [...groups].filter(([, names]) => names.size > 1).map(([id]) => id);
}

function authorizationIn({ authorizations }: Pick<JournalSlice, 'authorizations'>, id: string): SliceAuthorization {
  const found = authorizations.get(id);
  if (!found) throw new Error(`the authorization ${id} of a row is missing`);
  return found;
}

function addUnattributed(
  { transfers, grants, account }: JournalSlice,
  { money, tags }: Pick<FactTerms, 'money' | 'tags'>,
  sums: FactSums,
): void {
  const value = account.isErased ? ERASED : NONE;
  const add = (at: number, model: string, currency: string, change: Partial<Measures>): void => {
    sums.addUsage(at, { ...NO_GROUP, model }, NIL_UUID, currency, change);
    for (const tag of tags) sums.addTag(at, tag, value, currency, change);
  };
  const attributed = new Set<string>();
  const currencies = new Map<string, string>();
  for (const { transferId, currency } of money) if (currency !== '') currencies.set(transferId, currency);
  for (const transfer of transfers) {
    if (transfer.authorizationId !== null) attributed.add(transfer.id);
    else if (isOfCommitment(transfer)) {
      const { measure, amount } = creditsOf(transfer, grants);
      const refunded = amount.isNegative() ? amount.neg() : undefined;
      const change = { [measure]: amount, ...(refunded && { refunded }) };
      add(transfer.createdAt, COMMITMENT, currencies.get(transfer.id) ?? '', change);
    }
  }
  for (const fact of money) {
    const revenue = revenueOf(fact);
    if (!revenue || fact.currency === '' || attributed.has(fact.transferId)) continue;
    add(fact.at, lineOf(fact.kind), fact.currency, { revenue });
  }
}

/** Shortfalls, and what of them was set off later. */
function isOfCommitment({ kind }: Transfer): boolean {
  return kind === 'commitment' || kind === 'refund';
}

function lineOf(kind: MoneyKind): string {
  switch (kind) {
    case 'commitment':
    case 'refunded':
    case 'used':
      return COMMITMENT;
    case 'debt_repaid':
      return DEBT_REPAID;
    case 'true_up':
      return TRUE_UP;
    default:
      return BREAKAGE;
  }
}
