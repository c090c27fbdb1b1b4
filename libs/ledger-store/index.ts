export { Engine, type EngineOptions } from './engine/engine.ts';
export { LedgerUnavailable, type UnavailableReason } from './engine/ledger-unavailable.ts';
export type { Answer, IdempotencyKey, Rendered, Submission } from './engine/submission.ts';
export { AccountReader } from './read/account-reader.ts';
export { AuthorizationReader, type AuthorizationFilter } from './read/authorization-reader.ts';
export { GrantReader } from './read/grant-reader.ts';
export { LedgerHealth } from './read/ledger-health.ts';
export type { Page, PageRequest } from './read/page.ts';
export { TransferReader, type TimeRange } from './read/transfer-reader.ts';
