import { parsePublicId } from '#ledger';
import { PurchaseReader, type ReadPurchase } from '#ledger-store';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';

/**
 * Reads a purchase by either of its ids.
 *
 * @throws {ProblemError} `purchase_not_found`
 */
export async function findPurchase(
  purchases: PurchaseReader,
  environment: string,
  kind: 'topup' | 'purchase',
  id: string,
): Promise<ReadPurchase> {
  const uuid = parsePublicId(kind, id);
  const found = uuid === null ? null : await purchases.find(environment, uuid);
  if (!found) throw purchaseNotFound();
  return found;
}

export function purchaseNotFound(): ProblemError {
  return new ProblemError(problemOfRefusal({ code: 'purchase_not_found' }));
}
