// Numbers in answers: what users made keeps its digits, what the API counts is a number.
import { expect, test } from "bun:test";
import { readAnswer } from "#client/answers.ts";

test("T6: the fields of users keep their digits, at any depth", () => {
  for (const name of ["parameters", "data", "infra_overrides", "base_job_template", "context"]) {
    const text = `[{"id":"x","${name}":{"a":[9007199254740993,1.0]}}]`;
    expect(JSON.stringify(readAnswer(text))).toBe(text);
  }
});

test("elsewhere a number is a number, as Prefect's own server writes 0.0", () => {
  const text = '{"total_run_time":0.0,"runs":[{"estimated_run_time":1.0}],"parameters":{"a":1.0}}';
  expect(readAnswer(text)).toMatchObject({ total_run_time: 0, runs: [{ estimated_run_time: 1 }] });
});

test("no text is null, and no JSON is undefined", () => {
  expect([readAnswer(""), readAnswer("<html>"), readAnswer("null")]).toEqual([null, undefined, null]);
});
