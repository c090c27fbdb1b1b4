import { makeKey } from '../../support/access-steps.ts';
import { LIVE_KEY, TEST_KEY, type TestService } from '../../support/test-service.ts';

/** Who a request comes from, well-known or not. */
export const CALLERS = [
  ...['live admin', 'live authorize', 'live read', 'test admin', 'staging admin'],
  ...['stranger', 'nobody', 'somebody else'],
] as const;
export type CallerName = (typeof CALLERS)[number];

export interface Caller {
  /** Where it acts; of one that isn't known, nowhere. */
  readonly environment: string;
  /** None, where it isn't known. */
  readonly scopes: readonly string[];
  /** The header `Authorization`. */
  readonly authorization: string | null;
}

const UNKNOWN = { environment: 'nowhere', scopes: [] };

/** Makes the callers' keys, and the environment `staging`. */
export async function makeCallers(service: TestService): Promise<Readonly<Record<CallerName, Caller>>> {
  const known = async (environment: string, scope: string): Promise<Caller> => {
    const { key } = await makeKey(service.live, { environment, scopes: [scope] });
    return { environment, scopes: [scope], authorization: `Bearer ${key}` };
  };
  await service.live.post('/v1/environments', { name: 'staging' });
  return {
    'live admin': { environment: 'live', scopes: ['admin'], authorization: `Bearer ${LIVE_KEY}` },
    'live authorize': await known('live', 'authorize'),
    'live read': await known('live', 'read'),
    'test admin': { environment: 'test', scopes: ['admin'], authorization: `bearer ${TEST_KEY}` },
    'staging admin': await known('staging', 'admin'),
    stranger: { ...UNKNOWN, authorization: 'Bearer pur_live_a-key-that-nobody-has-ever-made' },
    nobody: { ...UNKNOWN, authorization: null },
    'somebody else': { ...UNKNOWN, authorization: 'Basic YWRtaW46YWRtaW4=' },
  };
}
