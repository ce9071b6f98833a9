// Blocks as user code saves, loads and prints them.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import { currentRun, type RunFrame } from "#engine/session/context.ts";
import { blocksFor } from "#sdk/blocks/hosted.ts";
import * as sdk from "#sdk/index.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { type AppHost, appHost } from "../app-host.ts";

const HIDDEN = "********";

let on: AppHost;
let blocks: ReturnType<typeof blocksFor>;
beforeEach(() => {
  on = appHost();
  blocks = blocksFor(on.host);
});
afterEach(() => on.close());

const stored = (id: string) =>
  on.api.client.call(readBlockDocument, { params: { id }, query: { include_secrets: true } });

describe("saving", () => {
  test("all fields are stored, by the names the old client knows, with defaults and nulls", async () => {
    const id = await new blocks.S3({ bucketPath: "b", awsAccessKeyId: "k" }).save("mine");
    const data = { bucket_path: "b", aws_access_key_id: "k", aws_secret_access_key: null };
    expect(await stored(id)).toMatchObject({ name: "mine", data, block_type: { slug: "s3" }, is_anonymous: false });
  });

  test("a name that is taken is refused, unless it may be overwritten", async () => {
    const id = await new blocks.Secret({ value: "one" }).save("mine");
    await expect(new blocks.Secret({ value: "two" }).save("mine")).rejects.toThrow(
      "There is a Secret block named 'mine' already. Take another name, or save it with { overwrite: true }.",
    );
    expect((await stored(id)).data).toEqual({ value: "one" });
    expect(await new blocks.Secret({ value: "two" }).save("mine", { overwrite: true })).toBe(id);
    expect((await stored(id)).data).toEqual({ value: "two" });
  });

  test("a saved block is saved again under its name, without asking", async () => {
    const block = new blocks.JSON({ value: 1 });
    const id = await block.save("mine");
    block.value = 2;
    expect([await block.save(), await block.save("mine")]).toEqual([id, id]);
    expect((await stored(id)).data).toEqual({ value: 2 });
    expect(block.saved).toEqual({ id, name: "mine", isAnonymous: false });
    expect(await block.save("other")).not.toBe(id);
  });

  const names: [name: string | undefined, words: string][] = [
    ["My Block", "A block cannot be named 'My Block': names have small letters, digits and dashes."],
    ["", "Give a name to save the Secret block under."],
    [undefined, "Give a name to save the Secret block under."],
  ];
  for (const [name, words] of names) {
    test(`the name ${name} is refused, and nothing is stored`, async () => {
      await expect(new blocks.Secret({ value: "s" }).save(name)).rejects.toThrow(words);
      expect(await on.app.count("block_document")).toBe(0);
    });
  }

  test("a type that the server does not know is made known first", async () => {
    const bare = appHost({ services: false });
    const { Secret } = blocksFor(bare.host);
    await new Secret({ value: "s" }).save("mine");
    expect((await Secret.load("mine")).get()).toBe("s");
    expect([await bare.app.count("block_type"), await bare.app.count("block_schema")]).toEqual([1, 1]);
    await bare.close();
  });
});

describe("loading", () => {
  test("gives the class back with its secrets, and knows where it is", async () => {
    const id = await new blocks.Secret({ value: "s3cret" }).save("mine");
    const loaded = await blocks.Secret.load("mine");
    expect(loaded).toBeInstanceOf(sdk.Secret);
    expect([loaded.get(), loaded.saved]).toEqual(["s3cret", { id, name: "mine", isAnonymous: false }]);
  });

  test("what is not there is a sentence that says where to look", async () => {
    await expect(blocks.Webhook.load("none")).rejects.toThrow(
      "There is no Webhook block named 'none'. 'orch block ls' lists what is there.",
    );
  });

  test("fields of another version of the type are left out", async () => {
    const id = await new blocks.LocalFileSystem({ basepath: "/a" }).save("mine");
    await on.app.send("PATCH", `/block_documents/${id}`, { data: { future: true } });
    const loaded = await blocks.LocalFileSystem.load("mine");
    expect(loaded.toData()).toEqual({ basepath: "/a" });
  });
});

describe("blocks in blocks", () => {
  test("a saved one is referred to, and still is when the outer one was loaded and is saved again", async () => {
    const registry = new blocks.DockerRegistry({ username: "u", password: "s3cret", registryUrl: "r" });
    const inner = await registry.save("registry");
    const outer = await new blocks.DockerContainer({ image: "i", imageRegistry: registry }).save("outer");
    const reference = { image_registry: { block_document: { id: inner } } };
    expect((await stored(outer)).block_document_references).toMatchObject(reference);
    const loaded = await blocks.DockerContainer.load("outer");
    loaded.image = "j";
    await loaded.save();
    const after = await stored(outer);
    expect(after).toMatchObject({ block_document_references: reference, data: { image: "j" } });
    expect(inspect(loaded)).not.toContain("s3cret");
  });

  test("one that was not saved travels inside", async () => {
    const imageRegistry = new blocks.DockerRegistry({ username: "u", password: "p", registryUrl: "r" });
    const id = await new blocks.DockerContainer({ imageRegistry }).save("outer");
    expect((await stored(id)).data["image_registry"]).toMatchObject({ username: "u", password: "p", reauth: true });
  });
});

