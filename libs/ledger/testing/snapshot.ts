import type { LedgerState } from '../state.ts';

/** A state as text, all but the versions, which only ever go forward, and where a search for credits begins. */
export function snapshot({ accounts, grants, authorizations }: LedgerState): string {
  const states = [...accounts.values()].map(({ ids: _, freeFrom: __, holdExpiries, ...state }) => [
    state,
    holdExpiries.earliest(),
    holdExpiries.isExact(),
  ]);
  return JSON.stringify([states, [...grants.values()], [...authorizations.values()]]);
}
