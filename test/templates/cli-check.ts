import path from 'node:path';
import { checkViews } from './check.ts';
import { PROJECT } from './declaration.ts';

const faults = checkViews(path.join(PROJECT, 'views'), path.join(PROJECT, 'node_modules/.cache/views'));
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
