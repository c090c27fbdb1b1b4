import type { Tell } from '../commands.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { findOpenAccount, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';

export interface TellDecision {
  /** The account's own id. */
  readonly account: string;
}

/** Tells what was found about an account. Whoever finds it sees to it that it is told once. */
export function tell(context: DecisionContext, { account: ref, news }: Tell): Outcome<TellDecision> {
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  switch (news.type) {
    case 'anomaly.opened':
      emit(context, found.value, news.type, news.data);
      break;
    case 'forecast.runs_out':
      emit(context, found.value, news.type, news.data);
      break;
  }
  return accepted({ account: ref.id });
}
