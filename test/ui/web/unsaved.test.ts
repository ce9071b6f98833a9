// What was typed into a form survives a click beside it.
import { describe, expect, test } from "bun:test";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

describe.skipIf(!possible)("a form with unsaved input", () => {
  const shared = shareWorld();
  const rail = () => shared.page.getByRole("navigation", { name: "Places" });
  const name = () => shared.page.getByLabel("Name", { exact: true });
  const dialog = () => shared.page.getByRole("dialog", { name: "Leave this page?" });

  test(
    "asks before a link leads away, and stays or leaves as it is told",
    async () => {
      const { page, open, faults } = shared;
      await open("/work-pools/create");
      await name().fill("machines");
      await rail().getByRole("link", { name: "Flows" }).click();
      await dialog().getByRole("button", { name: "Stay" }).click();
      expect(await name().inputValue()).toBe("machines");
      expect(new URL(page.url()).pathname).toBe("/work-pools/create");
      await rail().getByRole("link", { name: "Flows" }).click();
      await dialog().getByRole("button", { name: "Leave" }).click();
      await page.getByRole("heading", { name: "Flows" }).waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "does not ask at Cancel, after it was sent, or where nothing was typed",
    async () => {
      const { page, open, faults } = shared;
      await open("/work-pools/create");
      await rail().getByRole("link", { name: "Flows" }).click();
      await page.getByRole("heading", { name: "Flows" }).waitFor();
      await open("/work-pools/create");
      await name().fill("machines");
      await page.getByRole("link", { name: "Cancel" }).click();
      await page.getByRole("heading", { name: "Work pools" }).waitFor();
      await open("/work-pools/create");
      await name().fill("machines");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("heading", { name: "machines" }).waitFor();
      await rail().getByRole("link", { name: "Flows" }).click();
      await page.getByRole("heading", { name: "Flows" }).waitFor();
      expect(await dialog().count()).toBe(0);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
