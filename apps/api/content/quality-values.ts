/** What a client accepts, each with its weight from 0 to 1 (RFC 9110, 12.4.2): `gzip, br;q=0.5` → gzip 1, br 0.5. */
export function qualityValues(header: string): ReadonlyMap<string, number> {
  return new Map(header.toLowerCase().split(',').map(weightOf));
}

/** A weight that is no number counts as 0. */
function weightOf(item: string): [name: string, weight: number] {
  const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return [name, weight === undefined ? 1 : Number(weight) || 0];
}
