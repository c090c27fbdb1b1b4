import type { Columns } from '../rows/row-sender.ts';
import type { AuthorizationView, Viewer } from './authorization.view.ts';

/** An authorization as a line of CSV: `event` and `model` are those of its first usage. */
export function authorizationColumns({ seesCost }: Viewer): Columns<AuthorizationView> {
  return {
    id: ({ id }) => id,
    account: ({ account }) => account,
    status: ({ status }) => status,
    created_at: ({ created_at }) => created_at,
    committed_at: ({ committed_at }) => committed_at,
    event: ({ usage }) => usage[0]?.event ?? null,
    model: ({ usage }) => usage[0]?.model ?? null,
    amount: ({ amount }) => amount,
    held: ({ held }) => held,
    committed: ({ committed }) => committed,
    uncollected: ({ uncollected }) => uncollected,
    refunded: ({ refunded }) => refunded,
    late: ({ late }) => late,
    settlement: ({ settlement }) => settlement,
    ...(seesCost && {
      cost: ({ cost }: AuthorizationView) => cost ?? null,
      cost_currency: ({ cost_currency }: AuthorizationView) => cost_currency ?? null,
    }),
    unit: ({ balance }) => balance.unit,
    group: ({ group }) => group,
    tags: ({ tags }) => tags,
    usage: ({ usage }) => usage,
    metadata: ({ metadata }) => metadata,
  };
}
