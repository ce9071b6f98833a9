// Every request of the API with odd values in it: no answer is a 5xx, a page or long, and the server goes on meanwhile.
// FUZZ_ALL=1 tries every value at every place, which takes minutes, and prints which requests held the server up the
// longest; FUZZ_SEED repeats what a failure printed.
import { afterAll, expect, test } from "bun:test";
import { tryParseJson } from "#lib/json.ts";
import { nextTurn } from "#lib/yield.ts";
import { testApp } from "../app.ts";
import { type Case, casesOf } from "./requests.ts";
import { seeded } from "./schema.ts";
import { things } from "./things.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const ALL = process.env["FUZZ_ALL"] === "1";
const MOST_OF_REFUSAL = 64 * 1024;
const SHOWN = 40;

const app = testApp();
afterAll(() => app.close());

test(`requests with odd values are answered shortly and without a defect (FUZZ_SEED=${SEED})`, async () => {
  const random = seeded(SEED);
  const cases = casesOf(await things(app), (values) =>
    ALL ? values : values.slice(random(values.length)).slice(0, 1),
  );
  const faults: string[] = [];
  const times: [millis: number, name: string][] = [];
  for (const wanted of cases()) {
    const answer = faultOf(wanted);
    const [millis, fault, health] = await Promise.all([longestTurn(answer), answer, app.send("GET", "/health")]);
    times.push([millis, wanted.name]);
    if (fault) faults.push(`${wanted.name}: ${fault}`);
    if (health.status !== 200) faults.push(`${wanted.name}: no health`);
  }
  if (ALL) print(times);
  expect(faults).toEqual([]);
  expect(app.logged).toEqual([]);
  expect(times.length).toBeGreaterThan(1_000);
}, 1_800_000);

async function faultOf({ method, path, body }: Case): Promise<string | undefined> {
  const response = await app.app.fetch(new Request(`http://test/api${path}`, { method, body: body ?? null }));
  const { status } = response;
  const text = await response.text();
  if (status >= 500) return `${status} ${text.slice(0, 300)} ${app.logged.at(-1)?.slice(0, 500)}`;
  if (status >= 400 && text.length > MOST_OF_REFUSAL) return `${text.length} characters of ${status}`;
  const type = response.headers.get("content-type") ?? "none";
  if (type === "none" || type.startsWith("text/plain")) return undefined;
  const isJson = type.startsWith("application/json") && tryParseJson(text || "null") !== undefined;
  return isJson ? undefined : `no JSON: ${type} ${text.slice(0, 200)}`;
}

/** The time of the processor for the longest of the turns until it is settled: so long nothing else was answered. */
async function longestTurn(answer: Promise<unknown>): Promise<number> {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  answer.then(end, end);
  let longest = 0;
  for (let last = process.cpuUsage(); !isDone; last = process.cpuUsage()) {
    await nextTurn();
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
  }
  return longest;
}

function print(times: [millis: number, name: string][]): void {
  const longest = times.toSorted(([a], [b]) => b - a).slice(0, SHOWN);
  for (const [millis, name] of longest) console.log(`${millis.toFixed(0)} ms of one turn: ${name}`);
}
