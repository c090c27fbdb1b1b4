import type { Usage } from './usage.ts';

/** Why a usage makes no sense, like a part beyond its whole; null where it does. */
export function usageFault(_usage: Usage): string | null {
  return null;
}
