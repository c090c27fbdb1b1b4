import type { Page } from '#ledger-store';

export interface ListView<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}

export function listView<Item, View>(page: Page<Item>, view: (item: Item) => View): ListView<View> {
  return {
    data: page.items.map(view),
    next_cursor: page.next === null ? null : Buffer.from(page.next, 'latin1').toString('base64url'),
  };
}
