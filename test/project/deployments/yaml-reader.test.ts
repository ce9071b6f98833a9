// D5 and D6: tags, aliases, encodings and bombs in a deployment file.
import { describe, expect, test } from "bun:test";
import { TypedWord } from "#domain/parameters/typed-values.ts";
import { decodedYaml, readYamlMapping } from "#project/deployments/yaml-reader.ts";

/** The value of `v`, with words as what they mean. */
function meaningOf(text: string): unknown {
  const value = readYamlMapping(`v: ${text}\n`, "d.yaml")["v"];
  return value instanceof TypedWord ? value.value : value;
}

describe("D5: a core tag makes what PyYAML makes of it", () => {
  test.each<[string, string]>([
    ['!!int "13"', "13"],
    ["!!int 0x1F", "31"],
    ["!!int 1_000", "1000"],
    ['!!float "1"', "1.0"],
    ["!!float 1.5", "1.5"],
    ["!!float 2e3", "2000.0"],
    ["!!str 12", '"12"'],
    ["!!str true", '"true"'],
    ["! 12", '"12"'],
    ['!!bool "yes"', "true"],
    ["!!bool off", "false"],
    ['!!null ""', "null"],
    ['!!timestamp "2020-01-01"', '"2020-01-01"'],
    ["!!map {a: 1}", '{"a":1}'],
    ["!!seq [a]", '["a"]'],
  ])("%s is %s", (text, expected) => {
    const plain = (value: unknown): unknown => (value instanceof TypedWord ? value.value : value);
    expect(JSON.stringify(meaningOf(text), (_key, value) => plain(value))).toBe(expected);
  });
});

describe("D5: any other tag is refused with the line", () => {
  test.each([
    ["!secret x", "the tag '!secret' makes nothing that JSON could hold: write a plain value"],
    ["!!binary aGVsbG8=", "the tag '!!binary' makes nothing that JSON could hold: write a plain value"],
    ["!!set {a, b}", "the tag '!!set' makes nothing that JSON could hold: write a plain value"],
    ["!!omap [a: 1]", "the tag '!!omap' makes nothing that JSON could hold: write a plain value"],
    [
      "!!python/object:os.system x",
      "the tag '!!python/object:os.system' makes nothing that JSON could hold: write a plain value",
    ],
    ["!Mine {a: 1}", "the tag '!Mine' makes nothing that JSON could hold: write a plain value"],
    ['!!int "a"', "'a' is no whole number"],
    ["!!int 1.5", "'1.5' is no whole number"],
    ["!!float x", "'x' is no number that JSON could hold"],
    ["!!float .inf", "'.inf' is no number that JSON could hold"],
    ["!!bool 2", "'2' is no truth value"],
  ])("%s", (text, why) => {
    expect(() => readYamlMapping(`a: 1\nv: ${text}\n`, "d.yaml")).toThrow(
      new RegExp(`^'d\\.yaml' is not valid YAML, line 2, column \\d+: ${RegExp.escape(why)}\\.$`),
    );
  });
});

describe("D6: a fault has its file and its line", () => {
  test.each([
    ["an alias without an anchor", "a: 1\nv: *nope\n", "line 2, column 4: there is no anchor '&nope' before '*nope'."],
    ["an alias before its anchor", "v: *a\nw: &a 1\n", "line 1, column 4: there is no anchor '&a' before '*a'."],
    ["a mapping that holds itself", "v: &p {v: *p}\n", "line 1, column 11: '*p' holds itself."],
    ["a list that holds itself", "a: 1\nv: &p\n  - *p\n", "line 3, column 5: '*p' holds itself."],
    [
      "what cannot be merged",
      "a: &a 1\nv:\n  <<: *a\n",
      "line 3, column 7: '<<' takes a mapping, or a list of mappings.",
    ],
    ["a key that is a list", "a: 1\n? [1, 2]\n: 3\n", "line 2, column 3: a key is a word, not a list or a mapping."],
    [
      "two documents",
      "a: 1\n---\nb: 2\n",
      "line 2, column 1: a deployment file is one document: nothing may follow '---'.",
    ],
    [
      "a control character",
      "a: 1\nb: o\u0001ne\n",
      "line 2: the character U+0001 is no text: write it as an escape in double quotes.",
    ],
    ["a key twice", "a: 1\na: 2\n", "line 2, column 1: Map keys must be unique."],
  ])("%s", (_, text, why) => {
    expect(() => readYamlMapping(text, "d.yaml")).toThrow(`'d.yaml' is not valid YAML, ${why}`);
  });

  test("a bomb of aliases names the line of the first", () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}]`,
    );
    const text = ["l0: &l0 [x, x]", ...levels].join("\n");
    expect(() => readYamlMapping(text, "d.yaml")).toThrow(
      "'d.yaml' is not valid YAML, line 2, column 10: its aliases expand to more than a hundred times its size.",
    );
  });

  test("aliases and merges that are well are read", () => {
    expect(JSON.stringify(readYamlMapping("a: &a {x: one}\nb: *a\nc:\n  <<: *a\n  y: two\n", "d.yaml"))).toBe(
      '{"a":{"x":"one"},"b":{"x":"one"},"c":{"x":"one","y":"two"}}',
    );
  });
});

describe("D6: the encoding of a file", () => {
  const bytes = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding));
  test("UTF-8 is read, with a mark or without, and UTF-16 with one, as PyYAML does", () => {
    expect(decodedYaml(bytes("a: café", "utf8"), "d.yaml")).toBe("a: café");
    expect(decodedYaml(bytes("\ufeffa: café", "utf8"), "d.yaml")).toBe("a: café");
    expect(decodedYaml(bytes("\ufeffa: café", "utf16le"), "d.yaml")).toBe("a: café");
    expect(decodedYaml(new Uint8Array(Buffer.from("\ufeffa: café", "utf16le").swap16()), "d.yaml")).toBe("a: café");
  });
  test("anything else is refused with the line", () => {
    expect(() => decodedYaml(bytes("a: 1\nb: caf\xe9\n", "latin1"), "d.yaml")).toThrow(
      "'d.yaml' is not UTF-8, line 2: save the file as UTF-8.",
    );
  });
});
