import type { DescriptionController } from './description.controller.ts';
import type { JsonSchema } from './json-schema.ts';
import type { OperationsOf } from './operation.ts';
import type { LINKS } from './links.ts';
import { ASSETS } from './page.ts';
import { text, viewSchema } from './view-schema.ts';

const OPENAPI_SCHEMA: JsonSchema = {
  type: 'object',
  properties: { openapi: text('The version of OpenAPI.') },
  required: ['openapi'],
  additionalProperties: true,
};

const LINKS_SCHEMA = viewSchema<typeof LINKS>('What the service offers.', {
  name: text('The name of the product.'),
  documentation: text('The API description as a page.'),
  description: text('The API description for programs.'),
  guides: { type: 'array', items: text('A guide.'), description: 'The guides, as pages.' },
  health: text('Whether the service can serve requests.'),
});

export const DESCRIPTION_OPERATIONS: OperationsOf<DescriptionController> = {
  root: {
    id: 'getRoot',
    summary: 'Get links to the documentation',
    description: 'Tells what the service offers. A browser is sent to the page.',
    answers: {
      200: { description: 'Links, as paths on this service.', schema: LINKS_SCHEMA },
      302: {
        description: 'To the page, for clients that accept HTML.',
        headers: { Location: { description: 'The path of the page.', schema: { type: 'string' } } },
      },
    },
    examples: [{ name: 'links', summary: 'The links' }],
  },
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
    summary: 'Get a guide, or a file of the page',
    description: 'The guides as pages, like `/docs/concepts`, and the scripts and styles that the pages load.',
    path: {
      file: {
        description: 'The name of the file.',
        schema: { type: 'string', enum: [...ASSETS.keys()] },
        example: 'concepts',
      },
    },
    answers: {
      200: { description: 'The file.', schema: { type: 'string' }, mediaType: 'text/*' },
    },
    problems: ['rate_limited'],
    examples: [],
  },
};
