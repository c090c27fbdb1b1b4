/** One configuration for every spec: unit specs beside the code, the rest under test/. */
export default {
  testEnvironment: 'node',
  // `#ledger` and its like resolve through package.json "imports", to the sources instead of dist/.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/migrations', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          experimental: { keepImportAttributes: true },
          // Nest injects by the types that decorators leave behind, and by class names.
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/jest-global-setup.ts',
  globalTeardown: '<rootDir>/test/support/jest-global-teardown.ts',
  // What takes a second may take many where others keep the machine busy. A spec that fails for its time says what it waits for.
  testTimeout: 120_000,
  maxWorkers: 2,
  // A process keeps the modules of every spec that it has run. With gigabytes of them, each collection of garbage takes seconds.
  workerIdleMemoryLimit: '1GB',
};
