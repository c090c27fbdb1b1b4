/** The service's own engine, and commands for it: what specs of closed months have histories made of. */
export { charge, createAccount, createGrant } from '../../ledger-store/testing/commands.ts';
export { inEnvironment } from '../../ledger-store/testing/in-environment.ts';
export { TestLedger } from '../../ledger-store/testing/test-ledger.ts';
