export { ConfigError } from './config-error.ts';
export { readConfig, type Config, type LogLevel, type TracingConfig } from './read-config.ts';
