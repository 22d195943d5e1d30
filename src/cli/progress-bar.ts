const WIDTH = 30;

/** A bar on the terminal that is drawn over itself; a plain line for each whole where the output is no terminal. */
export function showProgress(done: number, total: number, words: string): void {
  const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total);
  const line = `[${'█'.repeat(filled)}${'·'.repeat(WIDTH - filled)}] ${done} / ${total} ${words}`;
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}${done === total ? '\n' : ''}`);
  else if (done === total) process.stdout.write(`${line}\n`);
}
