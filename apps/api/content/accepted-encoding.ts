/** The encodings that content is kept in, the smallest first. */
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The encoding to send to a client with this `Accept-Encoding` (RFC 9110, 12.5.3); null: as it is. */
export function acceptedEncoding(header = ''): Encoding | null {
  const weights = new Map(header.toLowerCase().split(',').map(weightOf));
  return ENCODINGS.find((encoding) => (weights.get(encoding) ?? weights.get('*') ?? 0) > 0) ?? null;
}

/** `gzip;q=0.5` → `['gzip', 0.5]` */
function weightOf(item: string): [name: string, weight: number] {
  const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return [name, weight === undefined ? 1 : Number(weight)];
}
