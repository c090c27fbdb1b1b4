export { ConfigError } from './config-error.ts';
export { readConfig, type Config } from './read-config.ts';
