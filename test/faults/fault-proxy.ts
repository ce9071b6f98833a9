// A proxy on loopback that harms calls on their way to a server: cuts, doubles and delays them.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const FAULTS = [
  /** The connection is cut, and the server sees nothing of the call. */
  "cut before",
  /** The server does the work, and the connection is cut in the place of the answer. */
  "cut after",
  /** Half of the answer arrives. */
  "cut within",
  /** The server gets the call twice at the same time. */
  "twice",
  /** The server gets the call once more, after it was answered. */
  "twice later",
  /** The call reaches the server late. */
  "delay",
  /** The answer comes when the client has given up waiting for it. */
  "late answer",
  /** The connection is cut, and the call reaches the server all the same, after the client has repeated it. */
  "cut, then late",
] as const;
export type Fault = (typeof FAULTS)[number];

/** The method, and the path with what differs from run to run as `*`. */
export type CallName = string;

export interface FaultProxy {
  /** Ends in `/api`. */
  url: string;
  /** Says what happens to a call; `count` is 1 for the first of its name since `restart`. */
  choose: (name: CallName, count: number) => Fault | undefined;
  /** The names of all calls since `restart`, in the order of their arrival. */
  readonly calls: readonly CallName[];
  restart(): void;
  /** Resolves when nothing is under way, other than calls that wait for something to happen. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultTimes {
  delayMs: number;
  /** Longer than the client's patience for an answer. */
  lateAnswerMs: number;
}

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

interface Got {
  status: number;
  headers: [string, string][];
  body: Buffer;
}

/** Calls that go through it are otherwise as they are. `target` ends in `/api`. */
export async function startFaultProxy(target: string, { delayMs, lateAnswerMs }: FaultTimes): Promise<FaultProxy> {
  const origin = new URL(target).origin;
  const counts = new Map<CallName, number>();
  const underWay = new Set<Promise<unknown>>();
  let calls: CallName[] = [];

  async function forward({ method, path, headers, body }: Sent): Promise<Got> {
    const given = { method, headers, decompress: false, ...(method === "GET" ? {} : { body: new Uint8Array(body) }) };
    const response = await fetch(`${origin}${path}`, given);
    const kept = [...response.headers].filter(
      ([name]) => !/^(connection|transfer-encoding|content-length)$/.test(name),
    );
    return { status: response.status, headers: kept, body: Buffer.from(await response.arrayBuffer()) };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await received(request);
    const name = nameOf(sent);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    calls.push(name);
    const fault = proxy.choose(name, count);
    const cut = () => {
      request.socket.destroy();
    };
    switch (fault) {
      case "cut before":
        return cut();
      case "cut, then late":
        cut();
        await Bun.sleep(delayMs);
        await forward(sent);
        return;
      case "delay":
        await Bun.sleep(delayMs);
        return answer(response, await forward(sent));
      case "twice": {
        const [got] = await Promise.all([forward(sent), forward(sent)]);
        return answer(response, got);
      }
      case "twice later":
        answer(response, await forward(sent));
        await Bun.sleep(delayMs);
        await forward(sent);
        return;
      case "cut after":
        await forward(sent);
        return cut();
      case "cut within":
        return cutWithin(request, await forward(sent));
      case "late answer": {
        const got = await forward(sent);
        await Bun.sleep(lateAnswerMs);
        return answer(response, got);
      }
      default:
        return answer(response, await forward(sent));
    }
  }

  const server = createServer((request, response) => {
    // The server may be away, and the client too.
    const work = serve(request, response).catch(() => request.socket.destroy());
    if (/\bwait=/.test(String(request.headers["prefer"]))) return;
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}/api`,
    choose: () => undefined,
    get calls() {
      return calls;
    },
    restart() {
      counts.clear();
      calls = [];
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return proxy;
}

async function received(request: IncomingMessage): Promise<Sent> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    /^(connection|host|content-length|transfer-encoding)$/.test(name) ? [] : [[name, String(value)]],
  );
  const { method = "GET", url: path = "/" } = request;
  return { method, path, headers: Object.fromEntries(headers), body: Buffer.concat(pieces) };
}

function nameOf({ method, path }: Sent): CallName {
  const [plain = ""] = path.split("?");
  return `${method} ${plain.replace(/[^/]*\d[^/]*/g, "*")}`;
}

function answer(response: ServerResponse, { status, headers, body }: Got): void {
  response.writeHead(status, [...headers, ["content-length", String(body.length)]].flat());
  response.end(body);
}

function cutWithin({ socket }: IncomingMessage, { status, headers, body }: Got): void {
  const lines = [...headers, ["content-length", String(body.length)]].map(([name, value]) => `${name}: ${value}\r\n`);
  const whole = Buffer.concat([Buffer.from(`HTTP/1.1 ${status} OK\r\n${lines.join("")}\r\n`), body]);
  const half = whole.length - Math.max(8, Math.ceil(body.length / 2));
  socket.end(whole.subarray(0, half));
}
