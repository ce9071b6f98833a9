// What asks a command to stop that goes on for long.
import { expect, test } from "bun:test";
import { resolve } from "node:path";

const PROGRAM = `
  const { watchInterrupts } = await import(${JSON.stringify(resolve("src/cli/terminal/interrupts.ts"))});
  const { first, second } = watchInterrupts();
  first.then(() => console.log("first"));
  second.then(() => process.exit(2));
  console.log("ready");
  for await (const line of console) if (line === "end") process.exit(0);
`;

/** What is printed, and the exit code, when a process gets the signals one after the other. */
async function signalled(signals: readonly NodeJS.Signals[], shell = "exec") {
  const child = Bun.spawn(["sh", "-c", `${shell} "$0" -e "$1"`, process.execPath, PROGRAM], {
    ...{ stdin: "pipe", stdout: "pipe" },
  });
  const reader = child.stdout.getReader();
  let printed = "";
  const until = async (text: string) => {
    while (!printed.includes(text)) {
      const { done, value } = await reader.read();
      if (done) return;
      printed += new TextDecoder().decode(value);
    }
  };
  await until("ready");
  for (const signal of signals) {
    child.kill(signal);
    if (signal === signals[0] && shell === "exec") await until("first");
  }
  // A process that goes on is ended by this line.
  if (signals.every((signal) => signal === "SIGHUP")) child.stdin.write("end\n");
  child.stdin.flush();
  return [printed.replace("ready\n", ""), await child.exited];
}

const CASES: [signals: NodeJS.Signals[], printed: string, code: number][] = [
  [["SIGINT", "SIGINT"], "first\n", 2],
  [["SIGTERM", "SIGINT"], "first\n", 2],
  [["SIGHUP", "SIGTERM"], "first\n", 2],
  [["SIGHUP", "SIGINT"], "first\n", 2],
  [["SIGHUP", "SIGHUP", "SIGHUP"], "first\n", 0],
];
for (const [signals, printed, code] of CASES) {
  test(`C7: ${signals.join(", ")}: ${code === 2 ? "stops at once" : "is one request to stop"}`, async () => {
    expect(await signalled(signals)).toEqual([printed, code]);
  });
}

test("C7: what was started to outlive its terminal is not stopped with it", async () => {
  expect(await signalled(["SIGHUP"], "trap '' HUP; exec")).toEqual(["", 0]);
});
