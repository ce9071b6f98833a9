// The comment block of a Python file that names its packages.
import { expect, test } from "bun:test";
import { scriptMetadata } from "#project/python/script-metadata.ts";

const read = (source: string) => {
  const found = scriptMetadata(source, "x.py");
  return found && [found.requiresPython, found.dependencies];
};

test("python 3: inline script metadata names a Python and packages", () => {
  const block =
    '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "six",\n#   "requests<3",\n# ]\n# ///';
  for (const source of [
    block,
    `#!/usr/bin/env python\n"""Docs."""\n${block}\nimport six\n`,
    block.replaceAll("\n", "\r\n"),
  ]) {
    expect(scriptMetadata(source, "x.py")).toEqual({
      block,
      dependencies: ["six", "requests<3"],
      requiresPython: ">=3.11",
      relativeSources: [],
    });
  }
  expect(read("# /// script\n#\n# dependencies = []\n# ///\n")).toEqual([null, []]);
  expect(read("# /// script\n# ///\n")).toEqual([null, []]);
});

test("python 3: packages at paths that are relative to the file", () => {
  const relative = (sources: string) =>
    scriptMetadata(`# /// script\n# [tool.uv.sources]\n# ${sources}\n# ///\n`, "x.py")?.relativeSources;
  expect(relative('a = { path = "../a" }')).toEqual(["../a"]);
  expect(relative('a = [{ git = "https://a" }, { path = "a", marker = "x" }]')).toEqual(["a"]);
  expect(relative('a = { path = "/a" }')).toEqual([]);
  expect(relative("a = 1")).toEqual([]);
});

test("python 3: the last closing line of the comment ends the metadata", () => {
  const text = '# /// script\n# dependencies = ["a"]\n# ///\n# more = 1\n# ///\nx = 1\n# ///\n';
  expect(scriptMetadata(text, "x.py")?.block).toBe(text.split("\nx = 1")[0] ?? "");
});

test("python 3: what only looks like metadata is none", () => {
  const none = ["x = 1\n", "# /// script\n# dependencies = []\n", "# /// pyproject\n# a = 1\n# ///\n"];
  const broken = [' # /// script\n # dependencies = ["a"]\n # ///\n', "# /// script\n#dependencies = 1\n# ///\n"];
  for (const source of [...none, ...broken]) expect(read(source)).toBeUndefined();
});

test("python 3: metadata that is no TOML is left to uv, and two blocks are refused", () => {
  expect(read("# /// script\n# dependencies = [\n# ///\n")).toEqual([null, []]);
  const block = "# /// script\n# dependencies = []\n# ///\n";
  expect(() => scriptMetadata(`${block}x = 1\n${block}`, "x.py")).toThrow(
    "'x.py' has more than one block of inline script metadata.",
  );
});
