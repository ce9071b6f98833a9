// What is offered at each place of a command line, without any API.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { candidatesFor } from "#cli/complete/candidates.ts";
import type { NameKind } from "#cli/complete/kinds.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures");
const asked: NameKind[] = [];
const names = {
  cwd: FIXTURES,
  list: async (kind: NameKind, type?: string) => {
    asked.push(kind);
    const fields = ["bucket_path=", "aws_secret_access_key=", "aws_secret_access_key=-"];
    if (kind === "parameter") return type === "say-hi/marvin" ? [{ value: "loud=" }, { value: "loud=true" }] : [];
    if (kind === "flow-parameter") return type === "a.ts:f" ? [{ value: "name=" }] : [];
    if (kind === "block-field") return type === "s3" ? fields.map((value) => ({ value })) : [];
    return [{ value: `a-${kind}` }, { value: `b-${kind}` }];
  },
};
const values = async (...words: string[]) => (await candidatesFor(words, names)).map(({ value }) => value);

describe("at each place the words that may stand there", () => {
  const PLACES: [words: string[], offered: string[]][] = [
    [["deploy"], ["deployment"]],
    [["--v"], ["--version"]],
    [["-p", "b"], ["b-profile"]],
    [["-p", "work", "deploy"], ["deployment"]],
    [["profile", "use", "a"], ["a-profile"]],
    [["profile", "create", ""], []],
    [["deployment", "ins"], ["inspect"]],
    [["deployments", "ins"], ["inspect"]],
    [
      ["deployment", "inspect", ""],
      ["a-deployment", "b-deployment"],
    ],
    [["deployment", "inspect", "b"], ["b-deployment"]],
    [["deployment", "inspect", "B"], []],
    [["flow-run", "ls", "--state", "B"], ["b-state"]],
    [["flow-run", "ls", "--state=B"], ["--state=b-state"]],
    [["flow-run", "ls", "--state-type", "B-S"], ["b-state-type"]],
    [["deployment", "run", "say-hi/marvin", "--param", ""], ["loud="]],
    [["deployment", "run", "say-hi/marvin", "-p", "loud="], ["loud=true"]],
    [["deployment", "run", "say-hi/marvin", "--param=lo"], ["--param=loud="]],
    [["deployment", "run", "--param", "lo"], []],
    [["deployment", "build", "a.ts:f", "--param", ""], ["name="]],
    [["flow", "run", "a.ts:f", "-p", "n"], ["name="]],
    [["deployment", "inspect", "a-deployment", ""], []],
    [
      ["deployment", "ls", "--flow-name", ""],
      ["a-flow", "b-flow"],
    ],
    [["deployment", "ls", "--flow-name", "a-flow", "--flow-name", "b"], ["b-flow"]],
    [["deployment", "ls", "--flow-name=a"], ["--flow-name=a-flow"]],
    [["deployment", "build", ""], [":files"]],
    [["deployment", "build", "-q", "a"], ["a-queue"]],
    [["deployment", "build", "-aq", "a"], ["a-queue"]],
    [
      ["deployment", "build", "-p", ""],
      ["a-pool", "b-pool"],
    ],
    [["deployment", "build", "-ib", "a"], ["a-block"]],
    [["deployment", "build", "-o", ""], [":files"]],
    [["deployment", "build", "--work"], ["--work-queue"]],
    [["deployment", "build", "-n", ""], []],
    [["deployment", "build", "--", "--work"], [":files"]],
    [["block", "ty"], ["type"]],
    [["block", "type", "i"], ["inspect"]],
    [["block", "type", "inspect", "b"], ["b-block-type"]],
    [["block", "type", "nothing", ""], []],
    [["block", "create", "a"], ["a-block-type"]],
    [["block", "delete", "a"], ["a-block"]],
    [["block", "create", "s3", "-n", "dev", "-f", "b"], ["bucket_path="]],
    [["block", "create", "s3", "--field", "aws_"], ["aws_secret_access_key="]],
    [["block", "create", "s3", "--field=aws_secret_access_key="], ["--field=aws_secret_access_key=-"]],
    [["notification", "create", "--type", "s3", "-f", "bucket_path=x", "-f", "b"], ["bucket_path="]],
    [["block", "create", "-f", ""], []],
    [["block", "register", "--file", ""], [":files"]],
    [["flow-run", "logs", "a"], ["a-flow-run"]],
    [["flow", "run", ""], [":files"]],
    [["notification", "test", "a"], ["a-notification"]],
    [["notification", "create", "--block", "a"], ["a-block"]],
    [["notification", "create", "--type", "a"], ["a-block-type"]],
    [["notification", "create", ""], []],
    [["agent", "-q", "b"], ["b-queue"]],
    [["agent", "sta"], ["start"]],
    [["agent", "start", "--pool", "a"], ["a-pool"]],
    [["server", "start", "--agent", "a"], ["a-queue"]],
    [
      ["server", "start", "--no"],
      ["--no-ui", "--no-auth", "--no-services", "--no-scheduler", "--no-late-runs"],
    ],
    [["config", "set", "a"], ["a-setting"]],
    [["config", "unset", "x", "b"], ["b-setting"]],
    [["dev", ""], [":folders"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["completion", "z"], ["zsh"]],
    [["deployment", "build", "flows/typed.ts:s"], ["flows/typed.ts:sayHi"]],
    [["deployment", "build", "flows/typed.ts:x"], []],
    [["deployment", "build", "flows/simple.ts:s"], ["flows/simple.ts:sayHi"]],
    [["deployment", "build", "flows/none.ts:s"], []],
    [["python", ""], [":files"]],
    [["python", "-"], ["--help"]],
    [["python", "-u", "--h"], []],
    [["nope", ""], []],
    [["nope", "nope", ""], []],
    [["constructor", ""], []],
    [["deployment", "toString", ""], []],
    [["__api", ""], []],
  ];
  for (const [words, offered] of PLACES) {
    test(`orch ${words.join(" ")}|`, async () => expect(await values(...words)).toEqual(offered));
  }
});

test("an option that was given is not offered again, unless it may be repeated", async () => {
  const offered = await values("deployment", "build", "-q", "a", "--tag", "x", "--");
  expect(offered).not.toContain("--work-queue");
  expect(offered).toContain("--tag");
  expect(offered).toContain("--help");
});

test("all commands and groups are offered, hidden ones are not", async () => {
  const offered = await values("");
  for (const word of ["dev", "deployment", "flow-run", "completion"]) expect(offered).toContain(word);
  expect(offered.filter((word) => word.startsWith("_") || word === "engine")).toEqual([]);
});

test("names are asked for only where they may stand", async () => {
  asked.length = 0;
  await values("deployment", "");
  await values("deployment", "build", "-");
  await values("deployment", "build", "--cron", "");
  expect(asked).toEqual([]);
});
