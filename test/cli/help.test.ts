// Every command of the tree explains itself, with lines that people can copy.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { summaryOf } from "#cli/all-summaries.ts";
import type { AnyCommand } from "#cli/kit/command.ts";
import { parseOptions } from "#cli/kit/parse.ts";
import { COMMANDS, GROUPS } from "#cli/tree.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

const ALL: [path: string[], load: () => Promise<AnyCommand>][] = [
  ...Object.entries(COMMANDS).map(([name, load]): (typeof ALL)[number] => [[name], load]),
  ...Object.entries(GROUPS).flatMap(([group, { commands }]) =>
    Object.entries(commands).map(([name, load]): (typeof ALL)[number] => [[group, ...name.split(" ")], load]),
  ),
];

/** The words of a line as a shell reads them; nothing in our examples needs more than quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(?:[^\s'"]|'[^']*')+/g)].map((match) =>
    (match[1] ?? match[2] ?? match[0]).replaceAll("'", ""),
  );
}

/** The options behind the command's name. `orch agent -q` and `orch -p NAME` are short for more. */
function optionsOf(line: string, path: readonly string[]): string[] | undefined {
  const [orch, ...rest] = wordsOf(line.replace(/ [>|&].*$/, ""));
  const words = rest[0] === "-p" ? rest.slice(2) : rest;
  if (orch !== "orch") return undefined;
  const length = path.every((word, index) => words[index] === word) ? path.length : path.length - 1;
  return words.slice(0, length).every((word, index) => word === path[index]) ? words.slice(length) : undefined;
}

describe("examples", () => {
  for (const [path, load] of ALL) {
    test(`of orch ${path.join(" ")} are there, are shown, and are calls that it takes`, async () => {
      const command = await load();
      const { out } = await terminal.orch(...path, "--help");
      const examples = (command.examples ?? []).filter((line) => !line.startsWith("bun "));
      expect(examples).not.toEqual([]);
      for (const line of examples) {
        // The page breaks a long line as a shell reads it.
        expect(out.replaceAll(" \\\n      ", " ")).toContain(`$ ${line}`);
        const options = optionsOf(line, path);
        expect([line, options && (await parseOptions(command, options))]).toEqual([line, expect.any(Object)]);
      }
    });
  }
});

test("every command and option says what it is for", async () => {
  const silent: string[] = [];
  for (const [path, load] of ALL) {
    const { description, options } = await load();
    if (!description) silent.push(path.join(" "));
    for (const [name, option] of Object.entries(options as AnyCommand["options"])) {
      const { description: says } = option as { description?: string };
      if (!says) silent.push(`${path.join(" ")} ${name}`);
    }
  }
  expect(silent).toEqual([]);
});

describe("a list of commands shows the beginning of each description", () => {
  const DESCRIPTIONS: [description: string, summary: string][] = [
    ["Show a flow.", "Show a flow."],
    ["List flows, newest first.", "List flows."],
    ["Write a file; --apply also registers it.", "Write a file."],
    ["Take over what Prefect 2.10 has: flows, runs. Nothing is changed.", "Take over what Prefect 2.10 has."],
  ];
  for (const [description, summary] of DESCRIPTIONS) {
    test(description, () => expect(summaryOf(description)).toBe(summary));
  }

  test("on the page of a group", async () => {
    const page = (await terminal.orch("work-queue", "--help")).out;
    expect(page).toMatch(/^ {2}pause +Pause a work queue\.$/m);
  });
});

describe("a list of commands keeps what makes a command useful", () => {
  const KEPT: [path: string, words: string][] = [
    ["adopt", "Import the data of Prefect"],
    ["licenses", "licenses"],
    ["check", "Python"],
    ["agent start", "work queues"],
    ["worker start", "work pool"],
    ["artifact delete", "by its id"],
    ["block create", "the fields of a block type"],
    ["block inspect", "secrets hidden"],
    ["concurrency-limit create", "change"],
    ["server database downgrade", "backup"],
    ["server database restore", "keep the old one"],
    ["deployment build", "--apply"],
    ["deployment set-schedule", "policies"],
    ["notification create", "enter a state"],
    ["notification test", "sample run"],
  ];
  const loads = new Map(ALL.map(([path, load]) => [path.join(" "), load]));
  for (const [path, words] of KEPT) {
    test(`${path}: ${words}`, async () => {
      expect(summaryOf((await loads.get(path)?.())?.description ?? "")).toContain(words);
    });
  }
});
