import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GUARDS } from './guards.ts';
import { ScratchCopy } from './scratch-copy.ts';

let copy: ScratchCopy;
beforeAll(async () => {
  copy = await ScratchCopy.make();
});
afterAll(() => copy.remove());

const PROJECT = path.join(import.meta.dirname, '../..');

it.each(GUARDS)('the guard $id is found once in the code, and its tests are found by their titles', async (guard) => {
  await copy.takeAway([guard.removal]);
  await copy.putBack();
  const missing = guard.tests.filter(
    ({ file, title }) => !hasTitle(fs.readFileSync(path.join(PROJECT, file), 'utf8'), title),
  );
  expect(missing).toEqual([]);
});

/** Literally, or by a part of a title with placeholders (`refuses the amount %j`). */
function hasTitle(text: string, title: string): boolean {
  const templates = [...text.matchAll(/(['`"])(.*?(?:%[sdij]|\$\w).*?)\1/g)].map(([, , template = '']) => template);
  const parts = templates.flatMap((template) => template.replace(/ \([^()]*\)$/, '').split(/%[sdij]|\$[\w.]+/));
  return (
    text.includes(title) || parts.some((part) => part.trim().length > 6 && title.includes(part.trim().slice(0, 20)))
  );
}
