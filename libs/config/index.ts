export { ConfigError } from './config-error.ts';
export { readConfig, type Config, type WebhookConfig } from './read-config.ts';
