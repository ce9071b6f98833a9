// R18: what never gets into a snapshot: links out of the project, known secrets; and what gets out of one.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packSnapshot } from "#project/snapshots/snapshot.ts";
import { localStorage } from "#storage/local.ts";

let root = "";
let folder = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orch-strangers-")));
  folder = join(root, "project");
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
function link(path: string, target: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}
const pack = (entrypoint?: string) => packSnapshot({ folder, storageRoot: join(root, "storage"), entrypoint });

function filesIn(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true, encoding: "utf8" });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1)).toSorted();
}

describe("a link", () => {
  beforeEach(() =>
    write({ "project/flow.ts": "export {};\n", "elsewhere/x.ts": "export {};\n", "elsewhere/key": "k" }),
  );

  /** Where `sub/out` leads. */
  const LEAVING: [what: string, target: string][] = [
    ["absolute", "/etc/passwd"],
    ["relative", "../../elsewhere/key"],
    ["to a folder", "../../elsewhere"],
    ["to the folder above", "../.."],
    ["to nothing", "/no/such/file"],
    ["to the root", "/"],
    ["by a chain", "../inside"],
    ["to a device", "/dev/zero"],
    ["to a process", "/proc/self/environ"],
  ];
  for (const [what, target] of LEAVING) {
    test(`R18: that leads out of the project (${what}) is not followed, and is named`, async () => {
      link("project/inside", "../elsewhere/key");
      link("project/sub/out", target);
      const { path, leftOut } = await pack();
      expect(filesIn(path)).toEqual(["flow.ts"]);
      expect(leftOut.links).toEqual([
        { path: "inside", target: "../elsewhere/key" },
        { path: "sub/out", target },
      ]);
    });
  }

  test("R18: that stays inside is followed, also one to a folder", async () => {
    write({ "project/data/a.txt": "a" });
    link("project/b.txt", "data/a.txt");
    link("project/again", "data");
    const { path, leftOut } = await pack();
    expect(filesIn(path)).toEqual(["again/a.txt", "b.txt", "data/a.txt", "flow.ts"]);
    expect(leftOut).toEqual({ links: [], secrets: [] });
  });

  test("R18: that the ignore file asks for is followed", async () => {
    write({ "project/.orchignore": "!shared\n", "elsewhere/deep/y": "y" });
    link("project/shared", "../elsewhere");
    const { path, leftOut } = await pack();
    expect(filesIn(path)).toEqual([".orchignore", "flow.ts", "shared/deep/y", "shared/key", "shared/x.ts"]);
    expect(leftOut.links).toEqual([]);
  });

  test("R18: through which source is imported brings that source, and no more", async () => {
    write({
      "project/flow.ts": 'import "./shared/x";\nimport "./one.ts";\nread("./shared/key");\n',
      "elsewhere/x.ts": 'import "./y.ts";\n',
      "elsewhere/y.ts": "export {};\n",
    });
    link("project/shared", "../elsewhere");
    link("project/one.ts", "../elsewhere/y.ts");
    const { path, outside, leftOut } = await pack();
    expect(filesIn(path)).toEqual(["flow.ts", "one.ts", "shared/x.ts", "shared/y.ts"]);
    expect(outside).toEqual(["one.ts", "shared/x.ts", "shared/y.ts"]);
    expect(leftOut.links).toEqual([{ path: "shared", target: "../elsewhere" }]);
  });

  test("R18: that is the flow's own file is packed", async () => {
    link("project/linked.ts", "../elsewhere/x.ts");
    expect(filesIn((await pack("linked.ts:hello")).path)).toEqual(["flow.ts", "linked.ts"]);
    expect(filesIn((await pack("flow.ts:hello")).path)).toEqual(["flow.ts"]);
  });

  test("R18: named as trees of orch have them leads nowhere", async () => {
    link("project/.orch-folder", "/etc");
    expect(filesIn((await pack()).path)).toEqual(["flow.ts"]);
  });
});

