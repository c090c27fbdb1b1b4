import { formatAmount } from '#amounts';
import { publicId } from '#ledger';
import type { EnvironmentSettings } from '#ledger-store';

export function settingsView({ timeZone, currency, pricePerCredit, costCard }: EnvironmentSettings) {
  return {
    time_zone: timeZone,
    currency,
    price_per_credit: pricePerCredit && formatAmount(pricePerCredit),
    cost_card: costCard && publicId('rateCard', costCard),
  };
}
