import { runCli } from './run-cli.ts';

await runCli(async () => console.log('The schema is up to date.'));
