/** What fields that may carry personal data become, whatever was in them. */
const ERASED: Readonly<Record<string, unknown>> = {
  name: null,
  metadata: {},
  tags: {},
  group: null,
  group_name: null,
  properties: {},
  raw: null,
  budgets: [],
  customer: null,
  payment_method: null,
  action_url: null,
  raise_requests: [],
};

/**
 * Fields that carry personal data only beside these: the values that a budget names, the one that something is about, what is said of a
 * budget by its name, and why a raise is asked for.
 */
const ERASED_BESIDE: readonly { readonly field: string; readonly beside: readonly string[]; readonly left: unknown }[] =
  [
    { field: 'scope', beside: ['thresholds'], left: {} },
    { field: 'value', beside: ['budget', 'tag'], left: null },
    { field: 'detail', beside: ['budget'], left: 'A budget of the account had no room for the request.' },
    { field: 'reason', beside: ['raise_request', 'denial', 'until'], left: '' },
    { field: 'denial', beside: ['reason'], left: null },
  ];

/** The same without them, however deep they stand in it. */
export function withoutPersonalData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPersonalData);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, one]) => [field, one === null ? null : withoutPersonalField(value, field, one)]),
  );
}

function withoutPersonalField(owner: object, field: string, value: unknown): unknown {
  if (Object.hasOwn(ERASED, field)) return ERASED[field];
  const rule = ERASED_BESIDE.find(
    (one) => one.field === field && one.beside.some((name) => Object.hasOwn(owner, name)),
  );
  return rule ? rule.left : withoutPersonalData(value);
}
