import { type Amount, formatAmount, ZERO } from '#amounts';
import { publicId } from '#ledger';
import type { Movement } from '#ledger-store';
import { statedQuantities, statedQuantity } from '#pricing';
import { timeView } from '../lists/time-view.ts';
import type { Columns } from '../rows/row-sender.ts';
import { usagesOf, why } from './why.ts';

export function movementView(movement: Movement) {
  const { transfer, credits, balanceAfter } = movement;
  const usages = usagesOf(movement);
  return {
    id: publicId('transfer', transfer.id),
    transaction_id: publicId('transaction', transfer.transactionId),
    time: timeView(transfer.createdAt),
    kind: transfer.kind,
    why: why(movement),
    event: named(usages.map(({ event }) => event)),
    model: named(usages.map(({ model }) => model)),
    quantities: quantitiesView(movement),
    credits: formatAmount(credits),
    balance_after: formatAmount(balanceAfter),
    grant: transfer.grantId && publicId('grant', transfer.grantId),
    authorization: transfer.authorizationId && publicId('authorization', transfer.authorizationId),
    corrects: transfer.corrects && publicId('transaction', transfer.corrects),
    reason: transfer.reason,
  };
}

export type MovementView = ReturnType<typeof movementView>;

export const MOVEMENT_COLUMNS: Columns<MovementView> = {
  id: ({ id }) => id,
  transaction_id: ({ transaction_id }) => transaction_id,
  time: ({ time }) => time,
  kind: ({ kind }) => kind,
  why: (view) => view.why,
  event: ({ event }) => event,
  model: ({ model }) => model,
  quantities: ({ quantities }) => quantities,
  credits: ({ credits }) => credits,
  balance_after: ({ balance_after }) => balance_after,
  grant: ({ grant }) => grant,
  authorization: ({ authorization }) => authorization,
  corrects: ({ corrects }) => corrects,
  reason: ({ reason }) => reason,
};

/** The names of several usages, each once. */
function named(names: readonly (string | undefined)[]): string | null {
  const all = [...new Set(names.filter((name) => name !== undefined))];
  return all.length === 0 ? null : all.join(', ');
}

/** What was stated with it, added up by quantity. */
function quantitiesView({ stated }: Movement): Readonly<Record<string, string>> {
  const sums = new Map<string, Amount>();
  for (const { usage } of stated) {
    for (const name of statedQuantities(usage)) {
      sums.set(name, (sums.get(name) ?? ZERO).plus(statedQuantity(usage, name) ?? ZERO));
    }
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, formatAmount(sum)]));
}
