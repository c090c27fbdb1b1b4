import type { Names } from './names.ts';
import { accountInWordsOf, timeInWords, type Parsed } from './plain-words.ts';
import { PLAN_NAMES } from './refill-terms.ts';
import { planId } from './plan-versions.ts';
import type { Answer } from './requests.ts';

export function topupInWords({ account, autoTopup, underWay }: Parsed, names: Names): Answer {
  return {
    code: 'ok',
    topupOf: accountInWordsOf((account as Parsed)['id']),
    rule: autoTopup && topupFiguresInWords(autoTopup as Parsed),
    underWay: underWay && names.nameOf((underWay as Parsed)['purchase'] as string),
  };
}

/** Times are as they are stored. */
export function topupFiguresInWords({ firedAt, declinedAt, declines, suspended, waitsUntil }: Parsed): object {
  const times = {
    firedAt: timeInWords(firedAt),
    declinedAt: timeInWords(declinedAt),
    waitsUntil: timeInWords(waitsUntil),
  };
  return { ...times, declines, isSuspended: suspended };
}

/** Of an account, only the plan's id is told. */
export function isPlan(plan: unknown): boolean {
  return typeof plan === 'object' && plan !== null;
}

export function planInWords({ account, plan }: Parsed): Answer {
  const { id, terms } = account as Parsed;
  const limit = (terms as Parsed)['overdraftLimit'];
  return { code: 'ok', planOf: accountInWordsOf(id), ...planFiguresInWords(plan as Parsed), limit };
}

export function planFiguresInWords({ current, next, advances }: Parsed): object {
  const to = next as { readonly to: Parsed | null; readonly at: number } | null;
  const labelled = (advances as { name: string; plan: string; amount: string }[]).map(({ plan, name, amount }) => {
    const label = PLAN_NAMES.find((one) => planId(one) === plan);
    return [`${label}/${name}`, amount];
  });
  return {
    plan: current && (current as Parsed)['name'],
    next: to && { to: to.to && to.to['name'], at: timeInWords(to.at) },
    advances: Object.fromEntries(labelled) as object,
  };
}

export function recurringInWords({ account, recurring, created }: Parsed, names: Names): Answer {
  const { name, ...one } = recurring as Parsed;
  return { code: 'ok', recurring: name, account: accountInWordsOf(account), created, ...recurringFigures(one, names) };
}

export function recurringFigures({ terms, pausedAt, next, last }: Parsed, names: Names): object {
  const { start, end, amount, grant } = (last ?? {}) as Parsed;
  return {
    amount: (terms as Parsed)['amount'],
    isPaused: pausedAt !== null,
    next: next && timeInWords((next as Parsed)['at']),
    last: last && {
      start: timeInWords(start),
      end: timeInWords(end),
      amount,
      grant: typeof grant === 'string' ? names.nameOf(grant) : null,
    },
  };
}
