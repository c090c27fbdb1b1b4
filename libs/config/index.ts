export { ConfigError } from './config-error.ts';
export { readConfig, readSharedConfig } from './read-config.ts';
export type { Config, LogLevel, SharedConfig, TracingConfig, WebhookConfig } from './read-config.ts';
export type { StripeConfig } from './read-stripe.ts';
export type { KnownVariable } from './known-variables.ts';
export { unknownVariables } from './misspelt-variables.ts';
