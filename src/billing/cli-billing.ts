import { parseArgs } from 'node:util';
import { isDay, systemClock } from '../clock.ts';
import { ConfigurationError } from '../config.ts';
import { showProgress } from '../db/progress-bar.ts';
import { runCli } from '../db/run-cli.ts';
import { BILLING_ACTIONS } from './billing-step.ts';
import { runBilling } from './run-billing.ts';

const { values } = parseArgs({ options: { date: { type: 'string' } } });

/** Runs the billing calendar up to a day, today unless another is named; exit code 1 when somebody's orders failed. */
await runCli(async ({ db }, config) => {
  const clock = systemClock(config.timeZone);
  const day = values.date ?? clock.today();
  if (!isDay(day)) throw new ConfigurationError('Usage: npm run billing [-- --date YYYY-MM-DD]');
  if (config.production && day > clock.today())
    throw new ConfigurationError(`${day} is still to come; in production nobody is billed ahead of time.`);
  const { runId, days, counts, failures } = await runBilling(db, clock, config.seller, {
    day,
    startedBy: 'command_line',
    onProgress: ({ day: at, nth, days: all, step, done, total }) =>
      all === 1 ? showProgress(done, total, step) : showProgress(nth - 1, all, `days; ${at} ${step} ${done}`),
  });
  if (days.length > 1) showProgress(days.length, days.length, 'days');
  const what = BILLING_ACTIONS.filter((action) => counts[action]).map(
    (action) => `${action} ${counts[action]}`,
  );
  console.log(
    `Run ${runId}, ${days.length === 1 ? day : `${days[0]} to ${day}`}: ${what.join(', ') || 'nothing to do'}`,
  );
  if (failures === 0) return;
  const failed = await db('billing_failures').where({ run_id: runId }).orderBy('id').limit(20);
  for (const { step, customer_id, subject_id, message } of failed)
    console.error(`FAILED ${step} of customer ${customer_id} (${subject_id}): ${message}`);
  process.exitCode = 1;
});
