import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { registeredRoutes } from '../support/registered-routes.ts';

/** An operation's section starts with its heading, e.g. ``### `POST /v1/accounts/{id}/grants` ``. */
const HEADING = /^### `([A-Z]+ \/\S*)`$/gm;

describe('docs/api.md', () => {
  it('documents every operation of the API, once, and none that is gone', async () => {
    const routes = (await registeredRoutes()).map(({ operation }) => operation);
    expect(routes).toContain('POST /v1/authorizations');
    const text = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(HEADING)].map(([, operation]) => operation);
    expect(documented.sort()).toEqual(routes.sort());
  });
});
