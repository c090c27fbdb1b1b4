import type { DeclineRow } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';
import type { Columns } from '../rows/row-sender.ts';

/** What is shown where a request had no such tag. */
const NONE = '(none)';

export interface DeclineRowView {
  readonly bucket: string;
  readonly group: Readonly<Record<string, string>>;
  readonly requests: number;
}

export function declineRowView(
  { bucket, values, requests }: DeclineRow,
  bounds: readonly number[],
  groups: readonly string[],
): DeclineRowView {
  const group = Object.fromEntries(groups.map((name, index) => [name, values[index] ?? NONE]));
  return { bucket: timeView(bounds[bucket] ?? 0), group, requests };
}

export interface DeclinesView {
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly bucket: string;
  readonly group_by: readonly string[];
  readonly data: readonly DeclineRowView[];
  readonly total: number;
}

export function declineColumns(groups: readonly string[]): Columns<DeclineRowView> {
  return {
    bucket: ({ bucket }) => bucket,
    ...Object.fromEntries(groups.map((name) => [name, ({ group }: DeclineRowView) => group[name] ?? NONE])),
    requests: ({ requests }) => requests,
  };
}
