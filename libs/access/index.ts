export type { Caller } from './api-key.ts';
export { bootstrapKeys, type BootstrappedKey } from './bootstrap-keys.ts';
export { KeyRing } from './key-ring.ts';
