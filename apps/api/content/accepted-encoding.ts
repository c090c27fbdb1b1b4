import { qualityValues } from './quality-values.ts';

/** The encodings that content is kept in, the smallest first. */
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The encoding that a client with this `Accept-Encoding` likes best (RFC 9110, 12.5.3), the smallest of several; null: as it is. */
export function acceptedEncoding(header = ''): Encoding | null {
  const weights = qualityValues(header);
  const weightOf = (encoding: Encoding): number => weights.get(encoding) ?? weights.get('*') ?? 0;
  const [best] = ENCODINGS.filter((encoding) => weightOf(encoding) > 0).sort((a, b) => weightOf(b) - weightOf(a));
  return best ?? null;
}
