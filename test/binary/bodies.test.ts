// Bodies that are far too much, sent to the executable: short answers, no page of the runtime, and the memory stays.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createSandbox } from "./sandbox.ts";

/** Of an idle server 60 MB; 64 MB of bodies at most, each a few times its size while it is read. */
const MOST_MEGABYTES = 500;

/** The most memory that the process ever had. Only Linux says it. */
function peakMegabytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** A body in pieces without an end: resolves with what is answered once the server has closed the connection. */
function endless(port: number): Promise<string> {
  const piece = `10000\r\n${" ".repeat(0x10000)}\r\n`;
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write("POST /api/logs/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      more();
    });
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on("drain", more);
    socket.on("data", (chunk) => (answer += String(chunk)));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

test("R4, R6, R19: bodies that are far too much are refused shortly, and take little memory", async () => {
  const sandbox = createSandbox();
  try {
    const server = sandbox.start(["server", "start", "--port", "0"]);
    const url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
    const send = async (path: string, body: string) => {
      const answer = await fetch(`${url}/api${path}`, { method: "POST", body });
      const text = await answer.text();
      return { status: answer.status, isShort: text.length < 50_000, isJson: text.startsWith("{") };
    };
    const repeated = (unit: string, times: number) => `[${Array(times).fill(unit).join(",")}]`;
    const refused = (status: number) => ({ status, isShort: true, isJson: true });
    expect(await send("/logs/", repeated("{}", 50_000))).toEqual(refused(422));
    expect(await send("/logs/", repeated("{}", 290_000))).toEqual(refused(422));
    expect(await send("/logs/", repeated('{"a":1}', 900_000))).toEqual(refused(422));
    expect(await send("/logs/", `["${"x".repeat(7_000_000)}`)).toEqual(refused(422));
    expect(await send("/flow_runs/filter", "[".repeat(50_000) + "]".repeat(50_000))).toEqual(refused(422));
    expect(await send("/flow_runs/filter", '["'.repeat(50_000))).toEqual(refused(422));
    const answers = await Promise.all(Array.from({ length: 10 }, () => endless(Number(new URL(url).port))));
    for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 (413|503) .*{"detail":"[^"]*"}|)$/s);
    expect(await (await fetch(`${url}/api/health`)).json()).toBe(true);
    if (process.platform === "linux") expect(peakMegabytes(server.pid)).toBeLessThan(MOST_MEGABYTES);
    expect(server.output()).not.toContain("failed");
  } finally {
    await sandbox.close();
  }
}, 60_000);