describe("secrets are not printed", () => {
  const make: [what: string, block: () => sdk.Block, shown: object][] = [
    ["Secret", () => new sdk.Secret({ value: "s3cret" }), { value: HIDDEN }],
    [
      "Webhook",
      () => new sdk.Webhook({ url: "https://x/s3cret", headers: { a: "s3cret" } }),
      { method: "POST", url: HIDDEN, headers: { a: HIDDEN } },
    ],
    [
      "S3",
      () => new sdk.S3({ bucketPath: "b", awsAccessKeyId: "s3cret" }),
      { bucketPath: "b", awsAccessKeyId: HIDDEN },
    ],
    [
      "a registry in a container",
      () =>
        new sdk.DockerContainer({
          imageRegistry: new sdk.DockerRegistry({ username: "u", password: "s3cret", registryUrl: "r" }),
        }),
      { imageRegistry: { username: "u", password: HIDDEN } },
    ],
  ];
  const ways: [way: string, print: (block: sdk.Block) => string][] = [
    ["JSON", (block) => JSON.stringify({ block })],
    ["util.inspect", (block) => inspect({ block }, { depth: 9 })],
    ["util.inspect of what is hidden", (block) => inspect(block, { showHidden: true })],
    ["the console", (block) => Bun.inspect([block])],
    ["text", (block) => `${block}`],
    ["a copy", (block) => inspect({ ...block }, { depth: 9 })],
  ];
  for (const [what, block, shown] of make) {
    test(`${what}: shown with asterisks`, () => expect(JSON.parse(JSON.stringify(block()))).toMatchObject(shown));
    for (const [way, print] of ways) {
      test(`${what}: not by ${way}`, () => expect(print(block())).not.toContain("s3cret"));
    }
  }
});

describe("where it can be done", () => {
  test("without a host, outside of a run, a sentence says so", async () => {
    const words = "called where no API is known: call it in a flow, or in a file run by orch.";
    await expect(sdk.Secret.load("mine")).rejects.toThrow(`Secret.load() was ${words}`);
    await expect(new sdk.Secret({ value: "s" }).save("mine")).rejects.toThrow(`Secret.save() was ${words}`);
  });

  test("in a run its engine's API is used, whatever the host", async () => {
    const frame = { engine: { api: on.api } } as RunFrame;
    const id = await currentRun.run(frame, () => new sdk.Secret({ value: "s" }).save("mine"));
    expect((await stored(id)).data).toEqual({ value: "s" });
  });

  test("a class of one's own works like the others", async () => {
    class Cube extends blocks.Block<{ edge: number; token?: string }> {
      static override readonly definition = {
        ...{ slug: "cube", name: "Cube", description: "Six sides.", is_protected: false, capabilities: [] },
        fields: {
          ...{ title: "Cube", type: "object", required: ["edge"], secret_fields: ["token"] },
          properties: { edge: { type: "integer" }, token: { type: "string" } },
        },
      };
      declare edge: number;
    }
    await new Cube({ edge: 3, token: "s3cret" }).save("mine");
    const loaded = await Cube.load("mine");
    expect([loaded.edge, JSON.stringify(loaded)]).toEqual([3, `{"edge":3,"token":"${HIDDEN}"}`]);
    await expect(blocks.Block.load("mine")).rejects.toThrow(
      "Load blocks by their own type, such as Secret.load('name'), or name it too: 'type/name'.",
    );
  });

  test("blocks 14: types that have no class here are loaded by 'type/name', with their secrets", async () => {
    class Team extends blocks.StorageBlock<{ bucketName: string; credentials: object }> {
      static override readonly definition = {
        ...{ slug: "s3-bucket", name: "S3 Bucket", description: "Of prefect-aws.", is_protected: false },
        capabilities: ["get-directory", "put-directory"] as const,
        fields: {
          ...{ title: "S3Bucket", type: "object", required: ["bucket_name"] },
          secret_fields: ["credentials.aws_secret_access_key"],
          properties: { bucket_name: { type: "string" }, credentials: { type: "object" } },
        },
      };
    }
    const credentials = { aws_access_key_id: "AK", aws_secret_access_key: "s3cret" };
    const id = await new Team({ bucketName: "bucket", credentials }).save("team");
    const loaded = await blocks.StorageBlock.load("s3-bucket/team");
    expect(loaded).toBeInstanceOf(sdk.StorageBlock);
    expect(loaded.toWholeData()).toEqual({ bucket_name: "bucket", credentials });
    expect([loaded.saved?.id, `${loaded} ${inspect(loaded)}`.includes("s3cret")]).toEqual([id, false]);
    expect(await loaded.save()).toBe(id);
    expect((await blocks.Block.load("s3-bucket/team")).toWholeData()).toEqual({ bucket_name: "bucket", credentials });
    const none = "There is no s3-bucket block named 'other'. 'orch block ls' lists what is there.";
    await expect(blocks.StorageBlock.load("s3-bucket/other")).rejects.toThrow(none);
    await expect(blocks.StorageBlock.load("s3-bucket/")).rejects.toThrow("'s3-bucket/' names no block");
  });
});
