import { type Clock, dayOf } from '../../src/platform/clock.ts';

/** Any day will do, as long as it is always the same. */
export const NOW = '2026-03-10T12:00:00Z';

/** A clock that tests move. */
export class TestClock implements Clock {
  #now = new Date(NOW);
  readonly timeZone: string;

  constructor(timeZone: string) {
    this.timeZone = timeZone;
  }

  now() {
    return new Date(this.#now);
  }

  today() {
    return dayOf(this.#now, this.timeZone);
  }

  set(moment: string) {
    this.#now = new Date(moment);
  }

  advanceSeconds(seconds: number) {
    this.advanceMinutes(seconds / 60);
  }

  advanceMinutes(minutes: number) {
    this.#now = new Date(this.#now.getTime() + minutes * 60_000);
  }
}
