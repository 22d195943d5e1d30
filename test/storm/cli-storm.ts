import { parseArgs } from 'node:util';
import { showProgress } from '../../src/cli/progress-bar.ts';
import { FAULTS } from './faults.ts';
import { Storm } from './storm.ts';

/**
 * `npm run storm`: payments by the dozen while the application and its database are killed, frozen, restarted and
 * left without connections, as often as is wanted. Exit code 1 when anything did not happen exactly once.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  console.error('Usage: npm run storm [-- --rounds N --seed N]');
  process.exit(1);
}

const storm = await Storm.start(seed);
const played = new Map<string, { rounds: number; unanswered: number }>();
const violations: string[] = [];
try {
  await storm.play(null);
  for (let round = 0; round < rounds; round++) {
    const fault = FAULTS[round % FAULTS.length] ?? FAULTS[0];
    const outcome = await storm.play(fault);
    const soFar = played.get(fault) ?? { rounds: 0, unanswered: 0 };
    const unanswered = soFar.unanswered + 64 - outcome.answeredAtOnce;
    played.set(fault, { rounds: soFar.rounds + 1, unanswered });
    violations.push(...outcome.violations.map((words) => `round ${round + 1}, ${fault}: ${words}`));
    showProgress(round + 1, rounds, fault);
    if (violations.length > 0) break;
  }
} finally {
  await storm.close();
}
for (const [fault, { rounds: times, unanswered }] of played)
  console.log(`${fault}: ${times} times, ${unanswered} payments had to be sent again`);
for (const violation of violations) console.log(`WRONG  ${violation}`);
console.log(violations.length === 0 ? `Everything happened exactly once (seed ${seed}).` : `Seed ${seed}.`);
process.exitCode = violations.length === 0 ? 0 : 1;
