export { Access, type AccessRefusal, type MadeKey } from './access.ts';
export { SCOPES, type Scope } from './api-key.ts';
export { API_KEY_STATUSES, apiKeyStatus, type ApiKey } from './api-keys.ts';
export type { AuditEntry } from './audit-log.ts';
export { bootstrapKeys, type BootstrappedKey } from './bootstrap-keys.ts';
export type { Caller } from './caller.ts';
export type { Environment } from './environments.ts';
export { KeyRing, type KeyFault } from './key-ring.ts';
export { isNetwork } from './network.ts';
