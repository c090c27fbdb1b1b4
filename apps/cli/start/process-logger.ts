import type { Config } from '#config';
import { makeLogger, type Logger } from '#logging';
import { unescape } from 'node:querystring';

/** The log of this process, which never repeats a secret of its configuration. */
export function processLogger(config: Config): Logger {
  return makeLogger({ level: config.logLevel, secrets: secretsOf(config) });
}

/** What an error's message may have in it. */
function secretsOf({ adminKeys, metricsToken, databaseUrl, redisUrl, stripe }: Config): string[] {
  const passwords = [databaseUrl, redisUrl].flatMap((url) => {
    if (url === null) return [];
    const { password } = new URL(url);
    return [password, unescape(password)];
  });
  const ofStripe = [stripe.live, stripe.test].flatMap((keys) => (keys ? [keys.secretKey, ...keys.webhookSecrets] : []));
  return [...Object.values(adminKeys), ...ofStripe, ...(metricsToken === null ? [] : [metricsToken]), ...passwords];
}
