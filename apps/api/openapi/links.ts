import { GUIDE_NAMES, guidePath } from '../guides/guides.ts';

/** What the service has to offer to somebody who knows only its address. */
export const LINKS = {
  name: 'Purser',
  documentation: '/docs',
  description: '/openapi.json',
  guides: GUIDE_NAMES.map((name) => guidePath(name)),
  health: '/health/ready',
} as const;
