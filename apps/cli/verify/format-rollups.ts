import { formatAmount } from '#amounts';
import type { RollupReport, SumDifference } from '#reports';

/** The first differences, and the verdict, which is the last line. */
export function formatRollups({ accounts, differences, first }: RollupReport): string {
  const lines = first.map(formatDifference);
  if (differences > first.length) lines.push(`  and ${String(differences - first.length)} more`);
  const verdict = differences === 0 ? 'clean' : `FAILED: ${String(differences)} differences`;
  return [...lines, `verify: ${verdict}: ${String(accounts)} accounts added up anew`].join('\n');
}

/** For `--json`. */
export function rollupsJson({ accounts, differences, first }: RollupReport): object {
  const written = first.map(({ expected, found, ...rest }) => ({
    ...rest,
    expected: expected.map(formatAmount),
    found: found.map(formatAmount),
  }));
  return { clean: differences === 0, accounts, differences, first: written };
}

function formatDifference({ table, key, columns, expected, found }: SumDifference): string {
  const parts = columns.flatMap((column, index) => {
    const [right, own] = [expected[index], found[index]];
    if (!right || !own || right.eq(own)) return [];
    return [`${column}: expected ${formatAmount(right)}, found ${formatAmount(own)}`];
  });
  return `  ${table} ${key.map((part) => (part === '' ? '-' : String(part))).join(' ')}: ${parts.join('; ')}`;
}
