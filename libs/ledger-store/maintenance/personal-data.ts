/** What fields that may carry personal data become, whatever was in them. */
const ERASED: Readonly<Record<string, unknown>> = {
  name: null,
  metadata: {},
  tags: {},
  group: null,
  group_name: null,
  properties: {},
  raw: null,
};

/** The same without them, however deep they stand in it. */
export function withoutPersonalData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPersonalData);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, one]) => [
      field,
      one !== null && Object.hasOwn(ERASED, field) ? ERASED[field] : withoutPersonalData(one),
    ]),
  );
}
