// Blocks and notifications: made from the forms of their types, changed without losing secrets, deleted.
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

async function read<T>(path: string): Promise<T> {
  return (await (await fetch(`${world.url}/api${path}`)).json()) as T; // the test names what it reads
}

const S3_DEV = "/block_types/slug/s3/block_documents/name/dev?include_secrets=true";

describe.skipIf(!possible)("blocks", () => {
  test(
    "one with a secret is made, shown without it, changed without losing it, and deleted",
    async () => {
      const { page, open, faults, barriers } = watched;
      await open("/blocks");
      await page.getByRole("link", { name: "New block" }).click();
      await page.getByLabel("Search types").fill("bucket of aws");
      await page.getByRole("link", { name: /^S3/ }).click();
      await page.getByLabel("Name", { exact: true }).fill("Dev");
      await page.getByText("Lower-case letters, digits and dashes.").first().waitFor();
      expect(await page.getByRole("button", { name: "Create" }).isDisabled()).toBe(true);
      await page.getByLabel("Name", { exact: true }).fill("dev");
      await page.getByText("Still needed: Bucket Path.").waitFor();
      await page.getByLabel(/Bucket Path/).fill("data/base");
      await page.getByLabel(/Secret Access Key/).fill("hush-hush");
      expect(await page.getByLabel(/Secret Access Key/).getAttribute("type")).toBe("password");
      expect(await barriers()).toEqual([]);
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByText('Block.load("s3/dev")').waitFor();
      expect(await page.content()).not.toContain("hush-hush");
      await page.getByRole("link", { name: "Change" }).click();
      await page.getByLabel(/Bucket Path/).fill("data/other");
      // The asterisks that stand for it are not in the field, so that nothing is typed after them.
      const secret = page.getByLabel(/Secret Access Key/);
      expect(await secret.inputValue()).toBe("");
      await secret.fill("a slip");
      await secret.fill("");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved s3/dev.").waitFor();
      const { data } = await read<{ data: object }>(S3_DEV);
      expect(data).toMatchObject({ bucket_path: "data/other", aws_secret_access_key: "hush-hush" });
      await page.getByRole("link", { name: "Change" }).click();
      await secret.click();
      await page.keyboard.press("End");
      await page.keyboard.type("second-hush");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText('Block.load("s3/dev")').waitFor();
      expect(await read<object>(S3_DEV)).toMatchObject({ data: { aws_secret_access_key: "second-hush" } });
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByText("Delete the block s3/dev?").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted s3/dev.").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "a notification is made, switched off and deleted",
    async () => {
      const { page, open, faults } = watched;
      await open("/notifications");
      await page.getByRole("link", { name: "New notification" }).click();
      await page.getByLabel("Late").check();
      await page.getByLabel("Sent by").selectOption({ label: "slack-webhook/team-channel" });
      await page.getByRole("button", { name: "Create" }).click();
      const row = page.getByRole("row", { name: /A run of any flow enters Failed or Crashed or Late/ });
      await row.getByRole("switch").click();
      await page.getByText("The notification is off.").waitFor();
      await row.getByRole("button", { name: /Actions on/ }).click();
      await page.getByRole("menuitem", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Deleted the notification.").waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
