import type { DescriptionController } from './description.controller.ts';
import type { JsonSchema } from './json-schema.ts';
import type { OperationsOf } from './operation.ts';
import { ASSETS } from './page.ts';
import { text } from './view-schema.ts';

const OPENAPI_SCHEMA: JsonSchema = {
  type: 'object',
  properties: { openapi: text('The version of OpenAPI.') },
  required: ['openapi'],
  additionalProperties: true,
};

export const DESCRIPTION_OPERATIONS: OperationsOf<DescriptionController> = {
  document: {
    id: 'getDescription',
    summary: 'Get the API description',
    description: 'Returns the API as OpenAPI 3.1.',
    answers: { 200: { description: 'The document.', schema: OPENAPI_SCHEMA } },
    problems: ['rate_limited'],
    examples: [],
  },
  page: {
    id: 'getPage',
    summary: 'View the API description',
    description: 'A page that shows the API description, with Swagger UI. It loads nothing from elsewhere.',
    answers: { 200: { description: 'The page.', schema: { type: 'string' }, mediaType: 'text/html' } },
    problems: ['rate_limited'],
    examples: [],
  },
  asset: {
    id: 'getPageFile',
    summary: 'Get a file of the page',
    description: 'The scripts and styles of the page.',
    path: {
      file: {
        description: 'The name of the file.',
        schema: { type: 'string', enum: [...ASSETS.keys()] },
        example: 'show.js',
      },
    },
    answers: {
      200: { description: 'The file.', schema: { type: 'string' }, mediaType: 'text/*' },
    },
    problems: ['rate_limited'],
    examples: [],
  },
};
