import type { CheckResult, Difference } from '#ledger-store';

/** What was checked, for the first check of a subject: `grants: 20000 checked in 669 ms`. */
export function formatSubject({ subject, checked, ms }: CheckResult): string {
  return `${subject}: ${checked} checked in ${ms} ms`;
}

/** One line for the invariant, and one for each of its first differences. */
export function formatCheck(check: CheckResult): string {
  const { name, section, differences, first } = check;
  if (differences === 0) return `  ok      ${section}  ${name}`;
  const lines = first.map((difference) => `            ${formatDifference(difference)}`);
  if (differences > first.length) lines.push(`            and ${differences - first.length} more`);
  const verdict = check.severity === 'failure' ? 'FAILED' : 'notice';
  return [`  ${verdict}  ${section}  ${name}: ${inWords(differences)}`, ...lines].join('\n');
}

function formatDifference({ environment, account, objects, expected, found }: Difference): string {
  const place = [environment, account, ...objects].filter((part) => part !== null).join(' ');
  return `${place === '' ? '' : `${place}: `}expected ${expected}, found ${found}`;
}

function inWords(differences: number): string {
  return differences === 1 ? '1 difference' : `${differences} differences`;
}
