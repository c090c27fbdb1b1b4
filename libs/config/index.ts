export { ConfigError } from './config-error.ts';
export { readConfig, readSharedConfig, type Config, type SharedConfig } from './read-config.ts';
