import pLimit from 'p-limit';
import type { Guard, NamedTest } from './guard.ts';
import { GUARDS } from './guards.ts';
import { runTests, type Verdict } from './run-tests.ts';
import { NotFoundOnce, ScratchCopy } from './scratch-copy.ts';

/** Takes each guard of money away in a copy of the project, and expects the tests that are named for it to go red. */
const AT_ONCE = 2;

const titleOf = ({ file, title }: NamedTest) => `${file}: ${title}`;
const listed = (tests: NamedTest[]) => tests.map((test) => `\n  ${titleOf(test)}`).join('');

const args = process.argv.slice(2);
const chosen = GUARDS.filter(({ id }) => args.length === 0 || args.includes(id));
const unknown = args.filter((id) => id !== '--list' && !GUARDS.some((guard) => guard.id === id));

if (args.includes('--list')) for (const { id, guards } of GUARDS) console.log(`${id.padEnd(34)} ${guards}`);
else if (unknown.length > 0) {
  console.error(`There is no guard ${unknown.join(', ')}; npm run guards -- --list names them`);
  process.exitCode = 1;
} else process.exitCode = (await isGreenUntouched(chosen)) && (await areAllMissed(chosen)) ? 0 : 1;

/** A test that is red anyway, or absent, would say nothing of its guard. */
async function isGreenUntouched(guards: Guard[]): Promise<boolean> {
  const copy = await ScratchCopy.make();
  try {
    const tests = guards.flatMap((guard) => guard.tests);
    const { verdictOf, output } = await runTests(copy.folder, tests);
    const wrong = tests.filter((test) => verdictOf(test) !== 'passed');
    for (const line of new Set(wrong.map((test) => `${verdictOf(test)}: ${titleOf(test)}`)))
      console.log(`With every guard in place ${line}`);
    if (wrong.length === tests.length) console.log(output);
    else if (wrong.length === 0) console.log(`${tests.length} tests are green with every guard in place`);
    return wrong.length === 0;
  } finally {
    await copy.remove();
  }
}

/** Prints a line for each guard. @returns whether the tests noticed that each was missing */
async function areAllMissed(guards: Guard[]): Promise<boolean> {
  const copies = await Promise.all(Array.from({ length: AT_ONCE }, () => ScratchCopy.make()));
  const bad: string[] = [];
  try {
    await pLimit(AT_ONCE).map(guards, async (guard) => {
      const copy = copies.pop() as ScratchCopy;
      const began = Date.now();
      const { verdict, words } = await takeAway(copy, guard);
      copies.push(copy);
      if (verdict !== 'red') bad.push(guard.id);
      console.log(`${guard.id.padEnd(34)} ${verdict.padEnd(11)} ${Math.round((Date.now() - began) / 1000)} s${words}`);
    });
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()));
  }
  console.log(`${guards.length - bad.length} of ${guards.length} guards are missed by a test`);
  if (bad.length > 0) console.log(`Not: ${bad.join(', ')}`);
  return bad.length === 0;
}

type Outcome = 'red' | 'GREEN' | 'not found' | 'broken' | 'not doubled';

async function takeAway(copy: ScratchCopy, guard: Guard): Promise<{ verdict: Outcome; words: string }> {
  const other = GUARDS.find(({ id }) => id === guard.doubledBy?.id);
  try {
    if (guard.doubledBy) {
      if (!other) return { verdict: 'not found', words: `\n  there is no guard ${guard.doubledBy.id}` };
      // Otherwise the tests would prove nothing about this guard: removing the other alone turns them red.
      const { red } = await tryWithout(copy, [other], guard.tests);
      if (red.length > 0) return { verdict: 'not doubled', words: listed(red) };
    }
    const { green, absent, output } = await tryWithout(copy, other ? [guard, other] : [guard], guard.tests);
    if (green.length > 0) return { verdict: 'GREEN', words: listed(green) };
    // No test failed: the changed code or SQL does not even run.
    if (absent.length > 0) return { verdict: 'broken', words: `\n${output.slice(-3000)}` };
    return { verdict: 'red', words: '' };
  } catch (error) {
    if (!(error instanceof NotFoundOnce)) throw error;
    return { verdict: 'not found', words: `\n  ${error.message}` };
  }
}

async function tryWithout(copy: ScratchCopy, guards: Guard[], tests: NamedTest[]) {
  try {
    await copy.takeAway(guards.map(({ removal }) => removal));
    const { verdictOf, output } = await runTests(copy.folder, tests);
    const those = (verdict: Verdict) => tests.filter((test) => verdictOf(test) === verdict);
    return { red: those('failed'), green: those('passed'), absent: those('absent'), output };
  } finally {
    await copy.putBack();
  }
}
