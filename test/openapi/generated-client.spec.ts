import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import type { Example } from '../../apps/api/openapi/operation.ts';
import { recordedAnswer } from '../../apps/api/openapi/recorded-answer.ts';
import { stepsIn } from '../docs/walk-through.ts';
import { root } from '../support/build.ts';
import { apiDocument, operations, type Operation } from './described-api.ts';
import { allExamples } from './walk-examples.ts';

/** Both only in memory, beside this file, so that they find the packages that they import. */
const TYPES = `${root}/test/openapi/generated-types.ts`;
const CLIENT = `${root}/test/openapi/generated-client.ts`;
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
};

const HEAD = `
  import createClient from 'openapi-fetch';
  import type { paths } from './generated-types.ts';
  const client = createClient<paths>({ baseUrl: 'http://127.0.0.1:3000', headers: { Authorization: 'Bearer pur_live_…' } });
`;

const types = astToString(await openapiTS(structuredClone(apiDocument) as unknown as OpenAPI3));

/** What the compiler says about a program that uses the generated client. */
function faultsOf(program: string): string[] {
  const texts = new Map([
    [TYPES, types],
    [CLIENT, HEAD + program],
  ]);
  const host = ts.createCompilerHost(OPTIONS);
  host.fileExists = (path) => texts.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => texts.get(path) ?? ts.sys.readFile(path);
  return ts.getPreEmitDiagnostics(ts.createProgram([CLIENT], OPTIONS, host)).map(({ messageText, start = 0 }) => {
    const line = (HEAD + program).slice(0, start).split('\n').at(-1) ?? '';
    return `${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

interface Call {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly body?: unknown;
}

function callOf({ operation: { method, path: template }, path, query, idempotencyKey, body }: Call): string {
  const params = {
    ...(Object.keys(path).length === 0 ? {} : { path }),
    ...(query === undefined ? {} : { query }),
    ...(idempotencyKey === undefined ? {} : { header: { 'Idempotency-Key': idempotencyKey } }),
  };
  const options = { params, ...(body === undefined ? {} : { body }) };
  return `await client.${method}('${template}', ${JSON.stringify(options)});`;
}

/** The request of a `curl` command of README. */
function callOfCommand(command: string): Call {
  const target = /\$B(\/\S*)/.exec(command)?.[1]?.replace('$AUTH', 'auth_01m7xxdjsje0094rhh148wft1b') ?? '';
  const [, body] = /-d '(.*?)'/s.exec(command.replace("'$CARD'", 'rate_01m7xxdjp2e5wsm09k9hqj00f6')) ?? [];
  const [, idempotencyKey] = /-H 'Idempotency-Key: (.*?)'/.exec(command) ?? [];
  for (const operation of operations.filter(({ method }) => method === (body === undefined ? 'GET' : 'POST'))) {
    const pattern = operation.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(target);
    if (!match || (match.groups && operations.some(({ path }) => path === target))) continue;
    return {
      operation,
      path: { ...match.groups },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(body === undefined ? {} : { body: JSON.parse(body) as unknown }),
    };
  }
  throw new Error(`No operation of the description is at ${target}.`);
}

function exampleCall({ operation, example }: { readonly operation: Operation; readonly example: Example }): string {
  return callOf({ path: {}, ...example, operation });
}

describe('a client that openapi-typescript generates from the description', () => {
  it('compiles with the requests of README, and with their responses', async () => {
    const steps = stepsIn(await readFile(`${root}/README.md`, 'utf8'));
    expect(steps.length).toBeGreaterThanOrEqual(7);
    const requests = steps.map(({ command }) => callOf(callOfCommand(command)));
    const reading = `
      const { data, error } = await client.POST('/v1/authorizations', { body: { account: 'acme', amount: '4' } });
      const texts: string[] = data ? [data.id, data.balance.available] : [];
      if (error?.code === 'credits_held') texts.push(error.shortfall, String(error.retry_after + 1));
    `;
    expect(faultsOf([...requests, reading].join('\n'))).toEqual([]);
  });

  it('compiles with every example that succeeds', () => {
    const successful = [...allExamples().values()].filter(
      ({ operation, example }) => (recordedAnswer(operation.object.operationId, example.name)?.status ?? 400) < 400,
    );
    expect(faultsOf(successful.map(exampleCall).join('\n'))).toEqual([]);
  });

  it('takes whatever is free in form, and asks for nothing that has a default', () => {
    const usage = {
      event: 'chat.completed',
      model: 'm',
      input_tokens: 1200,
      seconds: '0.5',
      properties: { run: { no: 1 } },
    };
    const metadata = { plan: { seats: [1, 2] } };
    const body = { account: 'acme', amount: '1', usage, tags: { user: 'jo' }, metadata };
    const program = `
      const { data } = await client.POST('/v1/charges', ${JSON.stringify({ body })});
      const kept: unknown = data?.metadata['plan'];
      const stored: unknown = data?.usage[0]?.properties?.['run'];
      const { data: events } = await client.GET('/v1/events');
      const field: unknown = events?.data[0]?.data['percent'];
      await client.POST('/v1/accounts/{id}/grants', { params: { path: { id: 'acme' } }, body: { amount: '1' } });
      void [kept, stored, field];
    `;
    expect(faultsOf(program)).toEqual([]);
  });

  it('refuses to compile with a field that is missing or of the wrong type', () => {
    const faults = faultsOf(`
      await client.POST('/v1/authorizations', { body: { amount: '1' } });
      await client.POST('/v1/authorizations', { body: { account: 'acme' } });
      await client.POST('/v1/authorizations', { body: { account: 'acme', amount: 1 } });
    `);
    expect(faults).toEqual([
      expect.stringMatching(/missing the following properties from type [^\n]*: account/),
      expect.stringMatching(/Property '(?:amount|usage)' is missing/),
      expect.stringMatching(/Type 'number' is not assignable to type 'string'/),
    ]);
  });
});
