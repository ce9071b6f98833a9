// `bun run docs:terminal`: runs commands of dist/orch in a terminal and draws what they printed as `docs/terminal.svg`, for
// README.md. It follows the light or dark scheme of the page.
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { createSandbox } from "../binary/sandbox.ts";
import { drawTerminal } from "./terminal-svg.ts";

const COLUMNS = 100;
const COMMANDS = [
  "orch deployment run say-hi/marvin --param name=Ada --watch",
  "orch deployment ls",
  "orch flow-run ls",
];

const sandbox = createSandbox();
try {
  await sandbox.orch(["init", "."]);
  await sandbox.start(["server", "start"], { ORCH_SERVER_API_PORT: "0" }).until(/is running at http/);
  await sandbox.start(["agent", "start", "-q", "test"]).until(/started/i);
  const build = "-n marvin -q test -a --skip-upload --cron";
  await sandbox.orch(["deployment", "build", "flows/marvin.ts:sayHi", ...build.split(" "), "0 9 * * *"]);
  const shown: string[] = [];
  for (const command of COMMANDS)
    shown.push(`\x1b[90m$\x1b[39m \x1b[1m${command}\x1b[22m`, await printedBy(command), "");
  mkdirSync("docs", { recursive: true });
  await Bun.write("docs/terminal.svg", drawTerminal(shown.join("\n"), COLUMNS));
} finally {
  await sandbox.close();
}
console.log("The picture is docs/terminal.svg.");

/** What a command prints in a terminal, with its colours. */
async function printedBy(command: string): Promise<string> {
  const decoder = new TextDecoder();
  let printed = "";
  const child = Bun.spawn(["sh", "-c", command], {
    cwd: sandbox.folder,
    env: { HOME: sandbox.home, PATH: sandbox.path, TERM: "xterm-256color" },
    terminal: {
      ...{ cols: COLUMNS, rows: 50 },
      data(_terminal, bytes) {
        printed += decoder.decode(bytes, { stream: true });
      },
    },
  });
  if ((await child.exited) !== 0) throw new Error(`'${command}' failed:\n${printed}`);
  child.terminal?.close();
  return asOnNoMachine(printed.replaceAll("\r\n", "\n").trimEnd());
}

/** Names of the machine that draws are no part of the picture. */
function asOnNoMachine(text: string): string {
  const port = /(?<=127\.0\.0\.1:)\d+/g;
  return text.replaceAll(sandbox.folder, "/home/ada/project").replaceAll(hostname(), "laptop").replace(port, "4200");
}
