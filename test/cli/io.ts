// A terminal for tests: what was printed, and an environment of its own.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "#cli/kit/command.ts";
import { run } from "#cli/run.ts";
import { PLAIN } from "#cli/terminal/colours.ts";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface TestTerminal {
  home: string;
  folder: string;
  orch(...words: string[]): Promise<Ran>;
  /** What people are asked, and what they answer: yes by default, undefined where there is no person. */
  asked: string[];
  answer: boolean | undefined;
  /** What is piped into the command. */
  piped: string;
  /** What a person types where a secret is asked for. Default: there is no person. */
  typed?: string;
  close(): void;
}

/** Commands run in this process, on a home and in a folder that nobody else has. */
export function testTerminal(env: Record<string, string> = {}): TestTerminal {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-cli-")));
  const home = join(folder, ".orch");
  const terminal: TestTerminal = {
    home,
    folder,
    asked: [],
    answer: true,
    piped: '{"name": "stdin"}',
    async orch(...words) {
      const out: string[] = [];
      const err: string[] = [];
      const io: Io = {
        out: (line) => void out.push(String(line)),
        err: (line) => void err.push(String(line)),
        write: async (lines) => out.push(lines.join("\n")) > 0,
        progress: () => {},
        env: { HOME: folder, ORCH_HOME: home, ...env },
        cwd: folder,
        columns: 100,
        isTerminal: false,
        paint: PLAIN,
        stdin: async () => terminal.piped,
        isAttended: terminal.typed !== undefined,
        async askSecret(question) {
          terminal.asked.push(question);
          return terminal.typed ?? "";
        },
        async confirm(question) {
          terminal.asked.push(question);
          return terminal.answer;
        },
        hasLostOutput: () => false,
      };
      const code = await run(words, io);
      return { code, out: out.join("\n"), err: err.join("\n") };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  return terminal;
}
