import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const specsAndTests = ['**/*.spec.ts', 'test/**/*.ts'];

/** Handing the whole environment on to a child process, as a spread, reads nothing of it. */
const environment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]:not(SpreadElement > MemberExpression)',
  message: 'Read the environment in libs/config, which validates it and reports all its faults at once.',
};

/** The ways by which an amount could become a float. */
const floats = [
  'CallExpression[callee.name="parseFloat"]',
  'MemberExpression[object.name="Number"][property.name="parseFloat"]',
  'MemberExpression[property.name="toNumber"]',
  'UnaryExpression[operator="+"]',
].map((selector) => ({
  selector,
  message: 'No float touches an amount: compute with Decimal, and keep the amount a string outside.',
}));

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.purser/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', environment],
      // A Nest module is a class without members, and so is a request body without fields.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-invalid-void-type': ['error', { allowInGenericTypeArguments: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Nest's option bags and request bodies are classes by name, plain objects by use.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['libs/amounts/**/*.ts', 'libs/pricing/**/*.ts', 'libs/ledger/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', environment, ...floats] },
  },
  { files: ['libs/config/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['apps/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    // A spec reads top to bottom as one long list of guarantees.
    files: specsAndTests,
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off', 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
