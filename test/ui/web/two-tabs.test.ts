// A form writes what was changed in it alone: another tab may have changed the rest meanwhile. What nobody touched stays as it was.
import { describe, expect, test } from "bun:test";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

/** Tags that the text of a field would take apart. */
const TAGS = ["a, b", ' "quoted" ', "plain", "50%"];

describe.skipIf(!possible)("a form that was open while another tab saved", () => {
  const shared = shareWorld();

  /** Opens the form, lets `other` change the record, then changes and saves it. */
  async function saves(path: string, other: () => Promise<unknown>, label: string, text: string): Promise<void> {
    const { page, open } = shared;
    await open(path);
    await other();
    const field = page.getByLabel(label, { exact: true });
    if (await field.evaluate(({ tagName }) => tagName === "SELECT")) await field.selectOption(text);
    else await field.fill(text);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^Saved/).waitFor();
  }

  test(
    "keeps what it did: a work pool, a queue, a block, a notification",
    async () => {
      const { world, read, faults } = shared;
      const { send, data } = world;
      const { id: pool } = await send("POST", "/work_pools/", { name: "shared", type: "process" });
      const poolPath = "/work_pools/shared";
      await saves(
        "/work-pools/work-pool/shared/edit",
        () => send("PATCH", poolPath, { concurrency_limit: 7 }),
        "Description",
        "mine",
      );
      expect(await read<object>(poolPath)).toMatchObject({ id: pool, concurrency_limit: 7, description: "mine" });

      const queuePath = "/work_pools/shared/queues/default";
      const { id: queue } = await send("GET", queuePath);
      await saves(
        "/work-pools/work-pool/shared/queue/default/edit",
        () => send("PATCH", `/work_queues/${queue}`, { concurrency_limit: 5 }),
        "Description",
        "mine",
      );
      expect(await read<object>(queuePath)).toMatchObject({ concurrency_limit: 5, description: "mine" });

      const block = `/block_documents/${data.block}`;
      await saves(
        `/blocks/block/${data.block}/edit`,
        () => send("PATCH", block, { data: { url: "https://hooks.example.com/T1/B1/other" } }),
        "Notify Type",
        "warning",
      );
      expect(await read<object>(`${block}?include_secrets=true`)).toMatchObject({
        data: { url: "https://hooks.example.com/T1/B1/other", notify_type: "warning" },
      });

      const policy = `/flow_run_notification_policies/${data.policy}`;
      await saves(
        `/notifications/${data.policy}/edit`,
        () => send("PATCH", policy, { tags: ["other"] }),
        "Message",
        "it was {flow_run_name}",
      );
      expect(await read<object>(policy)).toMatchObject({ tags: ["other"], message_template: "it was {flow_run_name}" });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "tags with commas and quotes stay whole: of a deployment, a variable, a notification, a copied run",
    async () => {
      const { page, world, open, read, list, faults } = shared;
      const { send, data } = world;
      const paths = {
        deployment: `/deployments/${data.deployment}`,
        policy: `/flow_run_notification_policies/${data.policy}`,
      };
      await send("PATCH", paths.deployment, { tags: TAGS });
      await send("PATCH", paths.policy, { tags: TAGS });
      await saves(`/deployments/deployment/${data.deployment}/edit`, async () => {}, "Description", "mine");
      expect(await read<object>(paths.deployment)).toMatchObject({ tags: TAGS, description: "mine" });
      await saves(`/notifications/${data.policy}/edit`, async () => {}, "Message", "mine");
      expect(await read<object>(paths.policy)).toMatchObject({ tags: TAGS });
      const { id: variable } = await send("POST", "/variables/", { name: "tagged", value: "1", tags: TAGS });
      await open("/variables");
      await page.getByRole("button", { name: "tagged", exact: true }).click();
      const tags = page.getByRole("dialog").getByLabel("Tags");
      await tags.fill(`${await tags.inputValue()}, one more`);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved tagged.").waitFor();
      expect(await read<object>(`/variables/${variable}`)).toMatchObject({ tags: [...TAGS, "one more"] });
      const run = await send("POST", `${paths.deployment}/create_flow_run`, { tags: ["x, y"] });
      await open(`/deployments/deployment/${data.deployment}/run?copy=${run.id}`);
      await page.getByLabel("Name", { exact: true }).fill("copied-tags");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByRole("heading", { name: "copied-tags" }).waitFor();
      const [made] = await list<{ tags: string[] }>("/flow_runs/filter", {
        flow_runs: { name: { any_: ["copied-tags"] } },
      });
      expect(made?.tags.toSorted()).toEqual([...TAGS, "x, y"].toSorted());
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
