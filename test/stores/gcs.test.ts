// The blocks that reach Google Cloud Storage, against fake-gcs-server, which speaks like it.
import { afterAll, beforeAll, describe, test } from "bun:test";
import { gcsOptions } from "#storage/gcs/options.ts";
import { gcsStore } from "#storage/gcs/store.ts";
import { deployAndRun } from "./deployed.ts";
import { type FakeGcs, possible, startFakeGcs } from "./fake-gcs.ts";
import { objectStoreTests } from "./object-store.ts";

let server: FakeGcs;
beforeAll(async () => {
  if (possible) server = await startFakeGcs();
});
afterAll(() => server?.stop());

const SIZES = {
  wholeBytes: 2 * 1024 * 1024,
  pieceBytes: 1024 * 1024,
  mostPieceBytes: 1024 * 1024,
  pageFiles: 100,
  fetched: { partBytes: 1024 * 1024, fastBytesPerMs: Number.POSITIVE_INFINITY },
};

describe.skipIf(!possible)("Google Cloud Storage", () => {
  objectStoreTests(
    {
      ...{ scheme: "gs", place: "bucket", start: startFakeGcs },
      store: (path, url) => gcsStore(gcsOptions(path, {}, { STORAGE_EMULATOR_HOST: url }), SIZES),
    },
    () => server,
  );

  test("blocks 8: a flow is deployed from one home and run by an agent with another", async () => {
    const bucket = await server.bucket();
    await deployAndRun("gcs", { bucket_path: `${bucket}/base` }, "flows/hello", {
      env: { STORAGE_EMULATOR_HOST: new URL(server.url).host },
    });
  });

  test("blocks 8: so it is by an address of a remote file system", async () => {
    const bucket = await server.bucket();
    const fields = { basepath: `gcs://${bucket}/base`, settings: { endpoint_url: server.url } };
    await deployAndRun("remote-file-system", fields, "flows");
  });
});
