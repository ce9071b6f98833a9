// What tasks without a name are called, and what `this` is in their functions.
import { expect, test } from "bun:test";
import { taskName } from "#domain/definitions.ts";
import { flow, task } from "#sdk/index.ts";
import { here } from "../engine/here.ts";

const plain = task(async (x: number) => x);
const later: unknown = task(async () => 1, { retries: 1 });
const table = { first: task(async () => 1), "second-one": 2, third: task(async () => 3) };
const made = [1, 2].map((x) => task(async () => x));
const other = [1, 2].map((x) => task(async () => -x));
const immediate = await Promise.resolve(task(async () => 1));

test("T22: a task without a name has that of its variable or property", () => {
  expect([plain, later as typeof plain, table.first, table.third].map(taskName)).toEqual([
    "plain",
    "later",
    "first",
    "third",
  ]);
});

test("T22: an inline task is named by its line, so that two of them are told apart", () => {
  const names = [...made, ...other, immediate].map(taskName);
  expect(names.map((name) => name.replace(/\d+$/, "N"))).toEqual(Array(5).fill("task_LN"));
  const [first = "", again, second = "", , third] = names;
  expect([again, new Set([first, second, third]).size]).toEqual([first, 3]);
});

test("T22: a quoted key is a name, and tasks of one line are numbered", () => {
  const steps = { "clean-up": task(async () => 1), ["load"]: task(async () => 2), "send mail": plain };
  steps["send mail"] = task(async () => 3);
  expect(Object.values(steps).map((step) => taskName(step as typeof plain))).toEqual(["clean-up", "load", "send mail"]);
  const [first = "", second] = [task(async () => 1), task(async () => 2)].map(taskName);
  expect(first).toMatch(/^task_L\d+$/);
  expect(second).toBe(`${first}_2`);
});

test("T22: a function's own name and the option win, and `withOptions` keeps the name", () => {
  const named = task(async function spelled() {});
  const optional = task(async () => {}, { name: "given" });
  const changed = plain.withOptions({ retries: 2 });
  expect([named, optional, changed].map(taskName)).toEqual(["spelled", "given", "plain"]);
});

test("T22: the server gets different keys for different inline tasks, and the same for each call of one", async () => {
  const { run, api } = here();
  await run(
    flow(
      async () => {
        for (const each of [...made, ...other]) await each();
      },
      { name: "a" },
    ),
  );
  const keys = api.taskRuns.map(({ task_key }) => task_key);
  expect(keys[0]).toBe(`__prefect_loader__.${taskName(made[0] as (typeof made)[0])}`);
  expect([keys[1], keys[3]]).toEqual([keys[0], keys[2]]);
  expect(keys[2]).not.toBe(keys[0]);
  expect(api.taskRuns.map(({ dynamic_key }) => dynamic_key)).toEqual(["0", "1", "0", "1"]);
});

test("T22: a subflow without a name has that of its variable", async () => {
  const { run, lines } = here();
  const inner = flow(async () => 1);
  await run(flow(async () => inner(), { name: "a" }));
  expect(lines.join("\n")).toContain("for flow 'inner'");
});

test("T21: `this` is undefined in a plain call, `.submit`, `.map` and `.returnState`, and the object of a method", async () => {
  const { run } = here();
  const self = task(async function self(this: unknown, _x?: number) {
    return this;
  });
  const owner = {
    n: 21,
    self,
    twice: task(async function twice(this: { n: number }) {
      return this.n * 2;
    }),
  };
  const state = await run(
    flow(
      async () => {
        const { twice, ...rest } = owner;
        return [
          await self(),
          await self.submit().result(),
          ...(await Promise.all(self.map([1]).map((each) => each.result()))),
          (await self.returnState()).result(),
          await self.withOptions({ retries: 1 })(),
          (await rest.self()) === rest,
          await owner.twice(),
          await twice.fn.call({ n: 4 }),
        ];
      },
      { name: "a", persistResult: false },
    ),
  );
  expect(state.result()).toEqual([undefined, undefined, undefined, undefined, undefined, true, 42, 8]);
});

test("T21: `this` is undefined in a flow", async () => {
  const { run } = here();
  const state = await run(
    flow(
      function self(this: unknown) {
        return [this];
      },
      { name: "a" },
    ),
  );
  expect(state.result()).toEqual([undefined]);
});
