import 'reflect-metadata';
import { DESCRIBED_CONTROLLERS } from '../../apps/api/openapi/described-controllers.ts';
import { makeDocument, type OpenApiDocument } from '../../apps/api/openapi/make-document.ts';

type OperationObject = OpenApiDocument['paths'][string][string];

/** An operation of the API, as its description has it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With its parameters in braces. */
  readonly path: string;
  readonly object: OperationObject;
}

export const apiDocument: OpenApiDocument = makeDocument(DESCRIBED_CONTROLLERS);

export const operations: readonly Operation[] = Object.entries(apiDocument.paths).flatMap(([path, byMethod]) =>
  Object.entries(byMethod).map(([method, object]) => ({
    method: method.toUpperCase() as Operation['method'],
    path,
    object,
  })),
);

/** Those whose answer has an end. */
export const finiteOperations = operations.filter(
  ({ object }) => !('text/event-stream' in (object.responses['200']?.content ?? {})),
);

export function operationOf(id: string): Operation {
  const operation = operations.find(({ object }) => object.operationId === id);
  if (!operation) throw new Error(`There is no operation ${id}.`);
  return operation;
}
