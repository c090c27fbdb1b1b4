import type { AmountChange, ImportNote, PriceChange, PricesDiff } from '#pricing';

/** What an import changes, model by model, and what it couldn't take as it is. */
export function formatImport(diff: PricesDiff, notes: readonly ImportNote[]): string {
  const { added, changed, removed, unchanged } = diff;
  const counts = `${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} unchanged`;
  return [
    ...added.map((price) => `+ ${price.subject}: ${price.amounts.map(amountNow).join(', ')}`),
    ...changed.flatMap(changedLines),
    ...removed.map(({ subject }) => `- ${subject}`),
    ...section('Not as in the list:', notes, false),
    ...section('Not in the card:', notes, true),
    counts,
  ].join('\n');
}

function amountNow({ quantity, to }: AmountChange): string {
  return `${quantity} ${to ?? 'by tiers'}`;
}

function changedLines({ subject, amounts, hasOtherChanges }: PriceChange): string[] {
  const width = Math.max(0, ...amounts.map(({ quantity }) => quantity.length));
  return [
    `~ ${subject}`,
    ...amounts.map((change) => `    ${change.quantity.padEnd(width)}  ${amountChange(change)}`),
    ...(hasOtherChanges ? ['    other terms changed'] : []),
  ];
}

function amountChange({ from, to, percent }: AmountChange): string {
  const share = percent === null ? '' : ` (${percent.startsWith('-') ? '' : '+'}${percent} %)`;
  return `${from ?? 'none'} → ${to ?? 'none'}${share}`;
}

function section(title: string, notes: readonly ImportNote[], isLeftOut: boolean): string[] {
  const own = notes.filter((note) => note.isLeftOut === isLeftOut);
  return own.length === 0 ? [] : [title, ...own.map(({ model, note }) => `  ${model} ${note}`)];
}
