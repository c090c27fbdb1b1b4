import { formatAmount } from '#amounts';
import { publicId } from '#ledger';
import { splitJson, type EnvironmentSettings } from '#ledger-store';

export function settingsView(settings: EnvironmentSettings) {
  const { timeZone, currency, pricePerCredit, costCard, economizeFrom, modelHint, chargebackSplits, reportedTags } =
    settings;
  return {
    time_zone: timeZone,
    currency,
    price_per_credit: pricePerCredit && formatAmount(pricePerCredit),
    cost_card: costCard && publicId('rateCard', costCard),
    economize_from: economizeFrom,
    model_hint: modelHint,
    breakage_method: settings.breakageMethod,
    breakage_rates: Object.fromEntries(
      Object.entries(settings.breakageRates).map(([month, rate]) => [month, formatAmount(rate)]),
    ),
    chargeback_splits: chargebackSplits.map(splitJson),
    reported_tags: reportedTags,
  };
}
