import { defineConfig } from 'vitest/config';
import tests from '../vitest.config.ts';

/** The pictures of the documents. */
export default defineConfig({
  ...tests,
  test: { ...tests.test, include: ['test/screenshots/**/*.test.ts'], exclude: [], fileParallelism: false },
});
