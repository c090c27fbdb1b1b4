/** What usage says, and so an authorization may be in several groups. */
const USAGE_FIELDS = ['model', 'provider', 'event'] as const;

type UsageField = (typeof USAGE_FIELDS)[number];
/** By what a report groups: what usage says, or what authorizations have as a whole. */
export type MarginGroup = UsageField | 'account' | 'key' | 'tag';

export function isUsageField(group: MarginGroup): group is UsageField {
  return (USAGE_FIELDS as readonly MarginGroup[]).includes(group);
}
