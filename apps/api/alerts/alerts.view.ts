import { formatAmount } from '#amounts';
import { percentUsed, type AlertRules, type AlertsDecision } from '#ledger';

export function alertRulesView({ percent, remaining, runOutDays }: AlertRules) {
  return { percent, remaining: remaining.map(formatAmount), run_out_days: runOutDays };
}

/** What holds for an account, which of it is its environment's, and where it stands. */
export function accountAlertsView({ account, posted, rules }: AlertsDecision) {
  const { alerts } = account;
  return {
    account: account.id,
    ...alertRulesView(rules),
    inherited: [
      ...(alerts.rules.percent === null ? (['percent'] as const) : []),
      ...(alerts.rules.remaining === null ? (['remaining'] as const) : []),
      ...(alerts.rules.runOutDays === null ? (['run_out_days'] as const) : []),
    ],
    epoch: alerts.epoch,
    basis: formatAmount(alerts.basis),
    used_percent: percentUsed(alerts, posted),
    reached_percent: alerts.percent === 0 ? null : alerts.percent,
  };
}
