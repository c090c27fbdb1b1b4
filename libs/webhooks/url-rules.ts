import { isIP } from 'node:net';
import { isPublicAddress } from './address-rules.ts';

const URL_LENGTH_MAX = 2048;
const PORTS = new Set(['', '443', '8443']);

export interface UrlRules {
  /** Lets plain HTTP to 127.0.0.1 pass, on any port: for development and tests. */
  readonly allowLoopback: boolean;
}

/**
 * What is wrong with the URL of an endpoint, as the end of a sentence; `null` where it may be sent to, as far as one can tell
 * without looking up its host.
 */
export function webhookUrlFault(text: string, rules: UrlRules): string | null {
  if (text.length > URL_LENGTH_MAX) return `must be at most ${String(URL_LENGTH_MAX)} characters long`;
  if (!URL.canParse(text)) return 'must be a URL, like "https://example.com/webhooks"';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (url.hash !== '') return 'must not contain a fragment (#…)';
  if (isLoopback(url, rules)) return null;
  const fault = targetFault(url);
  return fault !== null && isThisMachine(url) ? `${fault}; ${LOOPBACK_HINT}` : fault;
}

/** A receiver under development is tried under several names, of which one will do. */
const LOOPBACK_HINT =
  'a receiver on this machine is reached as http://127.0.0.1, where PURSER_WEBHOOKS_ALLOW_LOOPBACK=true is set';

function targetFault(url: URL): string | null {
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (!PORTS.has(url.port)) return 'must use port 443 or 8443';
  // The parser has turned 0x7f.1, 2130706433 and their like into plain addresses.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'must lead to a public address';
  return null;
}

function isThisMachine({ hostname }: URL): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(hostname);
}

/** Whether it is plain HTTP to this machine, where that is allowed. */
export function isLoopback(url: URL, { allowLoopback }: UrlRules): boolean {
  return allowLoopback && url.protocol === 'http:' && url.hostname === '127.0.0.1';
}
