import { describe, expect, test } from "bun:test";
import { pythonLine, pythonValue } from "#cli/terminal/python-text.ts";

const LINES: [value: unknown, text: string][] = [
  [null, "None"],
  [true, "True"],
  [false, "False"],
  [3.5, "3.5"],
  ["it", "'it'"],
  ["it's", `"it's"`],
  [`both ' and "`, `'both \\' and "'`],
  ["two\nlines", "'two\\nlines'"],
  ["\x1b[31mred", "'\\x1b[31mred'"],
  [[], "[]"],
  [{}, "{}"],
  [["a", 1], "['a', 1]"],
  [{ a: { b: [null] }, c: "{ d }" }, "{'a': {'b': [None]}, 'c': '{ d }'}"],
];
for (const [value, text] of LINES) {
  test(`${JSON.stringify(value)} prints as Python prints it`, () => expect(pythonLine(value)).toBe(text));
}

describe("a value over lines", () => {
  test("is laid out as the documentation page shows it: what fits on a line stays on it", () => {
    const shown = {
      id: "76a9f1ac-4d8c-4a92-8869-615bec502685",
      description: null,
      is_schedule_active: true,
      parameter_openapi_schema: {
        title: "Parameters",
        type: "object",
        properties: { url: { title: "url" } },
        required: ["url"],
      },
      infrastructure: { type: "process", env: {}, labels: {}, name: null, command: ["python", "-m", "prefect.engine"] },
    };
    expect(pythonValue(shown)).toBe(`{
    'id': '76a9f1ac-4d8c-4a92-8869-615bec502685',
    'description': None,
    'is_schedule_active': True,
    'parameter_openapi_schema': {
        'title': 'Parameters',
        'type': 'object',
        'properties': {'url': {'title': 'url'}},
        'required': ['url']
    },
    'infrastructure': {
        'type': 'process',
        'env': {},
        'labels': {},
        'name': None,
        'command': ['python', '-m', 'prefect.engine']
    }
}`);
  });

  const WIDTHS: [width: number, text: string][] = [
    [14, "{'a': [1, 2]}"],
    [13, "{\n    'a': [\n        1,\n        2\n    ]\n}"],
  ];
  for (const [width, text] of WIDTHS) {
    test(`of ${width} letters leaves room for the comma`, () => expect(pythonValue({ a: [1, 2] }, width)).toBe(text));
  }
});
