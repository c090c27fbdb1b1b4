import type { Example, OperationDescription } from './operation.ts';
import { recordedAnswer } from './recorded-answer.ts';
import type { Route } from './routes.ts';

interface ExamplesObject {
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}

type Examples = Pick<OperationDescription, 'id' | 'examples'>;

/**
 * Those of an operation's examples that succeed, the one that tools prefill first. Requests that Purser refuses are shown
 * with the response that they got.
 */
function successful({ id, examples }: Examples): readonly Example[] {
  return examples.filter(({ name }) => (recordedAnswer(id, name)?.status ?? 400) < 400);
}

export function bodyExamples(operation: Examples): ExamplesObject {
  return examplesObject(successful(operation), ({ body }) => body);
}

/**
 * The value of a parameter in the first successful example, and no other: tools prefill every parameter by itself, and values
 * of different examples may not fit together.
 */
export function parameterExamples(operation: Examples, valueOf: (example: Example) => string | undefined) {
  return examplesObject(successful(operation).slice(0, 1), valueOf);
}

function examplesObject(examples: readonly Example[], valueOf: (example: Example) => unknown): ExamplesObject {
  const given = examples.flatMap((example) => {
    const value = valueOf(example);
    return value === undefined ? [] : [[example.name, { summary: example.summary, value }] as const];
  });
  return given.length === 0 ? {} : { examples: Object.fromEntries(given) };
}

/** An example's request in Markdown, to be shown with its response. */
export function requestText({ method, path }: Route, { path: parameters = {}, query, body }: Example): string {
  const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '') + search;
  const request = `The response to \`${method.toUpperCase()} ${target}\``;
  return body === undefined ? `${request}.` : `${request} with this body:\n\n${fenced(body)}`;
}

function fenced(body: object): string {
  return ['```json', JSON.stringify(body, null, 2), '```'].join('\n');
}
