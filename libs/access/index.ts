export { SCOPES, type Scope } from './api-key.ts';
export { bootstrapKeys, type BootstrappedKey } from './bootstrap-keys.ts';
export { type Caller } from './caller.ts';
export { KeyRing } from './key-ring.ts';
