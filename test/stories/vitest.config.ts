import { defineConfig } from 'vitest/config';
import tests from '../vitest.config.ts';

/** The long ones: a browser that walks through the demo, and processes that are killed again and again. */
export default defineConfig({
  ...tests,
  test: { ...tests.test, include: ['test/stories/**/*.test.ts', 'test/browser/**/*.test.ts'], exclude: [] },
});
