// The Unix socket that forked Python processes connect their output to: two connections each, named by a token in a first line.
import type { Socket } from "bun";
import { isObject, tryParseJson } from "#lib/json.ts";
import { lineSplitter } from "../output-lines.ts";

export interface Attached {
  pid: number;
  /** Lets the process begin. */
  begin(): void;
  /** Ends it, if it has not begun. */
  refuse(): void;
  /** Resolves when both of its streams have ended. */
  printed: Promise<void>;
}

export interface OutputSockets {
  path: string;
  /** Resolves once both streams of the process with this token are there. */
  expect(token: string, output: (line: string) => void): Promise<Attached>;
  /** It is not expected any more. */
  forget(token: string): void;
  close(): void;
}

interface Stream {
  header: string;
  lines?: ReturnType<typeof lineSplitter>;
  ended?: () => void;
}

interface Expected {
  output: (line: string) => void;
  /** By their numbers: 1 is the output, 2 the errors. */
  sockets: Map<number, Socket<Stream>>;
  ends: Promise<void>[];
  attached: (attached: Attached) => void;
}

/** A header is short: what sends more is no process of ours. */
const LONGEST_HEADER = 4096;

/** Throws where there can be no such socket. */
export function openOutputSockets(path: string): OutputSockets {
  const expected = new Map<string, Expected>();

  function recognise(socket: Socket<Stream>, header: string): boolean {
    const said = tryParseJson(header);
    const { token, pid, stream } = isObject(said) ? said : {};
    const found = typeof token === "string" ? expected.get(token) : undefined;
    if (!found || typeof pid !== "number" || typeof stream !== "number" || found.sockets.has(stream)) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.data.lines = lineSplitter(found.output);
    socket.data.ended = resolve;
    found.sockets.set(stream, socket);
    found.ends.push(promise);
    if (found.sockets.size < 2) return true;
    found.attached({
      pid,
      begin: () => void found.sockets.get(1)?.write("\n"),
      refuse: () => endAll(found),
      printed: Promise.all(found.ends).then(() => {}),
    });
    return true;
  }

  function take(socket: Socket<Stream>, bytes: Uint8Array): void {
    const { data } = socket;
    if (data.lines) {
      data.lines.push(bytes);
      return;
    }
    data.header += new TextDecoder().decode(bytes);
    const end = data.header.indexOf("\n");
    const isWhole = end >= 0;
    if (!isWhole && data.header.length < LONGEST_HEADER) return;
    // The process prints nothing before it is answered.
    if (!isWhole || !recognise(socket, data.header.slice(0, end))) socket.end();
  }

  const ended = ({ data }: Socket<Stream>) => {
    data.lines?.end();
    data.ended?.();
  };
  const listener = Bun.listen<Stream>({
    unix: path,
    socket: {
      open(socket) {
        socket.data = { header: "" };
      },
      data: take,
      close: ended,
      error: ended,
    },
  });
  listener.unref();

  return {
    path,
    expect(token, output) {
      const { promise, resolve } = Promise.withResolvers<Attached>();
      expected.set(token, { output, sockets: new Map(), ends: [], attached: resolve });
      return promise;
    },
    forget(token) {
      const found = expected.get(token);
      expected.delete(token);
      if (found && found.sockets.size < 2) endAll(found);
    },
    close: () => listener.stop(),
  };
}

function endAll({ sockets }: Expected): void {
  for (const socket of sockets.values()) socket.end();
}
