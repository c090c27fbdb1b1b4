import type { AuthorizationDecision, BatchDecision, Outcome, RefusedOutcome } from '#ledger';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { authorizationView, type Viewer } from './authorization.view.ts';

/** What an item of a batch that was declined as a whole is answered with, though nothing was wrong with it. */
const FAILED_DEPENDENCY = 424;

/** A batch's items in order, each with the status it would have had alone. */
export function batchView({ items }: BatchDecision, itemStatus: number, viewer: Viewer) {
  return { items: items.map((outcome) => itemView(outcome, itemStatus, viewer)) };
}

/** The items of a batch that was refused as a whole: which fell short, and by how much; of the others nothing was held. */
export function refusedItems({ items }: RefusedOutcome): Readonly<Record<string, unknown>> {
  if (!items) return {};
  return {
    items: items.map((item) => (item.ok ? { status: FAILED_DEPENDENCY } : problemItem(item))),
  };
}

function itemView(outcome: Outcome<AuthorizationDecision>, status: number, viewer: Viewer) {
  return outcome.ok ? { status, authorization: authorizationView(outcome.value, viewer) } : problemItem(outcome);
}

function problemItem({ refusal }: RefusedOutcome) {
  const problem = problemOfRefusal(refusal);
  return { status: problem.status, problem };
}
