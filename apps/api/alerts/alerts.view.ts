import { formatAmount } from '#amounts';
import { percentUsed, type AlertRules, type AlertsDecision } from '#ledger';

export function alertRulesView({ percent, remaining }: AlertRules) {
  return { percent, remaining: remaining.map(formatAmount) };
}

/** What holds for an account, which of it is its environment's, and where it stands. */
export function accountAlertsView({ account, posted, rules }: AlertsDecision) {
  const { alerts } = account;
  return {
    account: account.id,
    ...alertRulesView(rules),
    inherited: (['percent', 'remaining'] as const).filter((list) => alerts.rules[list] === null),
    epoch: alerts.epoch,
    basis: formatAmount(alerts.basis),
    used_percent: percentUsed(alerts, posted),
    reached_percent: alerts.percent === 0 ? null : alerts.percent,
  };
}
