import { ZERO } from '#amounts';
import type { SpendRequest } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { declined, findSpendable, limitsOfRequest, newAuthorization } from './authorize.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { enterRates } from './count-rates.ts';
import { enterWindows } from './count-spending.ts';
import { useReserved } from './count.ts';
import { covers, fund } from './funding.ts';
import { firstRefusal } from './limits.ts';
import { noteOutput } from './naps.ts';
import { askToCharge } from './price.ts';
import { recordUsage } from './record-usage.ts';
import { reportCommit } from './report-commit.ts';
import { Transaction } from './transaction.ts';

/** Authorizes and commits in one step, where it is known what was used. */
export function charge(context: DecisionContext, command: SpendRequest): Outcome<AuthorizationDecision> {
  const found = findSpendable(context, command);
  if (!found.ok) return found;
  const account = found.value;
  const asked = askToCharge(context, account, command);
  if (!asked.ok) return asked;
  const { amount, pricing, counts, priced } = asked.value;
  const limits = limitsOfRequest(context, account, command, { asked: asked.value, isHold: false });
  const refusal = firstRefusal(limits, amount);
  if (refusal) return refused(refusal);
  const funding = fund(context, account, command, amount);
  if (!covers(account, funding, amount)) {
    return refused(declined(context, account, { request: command, amount, funding }));
  }
  const request = { ...command, amount, pricing };
  const authorization = newAuthorization(context, account, request, account.account.terms.overage, null);
  const books = new Transaction(context, account);
  for (const { grant, amount: share } of funding.shares) books.spend(grant, share, authorization);
  if (!funding.missing.isZero()) books.borrow(funding.missing, authorization);
  authorization.status = 'committed';
  authorization.heldAtClose = amount;
  authorization.finalAmount = amount;
  authorization.committedAt = timeOf(context, account);
  authorization.closedAt = authorization.committedAt;
  if (counts.length > 0) useReserved(context, account, authorization, counts);
  enterRates(context, account, authorization, limits.rates);
  noteOutput(context, account, authorization, command.usage);
  recordUsage(context, account, authorization, {
    kind: 'charge',
    stated: { usage: command.usage, costs: command.costs ?? [], raw: command.raw ?? null, settlement: 'exact' },
    priced,
  });
  reportCommit(context, account, authorization, { required: amount, uncollected: ZERO });
  enterWindows(context, account, authorization, limits.windows);
  return decided(account, authorization);
}
