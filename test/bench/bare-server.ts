import { createServer } from 'node:http';
import pg from 'pg';

/** A page without a program: its statements, and what is answered whatever they find. */
export interface BarePage {
  statements: { text: string; values: unknown[] }[];
  body: string;
}

/**
 * The least that any program could do for a page with the same SQL: the statements, prepared, one after the other over
 * one pool, then the same bytes. It is a process of its own, which is told what to serve and says at which port it does.
 */
process.once('message', ({ url, pages }: { url: string; pages: Record<string, BarePage> }) => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const prepared = new Map(
    Object.entries(pages).map(([path, { statements, body }]) => [
      path,
      {
        body: Buffer.from(body),
        statements: statements.map((statement, index) => ({ ...statement, name: `${path}${index}` })),
      },
    ]),
  );
  const server = createServer((req, res) => {
    void (async () => {
      const page = prepared.get(req.url ?? '');
      if (!page) return res.writeHead(404).end();
      const client = await pool.connect();
      for (const statement of page.statements) await client.query(statement);
      client.release();
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': page.body.length });
      res.end(page.body);
    })();
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
});
