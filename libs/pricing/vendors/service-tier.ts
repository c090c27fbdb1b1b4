import type { Json, JsonObject } from '#amounts';
import { isName } from './json.ts';

const USUAL = new Set(['default', 'standard', 'on_demand', 'auto', 'none', 'service_tier_unspecified']);

/** The tier that an answer was served with, as properties: none for the usual one; `batch` as a property of its own. */
export function tierProperties(tier: Json | undefined): JsonObject {
  if (typeof tier !== 'string' || !isName(tier)) return {};
  const name = tier.toLowerCase();
  if (name === 'batch') return { batch: true };
  return USUAL.has(name) ? {} : { service_tier: name };
}
