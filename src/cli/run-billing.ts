import { parseArgs } from 'node:util';
import { type Clock, type Day, isDay, systemClock } from '../platform/clock.ts';
import { type Config, ConfigurationError } from '../platform/config.ts';
import type { Db } from '../platform/db/database.ts';
import { plainAmount } from '../domain/money/format-money.ts';
import type { Money } from '../domain/money/money.ts';
import { listCurrencies } from '../domain/rates/rate-queries.ts';
import { runBilling } from '../domain/billing/run-billing.ts';
import { simulateBilling } from '../domain/billing/simulate-billing.ts';
import { BILLING_ACTIONS } from '../domain/billing/steps/step.ts';
import { loadSiteConfig } from '../domain/settings/settings-queries.ts';
import { showProgress } from './progress-bar.ts';
import { runCli } from './run-cli.ts';

const USAGE = 'Usage: npm run billing [-- --date YYYY-MM-DD] [--simulate]';

/** Runs the billing calendar up to a day, today unless another is named; exit code 1 when orders failed. */
await runCli(async ({ db }, config) => {
  const { date, simulate } = readOptions();
  const clock = systemClock(config.timeZone);
  const day = date ?? clock.today();
  if (!isDay(day)) throw new ConfigurationError(USAGE);
  if (simulate) return showSimulation(db, clock, config, day);
  if (day > clock.today())
    throw new ConfigurationError(
      `${day} is still to come. With --simulate you see what would happen until then; nothing of it is kept.`,
    );
  await run(db, clock, config, day);
});

function readOptions() {
  try {
    const options = { date: { type: 'string' }, simulate: { type: 'boolean' } } as const;
    return parseArgs({ options }).values;
  } catch {
    throw new ConfigurationError(USAGE);
  }
}

async function run(db: Db, clock: Clock, config: Config, day: Day) {
  const { runId, days, counts, failures } = await runBilling(
    db,
    clock,
    (await loadSiteConfig(db, config, clock.today())).seller,
    {
      day,
      startedBy: 'command_line',
      onProgress: ({ day: at, nth, days: all, step, done, total }) =>
        all === 1 ? showProgress(done, total, step) : showProgress(nth - 1, all, `days; ${at} ${step} ${done}`),
    },
  );
  if (days.length > 1) showProgress(days.length, days.length, 'days');
  const what = BILLING_ACTIONS.filter((action) => counts[action]).map((action) => `${action} ${counts[action]}`);
  console.log(`Run ${runId}, ${span(days)}: ${what.join(', ') || 'nothing to do'}`);
  if (failures === 0) return;
  const failed = await db('billing_failures').where({ run_id: runId }).orderBy('id').limit(20);
  for (const { step, customer_id, subject_id, message } of failed)
    console.error(`FAILED ${step} of customer ${customer_id} (${subject_id}): ${message}`);
  process.exitCode = 1;
}

async function showSimulation(db: Db, clock: Clock, config: Config, day: Day) {
  const { days, customers, actions, failures } = await simulateBilling(
    db,
    clock,
    (await loadSiteConfig(db, config, clock.today())).seller,
    {
      day,
      onProgress: (done, total) => showProgress(done, total, 'customers'),
    },
  );
  const currencies = await listCurrencies(db);
  const written = (total: Money) => `${plainAmount(total, currencies.get(total.currency))} ${total.currency}`;
  for (const { day: at, action, count, total } of actions)
    console.log(`${at}  ${action.padEnd(16)} ${String(count).padStart(7)}  ${total ? written(total) : ''}`.trimEnd());
  console.log(`Simulated ${span(days)} for ${customers} customers, if nobody does anything; nothing of it is kept.`);
  for (const { customerId, step, message } of failures)
    console.error(`WOULD FAIL ${step} of customer ${customerId}: ${message}`);
  if (failures.length > 0) process.exitCode = 1;
}

function span(days: Day[]): string {
  return days.length === 1 ? (days[0] ?? '') : `${days[0]} to ${days.at(-1)}`;
}
