import type { TrialBalance, VerifyReport } from '#ledger-store';

/** The trial balance, what was not shown, and the verdict, which is the last line. */
export function formatVerdict(report: VerifyReport): string {
  return ['trial balance', ...report.trial_balance.map(formatTrialBalance), verdictOf(report)].join('\n');
}

function formatTrialBalance({
  environment,
  unit,
  funding,
  debt,
  outstanding,
  usage,
  breakage,
  writtenOff,
}: TrialBalance): string {
  const funded = `${funding.paid} paid + ${funding.promotional} promotional + ${funding.included} included`;
  return `  ${environment ?? 'no environment'} ${unit ?? 'no unit'}: ${funded} + ${debt} debt${writtenOff === '0' ? '' : ` + ${writtenOff} written off`} | ${outstanding} outstanding + ${usage} usage + ${breakage} breakage`;
}

function verdictOf(report: VerifyReport): string {
  const { clean, differences: total, checks, transfers, grants, authorizations, ms } = report;
  if (clean) {
    const seconds = (ms / 1000).toFixed(1);
    return `verify: clean: ${transfers} transfers, ${grants} grants, ${authorizations} authorizations checked in ${seconds} s`;
  }
  const failed = checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
  return `verify: FAILED: ${total} differences in ${failed.length} checks`;
}
