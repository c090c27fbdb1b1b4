import { formatAmount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { plain, type Plain } from './plain.ts';

/** An authorization as specs compare it: what grants paid, and what became debt. */
export type PlainAuthorization = Omit<Plain<Authorization>, 'draws'> & {
  readonly draws: readonly { readonly grantId: string; readonly amount: string }[];
  readonly debtDrawn: string;
};

export function plainAuthorization(authorization: Readonly<Authorization>): PlainAuthorization {
  const { draws, ...rest } = plain(authorization);
  return {
    ...rest,
    draws: draws.flatMap(({ grantId, amount }) => (grantId === null ? [] : [{ grantId, amount }])),
    debtDrawn: formatAmount(
      authorization.draws.reduce((sum, { grantId, amount }) => (grantId === null ? sum.plus(amount) : sum), ZERO),
    ),
  };
}
