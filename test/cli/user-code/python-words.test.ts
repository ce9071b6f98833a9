// Which word of a command line of Python is its program.
import { expect, test } from "bun:test";
import { programIn } from "#cli/user-code/python-words.ts";

const CASES: [line: string, file: string | undefined, isIsolated: boolean][] = [
  ["", undefined, false],
  ["deploy.py", "deploy.py", false],
  ["deploy.py -c x", "deploy.py", false],
  ["-u deploy.py", "deploy.py", false],
  ["-X dev -W ignore -uB deploy.py", "deploy.py", false],
  ["-Xdev -Wignore deploy.py", "deploy.py", false],
  ["-uX dev deploy.py", "deploy.py", false],
  ["--check-hash-based-pycs always deploy.py", "deploy.py", false],
  ["-- -odd.py", "-odd.py", false],
  ["-- - x.py", undefined, false],
  ["- x.py", undefined, false],
  ["-c code x.py", undefined, false],
  ["-ccode x.py", undefined, false],
  ["-m package x.py", undefined, false],
  ["-um package x.py", undefined, false],
  ["-I deploy.py", "deploy.py", true],
  ["-BEs -c code", undefined, true],
  ["-WIE deploy.py", "deploy.py", false],
];
for (const [line, file, isIsolated] of CASES) {
  test(`python ${line}`, () => {
    expect(programIn(line.split(" ").filter((word) => word !== ""))).toEqual({ file, isIsolated });
  });
}