describe("known secrets", () => {
  const KEY = "-----BEGIN RSA PRIVATE KEY-----\nMII\n";
  const SECRETS = [
    ...[".aws/credentials", ".ssh/config", "id_rsa", "keys/id_ed25519", "id_rsa_work", ".netrc", ".npmrc", ".pypirc"],
    ...[".git-credentials", ".kube/config", ".config/gcloud/credentials.db", ".docker/config.json", "store.p12"],
    ...[".env", ".env.local", ".envrc", ".orch/profiles.toml", ".prefect/profiles.toml", "encryption.key", "orch.db"],
    ...["tls/server.pem", "server.key", "service-account.json", "office.ovpn"],
    ...[
      "terraform.tfstate",
      "terraform.tfstate.backup",
      ".rclone.conf",
      ".config/gh/hosts.yml",
      ".password-store/a.gpg",
    ],
  ];
  const OTHERS = [
    "id_rsa.pub",
    "id_rsa.ts",
    ".env.example",
    "ca.pem",
    "words.key",
    "credentials.json",
    ".docker/Dockerfile",
  ];
  const all = () =>
    Object.fromEntries([...SECRETS, ...OTHERS].map((path) => [`project/${path}`, OTHERS.includes(path) ? "x" : KEY]));

  for (const ignoreFile of [undefined, ".orchignore"]) {
    test(`R18: are left out and named ${ignoreFile ? "whatever the ignore file has" : "without an ignore file"}`, async () => {
      write(all());
      if (ignoreFile) write({ [`project/${ignoreFile}`]: "tmp/\n" });
      const { path, leftOut } = await pack();
      expect(filesIn(path)).toEqual([...OTHERS, ...(ignoreFile ? [ignoreFile] : [])].toSorted());
      const folders = leftOut.secrets.map((each) => each.split("/")[0]);
      expect(new Set(folders)).toEqual(new Set(SECRETS.map((each) => each.split("/")[0])));
    });
  }

  test("R18: are packed where the ignore file asks for them", async () => {
    write({ ...all(), "project/.orchignore": "!.aws/credentials\n!server.key\n" });
    expect(filesIn((await pack()).path)).toEqual(
      [...OTHERS, ".aws/credentials", ".orchignore", "server.key"].toSorted(),
    );
  });

  test("R18: are not packed under another name by a link", async () => {
    write({ "project/.env": "A=1", "project/.aws/credentials": "k" });
    link("project/public.txt", ".env");
    link("project/cloud", ".aws");
    const { path, leftOut } = await pack();
    expect(filesIn(path)).toEqual([]);
    expect(leftOut.secrets.toSorted()).toEqual([".aws/", ".env", "cloud", "public.txt"]);
  });

  test("R18: beside the project are not packed because source names them", async () => {
    write({ "project/flow.ts": 'read("../id_rsa"); read("../data.csv");\n', id_rsa: KEY, "data.csv": "1" });
    const { path, leftOut } = await pack();
    expect([existsSync(join(path, "data.csv")), existsSync(join(path, "id_rsa"))]).toEqual([true, false]);
    expect(leftOut.secrets).toEqual(["../id_rsa"]);
  });
});

describe("an ignore file", () => {
  test("that is no file is a sentence", async () => {
    mkdirSync(join(folder, ".orchignore"));
    await expect(pack()).rejects.toThrow(/^The ignore file '.*\.orchignore' is no file\.$/);
  });
});

describe("what is fetched", () => {
  test("R18: is not written through a link out of the target", async () => {
    write({ "stored/out/passwd": "new", "outside/passwd": "old" });
    link("target/out", "../outside");
    const fetched = localStorage(join(root, "stored")).getDirectory(null, join(root, "target"));
    await expect(fetched).rejects.toThrow(/a link leads out of '.*target' there/);
    expect(readFileSync(join(root, "outside/passwd"), "utf8")).toBe("old");
  });

  test("R18: makes no folder behind such a link", async () => {
    write({ "stored/out/new/deep/x": "x", "outside/passwd": "old" });
    link("target/out", "../outside");
    const fetched = localStorage(join(root, "stored")).getDirectory(null, join(root, "target"));
    await expect(fetched).rejects.toThrow(/a link leads out/);
    expect(existsSync(join(root, "outside/new"))).toBe(false);
  });

  test("R18: takes the place of a link to a file", async () => {
    write({ "stored/a": "new", outside: "old" });
    link("target/a", "../outside");
    await localStorage(join(root, "stored")).getDirectory(null, join(root, "target"));
    expect([readFileSync(join(root, "target/a"), "utf8"), readFileSync(join(root, "outside"), "utf8")]).toEqual([
      "new",
      "old",
    ]);
  });

  test("R18: goes through a link that stays inside", async () => {
    write({ "stored/a/x": "new", "target/real/y": "y" });
    link("target/a", "real");
    await localStorage(join(root, "stored")).getDirectory(null, join(root, "target"));
    expect(readFileSync(join(root, "target/real/x"), "utf8")).toBe("new");
  });
});
