import fs from 'node:fs';
import path from 'node:path';

/**
 * The fenced blocks of docs/guide.md, by what stands behind the language:
 * - `sh run`: commands, run in order in one shell;
 * - `sh skip="why"`: commands that cannot be run in a test, with the reason;
 * - `ini file=/path`, `nginx file=/path`: what that file has to hold.
 */
export type Block = { line: number; text: string } & (
  { kind: 'run' } | { kind: 'skip'; reason: string } | { kind: 'file'; path: string }
);

const GUIDE = path.join(import.meta.dirname, '../../docs/guide.md');

/** @throws for a block that says neither */
export function readBlocks(guide = fs.readFileSync(GUIDE, 'utf8')): Block[] {
  return [...guide.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(({ 1: info = '', 2: text = '', index }) => {
    const block = { line: guide.slice(0, index).split('\n').length, text };
    const [, reason] = /^sh skip="(.+)"$/.exec(info) ?? [];
    const [, file] = /^(?:ini|nginx) file=(\/\S+)$/.exec(info) ?? [];
    if (info === 'sh run') return { ...block, kind: 'run' };
    if (reason) return { ...block, kind: 'skip', reason };
    if (file) return { ...block, kind: 'file', path: file };
    throw new Error(`docs/guide.md:${block.line}: a block says neither run, skip="why" nor file=/path: ${info}`);
  });
}

export function fileOf(name: string): string {
  const block = readBlocks().find((each) => each.kind === 'file' && each.path.endsWith(`/${name}`));
  if (!block) throw new Error(`The guide has no file ${name}`);
  return block.text;
}
