import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { CREDIT_PACKAGE } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { CreditPackagesController } from './credit-packages.controller.ts';

const PATH = {
  id: { description: 'The package’s id.', schema: { type: 'string', pattern: idPattern('creditPackage') } },
} as const;
const THE_PACKAGE: AnswerDescription = { description: 'The package.', schema: ref('CreditPackage') };
const AT = { id: CREDIT_PACKAGE };

export const CREDIT_PACKAGE_OPERATIONS: OperationsOf<CreditPackagesController> = {
  create: {
    id: 'createCreditPackage',
    summary: 'Create a credit package',
    description: 'Creates a package of credits that accounts can buy with a top-up.',
    answers: { 201: THE_PACKAGE },
    examples: [
      {
        name: 'with_a_bonus',
        summary: 'A thousand credits and a hundred more',
        idempotencyKey: 'package-of-1000',
        body: { name: '1,000 credits', credits: '1000', bonus_credits: '100', price: '9.50', currency: 'USD' },
        ids: [CREDIT_PACKAGE],
      },
      {
        name: 'several_faults',
        summary: 'A fraction of a yen, and no credits',
        body: { name: '1,000 credits', credits: '0', price: '9.50', currency: 'JPY' },
      },
    ],
  },
  list: {
    id: 'listCreditPackages',
    summary: 'List credit packages',
    description: 'Lists the environment’s packages, newest first, those that are archived too.',
    answers: { 200: { description: 'A page of packages.', schema: listSchema(ref('CreditPackage')) } },
    examples: [{ name: 'first_page', summary: 'The packages of the environment' }],
  },
  find: {
    id: 'getCreditPackage',
    summary: 'Get a credit package',
    description: 'Returns the package.',
    path: PATH,
    answers: { 200: THE_PACKAGE },
    problems: ['credit_package_not_found'],
    examples: [{ name: 'with_a_bonus', summary: 'A package', path: AT }],
  },
  update: {
    id: 'updateCreditPackage',
    summary: 'Update a credit package',
    description:
      'Changes what is given of the package, for purchases to come; what was bought keeps its terms. A package is archived with `archived: true`: then nobody can buy it.',
    path: PATH,
    answers: { 200: THE_PACKAGE },
    problems: ['credit_package_not_found'],
    examples: [
      { name: 'another_price', summary: 'Another price', path: AT, body: { price: '9' } },
      { name: 'sold_no_longer', summary: 'A package that is sold no longer', path: AT, body: { archived: true } },
    ],
  },
};
