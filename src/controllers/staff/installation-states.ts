import type { Day } from '../../platform/clock.ts';
import { findLastBackup, type LastBackup } from '../../platform/backup/backup-queries.ts';
import { type BillingRun, listBillingRuns } from '../../domain/billing/run-queries.ts';
import { listLastFetches, type LastFetch } from '../../domain/rates/rate-queries.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { getMailState, type MailState } from '../../domain/desk/work-list-queries.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';

/** A part of the installation: how it is, and how old that is. */
export interface PartState {
  part: 'billing' | 'rates' | 'mail' | 'backup';
  isGood: boolean;
  text: string;
  age: string;
  /** Where more is said; null where nothing is. */
  href: string | null;
}

const HOUR = 3_600_000;
/** Milliseconds from which a part deserves a look: a night has been left out. */
const OLD = 36 * HOUR;

/** How the daily run, rates, mail and backups are; each where the viewer may look into it. */
export async function installationStates(
  { db, clock, config, viewer }: StaffRequest,
  table: RateTable,
  helpers: ViewHelpers,
): Promise<PartState[]> {
  const now = clock.now();
  const reader: StateReader = {
    helpers,
    ageOf: (at) => (at ? helpers.ageText(now.getTime() - at.getTime()) : ''),
    isRecent: (at) => at !== null && now.getTime() - at.getTime() < OLD,
  };
  const [runs, fetches, mail, backup] = await Promise.all([
    listBillingRuns(db, { limit: 1, offset: 0 }),
    listLastFetches(db),
    getMailState(db, now),
    // A database of one’s own is backed up elsewhere.
    config.databaseUrl === undefined ? findLastBackup(db) : undefined,
  ]);
  return [
    viewer.rights.has('billing:view') && billingState(runs[0], reader),
    viewer.rights.has('rates:view') && ratesState(fetches, table, config.ratesMaxAgeDays, reader),
    mailState(mail, reader),
    backup !== undefined && backupState(backup, reader),
  ].filter((state) => state !== false);
}

interface StateReader {
  helpers: ViewHelpers;
  ageOf: (at: Date | null) => string;
  isRecent: (at: Date | null) => boolean;
}

function billingState(run: BillingRun | undefined, { helpers: { t }, ageOf, isRecent }: StateReader): PartState {
  if (!run)
    return { part: 'billing', isGood: false, text: t('staff.billing.empty.no_runs'), age: '', href: '/staff/billing' };
  const { id, state, failures, finishedAt, startedAt } = run;
  return {
    part: 'billing',
    isGood: state !== 'interrupted' && failures === 0 && isRecent(startedAt),
    text: failures > 0 ? t('staff.billing.failures', { count: failures }) : t(`terms.billing_run_state.${state}`),
    age: ageOf(finishedAt ?? startedAt),
    href: `/staff/billing/${id}`,
  };
}

function ratesState(
  fetches: LastFetch[],
  table: RateTable,
  maxAgeDays: number,
  { helpers: { t, dayText }, ageOf }: StateReader,
): PartState {
  const date = oldestRate(table);
  const [first] = fetches.map(({ at }) => at).toSorted((a, b) => a.getTime() - b.getTime());
  const isOld = table.currencies.enabled.some(
    ({ code }) => !table.has(code) || table.ageInDays(code, table.currencies.enabled[0]?.code ?? code) > maxAgeDays,
  );
  return {
    part: 'rates',
    isGood: !isOld && fetches.every(({ failure }) => failure === null),
    text: date ? t('staff.work.rates_of', { day: dayText(date) }) : t('staff.work.no_rates'),
    age: ageOf(first ?? null),
    href: '/staff/rates',
  };
}

function mailState(
  { sent, waiting, lastSentAt }: MailState,
  { helpers: { t, countText }, ageOf, isRecent }: StateReader,
): PartState {
  return {
    part: 'mail',
    isGood: waiting === 0 || isRecent(lastSentAt),
    text: t('staff.work.mail_sent', { sent: countText(sent), waiting: countText(waiting) }),
    age: ageOf(lastSentAt),
    href: null,
  };
}

function backupState(backup: LastBackup | null, { helpers: { t }, ageOf, isRecent }: StateReader): PartState {
  return {
    part: 'backup',
    isGood: backup !== null && backup.isGood && isRecent(backup.at),
    text: t(`staff.work.backup_${backup === null ? 'none' : backup.isGood ? 'good' : 'failed'}`),
    age: ageOf(backup?.at ?? null),
    href: null,
  };
}

/** The oldest of the rates in force; null where there are none. */
export function oldestRate(table: RateTable): Day | null {
  const days = table.currencies.enabled.flatMap(({ code }) =>
    table.has(code) ? (table.storedRate(code)?.effectiveOn ?? []) : [],
  );
  return days.toSorted()[0] ?? null;
}
