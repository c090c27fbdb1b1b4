import type { Caller } from '#access';
import { accountKey, accountKeyOf, parsePublicId, type IdKind } from '#ledger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accountNotFound } from '../accounts/account-ref.ts';
import { eventNotFound } from '../events/event-not-found.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { purchaseNotFound } from '../purchases/purchase-ref.ts';
import { isPlainObject } from '../validation/rules.ts';
import { knownCallerOf } from './authenticate.ts';
import type { AccountNaming } from './needs.ts';

/** A caller whose key is bound to an account. */
type BoundCaller = Caller & { readonly account: string };

/**
 * Keeps keys that are bound to an account to that account: whatever is another's doesn't exist for them. An operation that
 * doesn't say how it names its account is closed to them.
 */
export function confineToAccount(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    const caller = knownCallerOf(request);
    done(caller !== null && isBound(caller) ? (refusalOf(request, caller) ?? undefined) : undefined);
  });
}

function isBound(caller: Caller): caller is BoundCaller {
  return caller.account !== null;
}

function refusalOf(request: FastifyRequest, caller: BoundCaller): ProblemError | null {
  const { account: naming } = request.routeOptions.config;
  if (naming === undefined) return boundKey(caller);
  return CHECKS[naming](request, caller);
}

type Check = (request: FastifyRequest, caller: BoundCaller) => ProblemError | null;

const CHECKS: Readonly<Record<AccountNaming, Check>> = {
  path: (request, caller) => ofAccount(idIn(request), caller),
  authorization: (request, caller) => ofObject('authorization', idIn(request), caller),
  grant: (request, caller) => ofObject('grant', idIn(request), caller),
  event: (request, caller) => ofObject('event', idIn(request), caller),
  topup: (request, caller) => ofObject('topup', idIn(request), caller),
  purchase: (request, caller) => ofObject('purchase', idIn(request), caller),
  query: (request, caller) => {
    const query = request.query as { account?: unknown };
    // A list that isn't asked for another account shows this one.
    query.account ??= caller.account;
    return ofAccount(query.account, caller);
  },
  body: ({ body }, caller) => ofAccount(fieldOf(body, 'account'), caller),
  items: ({ body }, caller) => first(itemsOf(body), (item) => ofAccount(fieldOf(item, 'account'), caller)),
  authorizations_of_items: ({ body }, caller) =>
    first(itemsOf(body), (item) => ofObject('authorization', fieldOf(item, 'authorization'), caller)),
  none: () => null,
};

/** What isn't an id at all is refused by the operation, for its form. */
function ofAccount(account: unknown, caller: BoundCaller): ProblemError | null {
  return typeof account !== 'string' || account === caller.account ? null : accountNotFound(account);
}

function ofObject(kind: keyof typeof NOT_FOUND, id: unknown, caller: BoundCaller): ProblemError | null {
  const uuid = typeof id === 'string' ? parsePublicId(kind, id) : null;
  if (uuid === null || accountKeyOf(uuid) === accountKey(caller.environment, caller.account)) return null;
  return NOT_FOUND[kind]();
}

const NOT_FOUND = {
  authorization: () => new ProblemError(problemOfRefusal({ code: 'authorization_not_found' })),
  grant: () => new ProblemError(problemOfRefusal({ code: 'grant_not_found' })),
  event: eventNotFound,
  topup: purchaseNotFound,
  purchase: purchaseNotFound,
} as const satisfies Partial<Record<IdKind, () => ProblemError>>;

function boundKey({ account }: BoundCaller): ProblemError {
  const detail = `This key is bound to the account ${account}, and this operation is not about one account.`;
  return new ProblemError(problem('api_key_bound', detail, { account }));
}

function idIn(request: FastifyRequest): string | undefined {
  return (request.params as { readonly id?: string }).id;
}

function itemsOf(body: unknown): readonly unknown[] {
  const items = fieldOf(body, 'items');
  return Array.isArray(items) ? items : [];
}

function fieldOf(object: unknown, name: string): unknown {
  return isPlainObject(object) ? object[name] : undefined;
}

function first<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
