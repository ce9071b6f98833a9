// Variables: made, changed and deleted in dialogs, found by name and tag, in the address.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createWebWorld, possible, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
let watched: WatchedPage;
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  watched = await world.openPage();
});
afterAll(() => world?.close());

const LIMIT = 60_000;

async function names(): Promise<string[]> {
  const answer = await fetch(`${world.url}/api/variables/filter`, { method: "POST" });
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name);
}

describe.skipIf(!possible)("variables", () => {
  test(
    "one is made, with its command to copy",
    async () => {
      const { page, open, barriers, faults } = watched;
      await open("/variables");
      await page.getByRole("button", { name: "New variable" }).click();
      await page.getByLabel("Name", { exact: true }).fill("Bad Name");
      await page.getByRole("dialog").getByRole("alert").waitFor();
      await page.getByLabel("Name", { exact: true }).fill("limit");
      await page.getByLabel("Value").fill("it's 5");
      await page.getByLabel("Tags").fill("etl, night");
      await page.getByText("orch variable set limit 'it'\\''s 5'").waitFor();
      expect(await barriers()).toEqual([]);
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByText("Created limit.").waitFor();
      await page.getByRole("row", { name: /limit/ }).waitFor();
      expect(await names()).toContain("limit");
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a name that is taken is refused beside the field, and what was typed stays",
    async () => {
      const { page, open, faults } = watched;
      await open("/variables");
      await page.getByRole("button", { name: "New variable" }).click();
      await page.getByLabel("Name", { exact: true }).fill("colour");
      await page.getByLabel("Value").fill("teal");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("dialog").getByRole("alert").waitFor();
      expect(await page.getByLabel("Value").inputValue()).toBe("teal");
      await page.getByRole("button", { name: "Cancel" }).click();
      faults(); // the refusal itself
    },
    LIMIT,
  );

  test(
    "a filter is in the address, and Back takes it out",
    async () => {
      const { page, open } = watched;
      await open("/variables");
      await page.getByRole("button", { name: "Tag" }).click();
      await page.getByRole("checkbox", { name: "brand" }).check();
      await page.waitForURL("**/variables?tag=brand");
      await page.getByRole("row", { name: /limit/ }).waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await page.keyboard.press("/");
      await page.keyboard.type("nothing");
      await page.getByText("Nothing matches the filters.").waitFor();
      await page.getByRole("link", { name: "Clear the filters" }).click();
      await page.getByRole("row", { name: /limit/ }).waitFor();
      await page.goBack();
      await page.waitForURL(/tag=brand/);
    },
    LIMIT,
  );

  test(
    "many are picked by key and deleted, named before",
    async () => {
      const { page, open, faults } = watched;
      await open("/variables");
      await page.getByRole("row", { name: /limit/ }).waitFor();
      await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.tagName === "TR");
      await page.keyboard.press("x");
      await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.textContent?.includes("limit"));
      await page.keyboard.press("x");
      await page.getByText("2 picked").waitFor();
      await page.getByLabel("Picked rows").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Delete 2 variables: colour, limit?").waitFor();
      // What destroys has not the focus.
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Keep");
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted 2 variables.").waitFor();
      await page.getByText("There are no variables yet.").waitFor();
      expect(await names()).toEqual([]);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
