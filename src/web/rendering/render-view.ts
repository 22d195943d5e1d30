import path from 'node:path';
import ejs from 'ejs';
import { escapeHtml } from './view-helpers.ts';

const VIEWS = path.join(import.meta.dirname, '../../../views');

/** Renders a view, then the layout around it. `cache` keeps compiled views: outside development. */
export async function renderView(
  view: string,
  locals: Record<string, unknown>,
  { layout, cache }: { layout: string; cache: boolean },
): Promise<string> {
  const options: ejs.Options = {
    root: VIEWS,
    views: [VIEWS],
    strict: true,
    rmWhitespace: true,
    localsName: 'it',
    escape: escapeHtml,
    cache,
  };
  const body = await ejs.renderFile(path.join(VIEWS, `${view}.ejs`), locals, options);
  return ejs.renderFile(path.join(VIEWS, `layouts/${layout}.ejs`), { ...locals, body }, options);
}
