import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { NamedTest } from './guard.ts';
import { literally } from './literally.ts';

/** A longer run is ended; the tests have limits of their own. */
const LONGEST_MINUTES = 15;
/** A test without its guard may wait for ever. */
const TEST_TIMEOUT_MS = 60_000;

export type Verdict = 'passed' | 'failed' | 'absent';

interface Report {
  testResults: {
    name: string;
    /** Why the file could not be run, if it could not. */
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/**
 * Runs the named tests of a copy of the project, and only those.
 * @returns what became of each; absent when none of that title was run, or its file could not even start
 */
export async function runTests(
  folder: string,
  tests: NamedTest[],
): Promise<{ verdictOf: (test: NamedTest) => Verdict; output: string }> {
  const reportFile = path.join(folder, 'report.json');
  await fs.rm(reportFile, { force: true });
  const files = [...new Set(tests.map(({ file }) => file))];
  const titles = [...new Set(tests.map(({ title }) => literally(title)))];
  const output = await vitest(folder, [
    'run',
    '--config',
    'test/vitest.config.ts',
    '--reporter=json',
    `--outputFile=${reportFile}`,
    `--testTimeout=${TEST_TIMEOUT_MS}`,
    '--testNamePattern',
    titles.join('|'),
    ...files,
  ]);
  const report = await readReport(reportFile);
  const complaints = report.testResults.map(({ message }) => message).join('\n');
  return { verdictOf: (test) => verdictIn(report, test), output: output + complaints };
}

function verdictIn(report: Report, { file, title }: NamedTest): Verdict {
  const outcomes = report.testResults
    .filter(({ name }) => name.endsWith(`/${file}`))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName, status }) => fullName.includes(title) && (status === 'passed' || status === 'failed'))
    .map(({ status }) => status);
  if (outcomes.length === 0) return 'absent';
  return outcomes.includes('failed') ? 'failed' : 'passed';
}

async function readReport(file: string): Promise<Report> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as Report;
  } catch {
    return { testResults: [] };
  }
}

/** @returns what it printed */
function vitest(folder: string, args: string[]): Promise<string> {
  const program = path.join(folder, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // As Ctrl+C would end it, so that it stops its database too.
    timeout: LONGEST_MINUTES * 60_000,
    killSignal: 'SIGINT',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
