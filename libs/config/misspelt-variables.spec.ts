import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { KNOWN_VARIABLES } from './known-variables.ts';
import { misspeltVariables, unknownVariables } from './misspelt-variables.ts';
import { readConfig } from './read-config.ts';

function meant(name: string): string | undefined {
  const [fault] = misspeltVariables({ [name]: '5' });
  return /did you mean (\w+)\?/.exec(fault?.problem ?? '')?.[1];
}

describe('misspeltVariables', () => {
  it.each([
    ['PURSER_RATE_LIMITS', 'PURSER_RATE_LIMIT'],
    ['PURSER_RATELIMIT', 'PURSER_RATE_LIMIT'],
    ['PURSER_RATE_LIMTI', 'PURSER_RATE_LIMIT'],
    ['PURSER_LIMIT_RATE', 'PURSER_RATE_LIMIT'],
    ['PURSER_MAX_OPEN_HOLDS', 'PURSER_OPEN_HOLDS_MAX'],
    ['PURSER_OPEN_HOLD_MAX', 'PURSER_OPEN_HOLDS_MAX'],
    ['PURSR_RATE_LIMIT', 'PURSER_RATE_LIMIT'],
    ['purser_rate_limit', 'PURSER_RATE_LIMIT'],
    ['PURSER_DATADIR', 'PURSER_DATA_DIR'],
    ['PURSER_PORT', 'PORT'],
    ['PURSER_DATABASE_URL', 'DATABASE_URL'],
    ['PURSER_REDIS_URL', 'REDIS_URL'],
  ])('knows what %s should be', (name, known) => {
    expect(meant(name)).toBe(known);
  });

  it('takes no variable of Purser’s for another, and none of other programs', () => {
    const own = Object.fromEntries(KNOWN_VARIABLES.map((name) => [name, 'x']));
    expect(misspeltVariables({ ...own, PATH: '/bin', POST: '1', HOSTS: '2', REDIS_URI: 'r' })).toEqual([]);
  });

  it('takes nothing that is empty, or that Kubernetes sets for a service called purser', () => {
    const links = {
      PURSER_PORT: 'tcp://10.0.0.7:3000',
      PURSER_PORT_3000_TCP: 'tcp://10.0.0.7:3000',
      PURSER_PORT_3000_TCP_ADDR: '10.0.0.7',
      PURSER_SERVICE_HOST: '10.0.0.7',
      PURSER_SERVICE_PORT: '3000',
      PURSER_RATE_LIMITS: '',
    };
    expect(misspeltVariables(links)).toEqual([]);
    expect(unknownVariables(links)).toEqual([]);
  });

  it('makes readConfig refuse, with all other faults', () => {
    expect(() => readConfig({ PURSER_RATELIMIT: '100', PORT: 'x' })).toThrow(
      /PORT is 'x'.*\n {2}PURSER_RATELIMIT isn't a variable of Purser \(did you mean PURSER_RATE_LIMIT\?\)/s,
    );
  });
});

describe('unknownVariables', () => {
  it('names what begins like a variable of Purser and is like none', () => {
    const env = { PURSER_MAX_USERS: '5', PURSER_RATE_LIMIT: '1', PURSER_RATE_LIMITS: '1', OTHER: 'x' };
    expect(unknownVariables(env)).toEqual(['PURSER_MAX_USERS']);
  });
});

it('knows every variable that is documented', async () => {
  const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^## `([A-Z][A-Z0-9_]*)`$/gm)].map(([, name]) => name);
  expect([...KNOWN_VARIABLES].sort()).toEqual(documented.sort());
});
