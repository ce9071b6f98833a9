// A load generator in a process of its own: `bun load.ts <load.json` keeps connections busy for a bounded time and count, and
// prints what it saw as JSON. Raw sockets: a request costs about 10 µs here, so the server is what is measured.
import { percentile } from "./stats.ts";

export interface Load {
  port: number;
  method: string;
  path: string;
  body?: unknown;
  connections: number;
  seconds: number;
  most: number;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  p50: number;
  p99: number;
  failed: number;
}

/** Runs the generator and gives its result. */
export async function generateLoad(load: Load): Promise<LoadResult> {
  const child = Bun.spawn([process.execPath, import.meta.path], {
    stdin: new Blob([JSON.stringify(load)]),
    stdout: "pipe",
    stderr: "inherit",
    timeout: (load.seconds + 60) * 1000,
  });
  const output = await new Response(child.stdout).text();
  return JSON.parse(output) as LoadResult; // printed below
}

interface Connection {
  buffer: Buffer;
  sent: number;
  status: number;
  /** Bytes of the answer that are still to come. */
  left: number;
}

export async function fire(load: Load): Promise<LoadResult> {
  const body = load.body === undefined ? "" : JSON.stringify(load.body);
  const head = `${load.method} ${load.path} HTTP/1.1\r\nHost: 127.0.0.1:${load.port}\r\nAccept: application/json\r\n`;
  const request = Buffer.from(
    `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const times: number[] = [];
  let failed = 0;
  let started = 0;
  const begin = performance.now();
  const isOver = () => started >= load.most || performance.now() - begin >= load.seconds * 1000;

  const one = () =>
    new Promise<void>((resolve) => {
      const connection: Connection = { buffer: Buffer.alloc(0), sent: 0, status: 0, left: 0 };
      const send = (socket: { write(data: Buffer): number; end(): void }) => {
        if (isOver()) return socket.end();
        started += 1;
        connection.sent = performance.now();
        socket.write(request);
      };
      Bun.connect({
        hostname: "127.0.0.1",
        port: load.port,
        socket: {
          open: send,
          data(socket, chunk) {
            // Once the length is known the rest is only counted: an answer of 300 KB costs no copy.
            if (connection.left > 0) connection.left -= chunk.length;
            else {
              const { buffer } = connection;
              connection.buffer = buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([buffer, chunk]);
              const answer = answerIn(connection.buffer);
              if (!answer) return;
              connection.left = answer.left;
              connection.status = answer.status;
            }
            if (connection.left > 0) return;
            times.push(performance.now() - connection.sent);
            if (connection.status >= 300) failed += 1;
            connection.buffer = Buffer.alloc(0);
            send(socket);
          },
          close: () => resolve(),
          error: () => resolve(),
          connectError: () => resolve(),
        },
      }).catch(() => resolve());
    });

  await Promise.all(Array.from({ length: load.connections }, one));
  const seconds = (performance.now() - begin) / 1000;
  return { requests: times.length, seconds, p50: percentile(times, 0.5), p99: percentile(times, 0.99), failed };
}

/** The answer that has begun, with the bytes that are still to come; `undefined` until that can be told. */
export function answerIn(buffer: Buffer): { status: number; left: number } | undefined {
  const end = buffer.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = buffer.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const length = /content-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return { status, left: end + 4 + Number(length) - buffer.length };
  return buffer.subarray(-5).toString("latin1") === "0\r\n\r\n" ? { status, left: 0 } : undefined;
}

if (import.meta.main) {
  const load = (await Bun.stdin.json()) as Load; // given by generateLoad
  console.log(JSON.stringify(await fire(load)));
}
