// Folders on their way to object stores and back: orch beside Prefect 2.10.4 with the s3fs, gcsfs and adlfs of its time, each
// in a process of its own that measures the transfer alone, against the same servers. S3 has two: moto takes more time itself
// than either product, gofakes3 does not.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { pythonEnvironment } from "../../python.ts";
import type { Case, Figure } from "../cases.ts";
import { type Finished, runCommand } from "../processes.ts";
import { type Bed, createBed, type Product } from "../product.ts";
import { median } from "../stats.ts";

// With later ones Prefect 2.10.4 finds nothing that it has itself uploaded to S3.
const PREFECT = {
  ...{ name: "prefect-2.10.4-fsspec-2023.1.0", program: "prefect", day: "2023-04-15" },
  packages: [
    ...["prefect==2.10.4", "fsspec==2023.1.0", "s3fs==2023.1.0", "gcsfs==2023.1.0", "adlfs==2023.1.0"],
    ...["setuptools<68", "pip"],
  ],
};

/** Both take `put` or `get`, an address, its settings as JSON, and a folder; both print one line of JSON. */
const ORCH_PROGRAM = `import { RemoteFileSystem } from "orch";
const [verb, basepath, settings, folder] = process.argv.slice(2);
const place = new RemoteFileSystem({ basepath, settings: JSON.parse(settings) });
const [before, begin] = [process.cpuUsage(), performance.now()];
if (verb === "put") await place.putDirectory(folder);
else await place.getDirectory(null, folder);
const [{ user, system }, end] = [process.cpuUsage(before), performance.now()];
console.log(JSON.stringify({ wall: end - begin, cpu: (user + system) / 1000 }));
`;
const PREFECT_PROGRAM = `import json, sys, time
from prefect.filesystems import RemoteFileSystem

verb, basepath, settings, folder = sys.argv[1:]
place = RemoteFileSystem(basepath=basepath, settings=json.loads(settings))
before, begin = time.process_time(), time.perf_counter()
if verb == "put":
    place.put_directory(folder)
else:
    place.get_directory(local_path=folder)
cpu, end = time.process_time() - before, time.perf_counter()
print(json.dumps({"wall": (end - begin) * 1000, "cpu": cpu * 1000}))
`;

interface Server {
  /** Of a `RemoteFileSystem`. */
  settings: JsonObject;
  /** An address without its scheme, below which nothing is yet. */
  bucket(): Promise<string>;
  stop(): Promise<void>;
}

interface Store {
  name: string;
  scheme: string;
  /** Undefined where it cannot be had here. */
  start(): Promise<Server | undefined>;
}

async function s3Server(server: Omit<Server, "settings"> & { url: string }): Promise<Server> {
  const { KEY, SECRET } = await import("../../stores/moto.ts");
  return { ...server, settings: { key: KEY, secret: SECRET, client_kwargs: { endpoint_url: server.url } } };
}

const GOFAKES3: Store = {
  ...{ name: "s3 (gofakes3)", scheme: "s3" },
  async start() {
    const { possible, startGofakes3 } = await import("../../stores/gofakes3.ts");
    return possible ? s3Server(await startGofakes3()) : undefined;
  },
};

/** Servers are built or installed when they are loaded, the first time. */
const STORES: readonly Store[] = [
  {
    ...{ name: "s3 (moto)", scheme: "s3" },
    async start() {
      const { possible, startMoto } = await import("../../stores/moto.ts");
      return possible ? s3Server(await startMoto()) : undefined;
    },
  },
  GOFAKES3,
  {
    ...{ name: "gcs", scheme: "gs" },
    async start() {
      const { possible, startFakeGcs } = await import("../../stores/fake-gcs.ts");
      if (!possible) return;
      const server = await startFakeGcs();
      return { ...server, settings: { endpoint_url: server.url, token: "anon", project: "p" } };
    },
  },
  {
    ...{ name: "azure", scheme: "az" },
    async start() {
      const { ACCOUNT, ACCOUNT_KEY, possible, startAzurite } = await import("../../stores/azurite.ts");
      if (!possible) return;
      const server = await startAzurite();
      const parts = { DefaultEndpointsProtocol: "http", AccountName: ACCOUNT, AccountKey: ACCOUNT_KEY };
      const text = Object.entries({ ...parts, BlobEndpoint: server.url }).map(([name, value]) => `${name}=${value};`);
      return { ...server, settings: { connection_string: text.join("") } };
    },
  },
];

const SHARES: readonly Store[] = [
  {
    ...{ name: "sftp", scheme: "sftp" },
    async start() {
      const { possible, startSshd } = await import("../../stores/sshd.ts");
      if (!possible) return;
      const { port, key, folder, stop } = await startSshd();
      return { settings: { key_filename: key }, bucket: async () => `127.0.0.1:${port}${folder()}`, stop };
    },
  },
  {
    ...{ name: "smb", scheme: "smb" },
    async start() {
      const { PASSWORD, possible, startSamba, USER } = await import("../../stores/samba.ts");
      if (!possible) return;
      const { port, stop } = await startSamba({ share: {} });
      return { settings: { username: USER, password: PASSWORD }, bucket: async () => `127.0.0.1:${port}/share`, stop };
    },
  },
];

