import { expect, test } from "bun:test";
import { createRecordReader, markedRecord } from "#lib/process/printed-records.ts";

test("R8: lines between marked records are no records; a mark inside of one is none", () => {
  const read = createRecordReader();
  const printed = ["before", ...markedRecord("a\n\x1eb").split("\n"), "printed", markedRecord("c")];
  expect(printed.map(read)).toEqual([
    { text: "before", isContinued: false },
    { text: "a", isContinued: false },
    { text: "b", isContinued: true },
    { text: "printed", isContinued: true },
    { text: "c", isContinued: false },
  ]);
});

test("R8: a process that marks nothing is left alone", () => {
  expect(["a", "b"].map(createRecordReader())).toEqual([
    { text: "a", isContinued: false },
    { text: "b", isContinued: false },
  ]);
});
