import fs from 'node:fs';
import net from 'node:net';

export interface Server {
  port: number;
  pid: number;
}

export interface Rate {
  /** Answers a second. */
  perSecond: number;
  /** Milliseconds of the server's CPU for each answer, user and system; null where /proc does not tell. */
  cpuMs: number | null;
}

/**
 * Asks a local server for one page again and again. It parses as little as it can, since it shares the machine with
 * the server that it measures.
 */
export async function load(
  server: Server,
  { path, cookie, connections, seconds }: { path: string; cookie: string; connections: number; seconds: number },
): Promise<Rate> {
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nCookie: ${cookie}\r\n\r\n`;
  const cpuBefore = cpuOf(server.pid);
  const began = performance.now();
  const until = began + seconds * 1000;
  const answers = await Promise.all(Array.from({ length: connections }, () => askUntil(until, server.port, request)));
  const count = answers.reduce((sum, each) => sum + each, 0);
  const cpuAfter = cpuOf(server.pid);
  return {
    perSecond: (count * 1000) / (performance.now() - began),
    cpuMs: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / count,
  };
}

/** @returns how many were answered 200 on one connection */
function askUntil(until: number, port: number, request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    socket.setNoDelay(true);
    let answered = 0;
    let missing = -1;
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (missing < 0) {
        const head = chunk.indexOf('\r\n\r\n');
        const headers = chunk.toString('latin1', 0, head);
        const length = /^content-length: (\d+)/im.exec(headers)?.[1];
        if (head < 0 || length === undefined || !headers.startsWith('HTTP/1.1 200'))
          return void socket.destroy(new Error(`Answered ${headers.slice(0, 300)}`));
        missing = Number(length) + head + 4;
      }
      missing -= chunk.length;
      if (missing > 0) return;
      answered++;
      missing = -1;
      if (performance.now() < until) return void socket.write(request);
      socket.end(() => resolve(answered));
    });
  });
}

const CLOCK_TICK_MS = 10;

/** Milliseconds of CPU that a process has used, from /proc/PID/stat. */
function cpuOf(pid: number): number | null {
  const file = `/proc/${pid}/stat`;
  if (!fs.existsSync(file)) return null;
  // The second field is the program's name, which may have spaces in it.
  const [, fields = ''] = fs.readFileSync(file, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) * CLOCK_TICK_MS;
}

/** Megabytes of memory that a process holds now, and held at most; null where /proc does not tell. */
export function memoryOf(pid: number): { now: number; most: number } | null {
  const file = `/proc/${pid}/status`;
  if (!fs.existsSync(file)) return null;
  const text = fs.readFileSync(file, 'utf8');
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}
