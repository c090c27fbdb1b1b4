import type { GrantScope } from '#ledger';
import type { GrantScopeBody } from './grant.body.ts';

/** A list that is `null` counts as not given. */
export function grantScope({ events, models, tags }: GrantScopeBody): GrantScope {
  return { ...(events && { events }), ...(models && { models }), ...(tags && { tags }) };
}
