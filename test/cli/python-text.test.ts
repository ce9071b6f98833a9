import { describe, expect, test } from "bun:test";
import { Constructed, constructorText, pythonLine, pythonValue } from "#cli/python-text.ts";

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

describe("an object by its constructor", () => {
  test("leaves out the fields that have their defaults", () => {
    const fields = { id: "1", tags: [], context: {}, parent: null, run_count: 0, auto_scheduled: false, tries: 2 };
    expect(constructorText("FlowRun", fields)).toBe("FlowRun(\n    id='1',\n    tries=2\n)");
  });

  test("shows times as times, and text that looks like one as text", () => {
    const time = "2026-11-23T06:34:15.000005+00:00";
    expect(constructorText("FlowRun", { created: time, name: time })).toBe(
      `FlowRun(\n    created=DateTime(2026, 11, 23, 6, 34, 15, 5, tzinfo=Timezone('+00:00')),\n    name='${time}'\n)`,
    );
  });

  test("spreads a field that does not fit", () => {
    expect(constructorText("R", { parameters: { name: "Ada" } }, 20)).toBe(
      "R(\n    parameters={\n        'name': 'Ada'\n    }\n)",
    );
  });

  test("holds others, on a line or spread", () => {
    const fields = { name: "q", filter: new Constructed("QueueFilter", { tags: ["b", "a"], deployment_ids: null }) };
    expect(constructorText("WorkQueue", fields)).toBe(
      "WorkQueue(\n    name='q',\n    filter=QueueFilter(tags=['b', 'a'])\n)",
    );
    expect(constructorText("WorkQueue", fields, 30)).toContain("filter=QueueFilter(\n        tags=['b', 'a']\n    )");
  });
});
