import { describe, expect, test } from "bun:test";
import { yamlText } from "#domain/yaml-text.ts";
import { meansSomethingElse, plainValue } from "#domain/yaml-values.ts";
import { type JsonObject, withNumbers } from "#lib/json.ts";
import oracle from "../fixtures/yaml-oracle.json";

// Recorded from PyYAML 6 with the text presenter of Prefect 2.10.4.
const WRITTEN = oracle.written as unknown as [value: JsonObject, text: string][];
const READ = oracle.read as [word: string, value: unknown][];

describe("values are written character for character as PyYAML writes them", () => {
  for (const [value, text] of WRITTEN) {
    test(JSON.stringify(value).slice(0, 90), () => {
      expect(yamlText(value)).toBe(text);
    });
  }
});

test("text that ends in a line break is a block, where PyYAML folds a quoted text", () => {
  expect(yamlText({ description: "end\n" })).toBe("description: |\n  end\n");
});

describe("plain words are read as PyYAML reads them", () => {
  for (const [word, value] of READ) {
    test(word, () => {
      expect(withNumbers(plainValue(word))).toEqual(value);
    });
  }
  test("and what would be read as something else is never left plain", () => {
    for (const [word, value] of READ) {
      if (value !== word) expect(meansSomethingElse(word)).toBe(true);
    }
  });
});