export interface Tree {
  what: string;
  rounds: number;
  write(folder: string): void;
}

export function manySmall(count: number, rounds: number): Tree {
  return {
    ...{ what: `${count} small files`, rounds },
    write(folder) {
      for (let n = 0; n < count; n += 1) {
        const directory = join(folder, `d${Math.floor(n / 100)}`);
        mkdirSync(directory, { recursive: true });
        writeFileSync(join(directory, `f${n}.txt`), `file ${n}\n`.repeat(1 + (n % 200)));
      }
    },
  };
}

export function oneLarge(megabytes: number, rounds: number): Tree {
  return {
    ...{ what: `one file of ${megabytes} MB`, rounds },
    write(folder) {
      const chunk = crypto.getRandomValues(new Uint8Array(50_000));
      const file = openSync(join(folder, "large"), "w");
      for (let written = 0; written < megabytes * 1_000_000; written += chunk.length) writeSync(file, chunk);
      closeSync(file);
    },
  };
}

export interface Transfer {
  /** Milliseconds, of the transfer alone. */
  wall: number;
  cpu: number;
  /** The most that its process held; MB. */
  memory: number;
}

export function transferOf({ stdout, memory }: Pick<Finished, "stdout" | "memory">): Transfer {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  const { wall, cpu } = JSON.parse(line) as Transfer; // what the programs above print
  return { wall, cpu, memory };
}

type RunTransfer = (verb: "put" | "get", address: string, settings: JsonObject, folder: string) => Promise<Transfer>;

/** Runs one transfer in a process of its own. */
export async function transfers(bed: Bed, product: Product): Promise<RunTransfer> {
  if (product.name === "orch") {
    const program = join(bed.folder, "..", "transfer.ts");
    writeFileSync(program, ORCH_PROGRAM);
    return async (...args) => transferOf(await bed.run("run", program, ...words(args)));
  }
  const program = join(bed.folder, "..", "transfer.py");
  writeFileSync(program, PREFECT_PROGRAM);
  const python = join(await pythonEnvironment(PREFECT), "bin/python");
  const options = { env: { PATH: process.env["PATH"] ?? "", HOME: bed.home }, cwd: bed.folder };
  return async (...args) => transferOf(await runCommand([python, program, ...words(args)], options));
}

function words([verb, address, settings, folder]: Parameters<RunTransfer>): string[] {
  return [verb, address, JSON.stringify(settings), folder];
}

export const objectStoresCase: Case = {
  name: "object-stores",
  measure: (product, { quick }) =>
    measureStores(
      product,
      STORES,
      quick ? [manySmall(100, 1), oneLarge(20, 1)] : [manySmall(1_000, 3), oneLarge(500, 1)],
    ),
};

/** What orch promises about memory, where it has most to carry. */
export const largeTransfersCase: Case = {
  name: "large-transfers",
  orchOnly: true,
  measure: (product, { quick }) =>
    measureStores(
      product,
      [GOFAKES3, ...SHARES],
      quick ? [manySmall(100, 1), oneLarge(20, 1)] : [manySmall(10_000, 1), oneLarge(2_000, 1)],
    ),
};

async function measureStores(product: Product, stores: readonly Store[], trees: readonly Tree[]): Promise<Figure[]> {
  const bed = await createBed(product);
  const figures: Figure[] = [];
  try {
    if (product.name === "orch") await bed.startServer();
    const transfer = await transfers(bed, product);
    for (const tree of trees) {
      const from = join(bed.folder, "..", tree.what);
      mkdirSync(from);
      tree.write(from);
      for (const store of stores) figures.push(...(await measureStore(store, tree, transfer, from)));
    }
  } finally {
    await bed.close();
  }
  return figures;
}

async function measureStore(store: Store, tree: Tree, transfer: RunTransfer, from: string): Promise<Figure[]> {
  const server = await store.start();
  if (!server) return [];
  try {
    const { settings } = server;
    const bucket = await server.bucket();
    const all: Record<"put" | "get", Transfer[]> = { put: [], get: [] };
    for (let round = 0; round < tree.rounds; round += 1) {
      const address = `${store.scheme}://${bucket}/round${round}`;
      const to = `${from} from ${store.name} ${round}`;
      mkdirSync(to);
      all.put.push(await transfer("put", address, settings, from));
      all.get.push(await transfer("get", address, settings, to));
    }
    const figure = (verb: "put" | "get", what: string): Figure => ({
      ...{ what: `${store.name}: ${what} of ${tree.what}`, unit: "ms" },
      value: median(all[verb].map(({ wall }) => wall)),
      cpu: median(all[verb].map(({ cpu }) => cpu)),
    });
    const memory = Math.max(...[...all.put, ...all.get].map((one) => one.memory));
    return [
      figure("put", "upload"),
      figure("get", "download"),
      { what: `${store.name}: memory for ${tree.what}`, unit: "MB", value: memory, budget: "≤ 150 MB" },
    ];
  } finally {
    await server.stop();
  }
}
