// Starts Azurite, Microsoft's emulator of Azure Blob Storage, with its data in memory. Installed once, in the user's cache folder.
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../python.ts";
import { freePort } from "./free-port.ts";

const VERSION = "3.37.0";
/** What it needs is as it was on one day, so no lock file is kept. */
const DAY = "2026-11-28";
const program = await installed().catch((error) => {
  console.log(`Skipped: Azurite cannot be installed here. ${error}`);
});

/** Whether it can be had here. */
export const possible = program !== undefined;

export const ACCOUNT = "devstoreaccount1";
/** Published: that of every emulator. */
export const ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

export interface Azurite {
  /** With the account's name, as the emulator has it in its paths. */
  url: string;
  /** Makes a container with a name of its own. */
  bucket(): Promise<string>;
  /** Stores a blob, past the code under test. */
  put(container: string, name: string, content: string, metadata?: Record<string, string>): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

async function installed(): Promise<string> {
  if (!Bun.which("node")) throw new Error("Node is not installed.");
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "orch-stores", `azurite-${VERSION}`);
  const mark = join(folder, ".complete");
  const binary = join(folder, "node_modules", ".bin", "azurite-blob");
  if (existsSync(mark)) return binary;
  console.error(`Installing Azurite in ${folder}: this takes a minute, once.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", `--before=${DAY}`];
  await run(["npm", "install", "--silent", "--prefix", folder, ...options, `azurite@${VERSION}`]);
  writeFileSync(mark, "");
  return binary;
}

/** `tls`: files of a key and its certificate; tokens are taken then too. */
export async function startAzurite(tls?: { key: string; certificate: string }): Promise<Azurite> {
  const port = await freePort();
  const options = ["--inMemoryPersistence", "--disableTelemetry", "--silent", "--blobPort", String(port)];
  const secure = tls ? ["--cert", tls.certificate, "--key", tls.key, "--oauth", "basic"] : [];
  const child = Bun.spawn([program ?? "", ...options, ...secure], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  });
  const reader = child.stdout.getReader();
  let printed = "";
  while (!printed.includes("successfully listens on")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`Azurite did not start: ${printed}`);
    printed += new TextDecoder().decode(value);
  }
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const url = `${tls ? "https" : "http"}://127.0.0.1:${port}/${ACCOUNT}`;
  const put = async (path: string, query: string, headers: Record<string, string>, body: string) => {
    const response = await fetch(`${url}/${path}?${query}&${accountSignature("rwdlc")}`, {
      ...{ method: "PUT", body, headers: { ...headers, "x-ms-version": "2021-12-02" } },
      tls: { rejectUnauthorized: false },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  let containers = 0;
  return {
    url,
    async bucket() {
      containers += 1;
      await put(`container-${containers}`, "restype=container", {}, "");
      return `container-${containers}`;
    },
    put: (container, name, content, metadata = {}) =>
      put(
        `${container}/${name.split("/").map(encodeURIComponent).join("/")}`,
        "",
        {
          "x-ms-blob-type": "BlockBlob",
          ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-ms-meta-${key}`, value])),
        },
        content,
      ),
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await child.exited;
      await drained;
    },
  };
}

/** A shared access signature for the account, made as Microsoft documents it. `permissions`: `r`, `rwdlc`. */
export function accountSignature(permissions: string, until = "2099-01-01T00:00:00Z"): string {
  const [version, services, types] = ["2019-12-12", "b", "sco"];
  const text = `${[ACCOUNT, permissions, services, types, "", until, "", "", version].join("\n")}\n`;
  const signature = createHmac("sha256", Buffer.from(ACCOUNT_KEY, "base64")).update(text).digest("base64");
  const values = { sv: version, ss: services, srt: types, sp: permissions, se: until, sig: signature };
  return new URLSearchParams(values).toString();
}
