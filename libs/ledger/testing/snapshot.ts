import type { LedgerState } from '../state.ts';

/**
 * A state as text, all but the versions, which only ever go forward, where a search for credits begins, and which windows of
 * counters are open: time alone closes them.
 */
export function snapshot({ accounts, grants, authorizations, purchases }: LedgerState): string {
  const states = [...accounts.values()].map(({ ids: _, freeFrom: __, holdExpiries, counters, ...state }) => [
    state,
    [...counters.all(), ...counters.byValue()].map(({ open: ___, ...counter }) => counter),
    holdExpiries.earliest(),
    holdExpiries.isExact(),
  ]);
  return JSON.stringify([states, [...grants.values()], [...authorizations.values()], [...purchases.values()]]);
}
