import type { ReadUsage } from '../validation/read-usage.ts';

export function normalizedUsageView({ usage, assumed, vendorCosts }: ReadUsage) {
  return { usage, assumed, vendor_costs: vendorCosts };
}
