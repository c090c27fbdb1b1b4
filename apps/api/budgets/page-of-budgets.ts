import type { Page, PageRequest } from '#ledger-store';

/** A page of a list that is in memory, the newest first. */
export function pageOfBudgets<T>(all: readonly T[], { limit, after }: PageRequest, idOf: (item: T) => string): Page<T> {
  const rest = after === null ? all : all.filter((item) => idOf(item) < after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > limit && last !== undefined ? idOf(last) : null };
}
