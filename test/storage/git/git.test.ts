// Repositories as storage: what comes from them, from which address, and what git must not be given.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { openStorage } from "#storage/registry.ts";
import type { GetOptions } from "#storage/storage.ts";
import {
  cannotRun,
  commandLine,
  createRepositories,
  failureOf,
  type GitServer,
  type GitServerOptions,
  type Repositories,
  serveGit,
} from "../git-server.ts";

const TOKEN = "ghp_s3cr3t+/=tok";
const FILES = {
  "readme.md": "one",
  "flows/etl.ts": "two",
  "flows/run.sh": "SCRIPT: three",
  "flows/out": "LINK:../../../etc/passwd",
  "flows/in": "LINK:etl.ts",
  "späße/a b.txt": "four",
};

let repositories: Repositories;
let first = "";
let second = "";
beforeAll(() => {
  if (cannotRun) return;
  repositories = createRepositories();
  first = repositories.commit("app", FILES);
  repositories.git("app", "tag", "v1/final");
  repositories.git("app", "push", "--quiet", "--tags", join(repositories.root, "app.git"));
  second = repositories.commit("app", { "readme.md": "newer" });
  repositories.git("app", "checkout", "--quiet", "-b", "feature/x", first);
  repositories.commit("app", { "readme.md": "of a branch" });
  repositories.git("app", "checkout", "--quiet", "main");
});
afterAll(() => repositories?.close());

let target: string;
const servers: GitServer[] = [];
beforeEach(() => {
  if (repositories) target = mkdtempSync(join(repositories.root, "got-"));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const serve = (options: GitServerOptions = {}): GitServer => {
  const server = serveGit(repositories.root, options);
  servers.push(server);
  return server;
};
const get = async (slug: string, data: JsonObject, path: string | null = null, options: GetOptions = {}) =>
  (await openStorage(slug, data)).getDirectory(path, target, options);
const read = (path: string) => readFileSync(join(target, path), "utf8");
const names = () =>
  (readdirSync(target, { recursive: true }) as string[]).filter((path) => !/^\.git(\/|$)/.test(path)).toSorted();

const suite = describe.skipIf(cannotRun !== null);

suite("what comes from a repository", () => {
  test("the newest commit of its main branch, with modes and links as they are, and one commit of history", async () => {
    await get("github", { repository: `${serve().url}/app.git` });
    const folders = ["flows", "späße"];
    expect(names()).toEqual([...Object.keys(FILES), ...folders].toSorted());
    expect(read("readme.md")).toBe("newer");
    expect(statSync(join(target, "flows/run.sh")).mode & 0o111).toBe(0o111);
    expect([readlinkSync(join(target, "flows/in")), readlinkSync(join(target, "flows/out"))]).toEqual([
      "etl.ts",
      "../../../etc/passwd",
    ]);
    expect(repositories.git("app", "-C", target, "log", "--format=%H")).toBe(second);
    expect(repositories.git("app", "-C", target, "status", "--porcelain")).toBe("");
  });

  test("files are listed and read one by one; a link that leads out of the repository is none of them", async () => {
    const repository = `${serve().url}/app.git`;
    const storage = await openStorage("github", { repository });
    const files = Object.keys(FILES).filter((path) => path !== "flows/out");
    expect(await storage.listPaths(null)).toEqual(files.toSorted());
    expect(await storage.listPaths("flows")).toEqual(["flows/etl.ts", "flows/in", "flows/run.sh"]);
    expect(await storage.listPaths("none")).toEqual([]);
    expect(String(await storage.readPath("späße/a b.txt"))).toBe("four");
    expect(String(await storage.readPath("flows/in"))).toBe("two");
    for (const path of ["flows/out", "none", ".git/config", "flows"]) {
      expect((await failureOf(storage.readPath(path))).message).toBe(`There is no file '${path}' in '${repository}'.`);
    }
    expect((await failureOf(storage.readPath("../app"))).message).toContain("outside of the base path");
  });

  for (const [what, reference, content] of [
    ["a branch with a slash", "feature/x", "of a branch"],
    ["a tag with a slash", "v1/final", "one"],
    ["a whole ref", "refs/heads/feature/x", "of a branch"],
  ] as const) {
    test(`blocks 10: ${what}`, async () => {
      await get("github", { repository: `${serve().url}/app.git`, reference, include_git_objects: false });
      expect(read("readme.md")).toBe(content);
      expect(existsSync(join(target, ".git"))).toBe(false);
    });
  }

  for (const isOld of [false, true]) {
    test(`blocks 10: a commit, whole or its first digits, ${isOld ? "of a server of old" : "by its name alone"}`, async () => {
      const repository = `${serve({ isOld }).url}/app.git`;
      for (const reference of [first, first.slice(0, 9)]) {
        await get("github", { repository, reference });
        expect([read("readme.md"), repositories.git("app", "-C", target, "rev-parse", "HEAD")]).toEqual(["one", first]);
        rmSync(target, { recursive: true });
      }
    });
  }

  test("blocks 10: of a sub-folder nothing else comes, and no content of other files is sent", async () => {
    const noise = "LARGE".repeat(50_000);
    repositories.commit("large", { "noise.bin": `${noise}${Math.random()}`, "a/b c/[x]/flow.ts": "x", "a/other": "y" });
    let bytes = 0;
    const server = serve();
    const counting = serve({
      async instead(request) {
        const { pathname, search } = new URL(request.url);
        const body = request.method === "POST" ? { body: await request.bytes() } : {};
        const answer = await fetch(`${server.url}${pathname}${search}`, {
          ...{ method: request.method, headers: request.headers, decompress: false, ...body },
        });
        const content = await answer.bytes();
        bytes += content.length;
        return new Response(content, { status: answer.status, headers: answer.headers });
      },
    });
    await get("github", { repository: `${counting.url}/large.git` }, "/a/b c/[x]/");
    expect(names()).toEqual(["a", "a/b c", "a/b c/[x]", "a/b c/[x]/flow.ts"]);
    expect(existsSync(join(target, ".git"))).toBe(false);
    expect(bytes).toBeLessThan(4000);
  });

  test("blocks 5: folders with blanks and with letters that mean something to git", async () => {
    const folders = [" lead", "#h/!x", "tail ", "flows*", "c:d", "späße"];
    repositories.commit("names", Object.fromEntries(folders.map((folder) => [`${folder}/a`, folder])));
    const repository = `${serve().url}/names.git`;
    for (const folder of folders) {
      await get("github", { repository }, `./${folder}//`);
      expect([names(), read(`${folder}/a`)]).toEqual([expect.arrayContaining([`${folder}/a`]), folder]);
      expect(names().filter((name) => name.endsWith("/a"))).toEqual([`${folder}/a`]);
      rmSync(target, { recursive: true });
    }
  });

  test("a repository that was renamed, and a ref that is neither branch nor tag", async () => {
    repositories.git("app", "push", "--quiet", join(repositories.root, "app.git"), `${first}:refs/pull/5/head`);
    const instead = (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const [, rest] = /^\/old\.git(.*)/.exec(pathname) ?? [];
      return rest === undefined ? undefined : Response.redirect(`/app.git${rest}${search}`, 301);
    };
    const server = serve({ instead, wanted: `oauth2:${TOKEN}` });
    const fields = { repository: `${server.url}/old.git`, credentials: { token: TOKEN } };
    await get("gitlab-repository", { ...fields, reference: "refs/pull/5/head" });
    expect(read("readme.md")).toBe("one");
  });

  test("a repository without a commit, and a branch that is not there", async () => {
    repositories.commit("empty", { a: "x" });
    rmSync(join(repositories.root, "empty.git/refs/heads/main"));
    const { url } = serve();
    expect((await failureOf(get("github", { repository: `${url}/empty.git` }))).message).toBe(
      `There is no commit in '${url}/empty.git'.`,
    );
    const { message } = await failureOf(get("github", { repository: `${url}/app.git`, reference: "nope" }));
    expect(message).toBe("Failed to pull from remote: fatal: Remote branch nope not found in upstream origin");
  });

  test("a folder that is not there is named, and a path that leaves is refused", async () => {
    const repository = `${serve().url}/app.git`;
    const gone = await failureOf(get("github", { repository, reference: "feature/x" }, "none"));
    expect(gone.message).toBe(`There is no folder 'none' in '${repository}' at 'feature/x'.`);
    for (const path of ["readme.md", ".git", "flows/in"]) {
      expect((await failureOf(get("github", { repository }, path))).message).toStartWith("There is no folder");
    }
    expect((await failureOf(get("github", { repository }, "a/../../b"))).message).toContain("outside of the base path");
    expect(readdirSync(target)).toEqual([]);
  });

  test("it is laid over what is there, through no link that leads out; a repository there keeps its history", async () => {
    const outside = mkdtempSync(join(repositories.root, "outside-"));
    mkdirSync(join(target, ".git"));
    for (const path of ["mine.txt", "readme.md", ".git/mine"]) writeFileSync(join(target, path), "mine");
    const block = { repository: `${serve().url}/app.git` };
    await get("github", block);
    expect(["mine.txt", "readme.md", "flows/etl.ts", ".git/mine"].map(read)).toEqual(["mine", "newer", "two", "mine"]);
    expect(readdirSync(join(target, ".git"))).toEqual(["mine"]);
    expect(statSync(join(target, "flows/run.sh")).mode & 0o111).toBe(0o111);
    expect(lstatSync(join(target, "flows/out")).isSymbolicLink()).toBe(true);
    rmSync(join(target, "flows"), { recursive: true });
    symlinkSync(outside, join(target, "flows"));
    expect((await failureOf(get("github", block))).message).toContain("a link leads out");
    expect(readdirSync(outside)).toEqual([]);
  });

  for (const isOld of [false, true]) {
    test(`blocks 10: submodules whose commit is not the newest, ${isOld ? "of a server of old" : "by their commits"}`, async () => {
      const wanted = `u:${TOKEN}`;
      const { url } = serve({ wanted, isOld });
      const name = isOld ? "old" : "new";
      const pinned = repositories.commit(`${name}-lib`, { "lib.ts": "pinned" });
      const modules = `[submodule "lib"]\n\tpath = deps/lib\n\turl = ../${name}-lib.git\n`;
      repositories.commit(`${name}-app`, { "flow.ts": "x", ".gitmodules": modules });
      repositories.commitSubmodule(`${name}-app`, "deps/lib", pinned);
      repositories.commit(`${name}-lib`, { "lib.ts": "newer" });
      const block = { repository: `${url.replace("//", "//u@")}/${name}-app.git`, credentials: { token: TOKEN } };
      await get("gitlab-repository", block);
      expect(read("deps/lib/lib.ts")).toBe("pinned");
      rmSync(target, { recursive: true });
      await get("gitlab-repository", block, "deps");
      expect(names()).toEqual(["deps", "deps/lib", "deps/lib/lib.ts"]);
    });
  }
});

suite("what git must not be given", () => {
  const addresses = [
    "ext::sh -c 'touch pwned'",
    "ext::x",
    "--upload-pack=x",
    "-oProxyCommand=x:a",
    "git://h/a",
    "org/repo",
    "",
    "https://",
    "fd::3",
    "a@-x:b",
    "file://x:y@[",
    "ftp://h/a",
    "git@h:-x",
  ];
  for (const repository of addresses) {
    test(`the address '${repository}'`, async () => {
      expect((await failureOf(get("github", { repository }))).message).toMatch(/cannot be reached: use https:/);
    });
  }

  test("the password of an address that cannot be reached is not shown", async () => {
    const { message } = await failureOf(get("github", { repository: "ftp://a:hidden@h/a?token=hidden" }));
    expect(message).not.toContain("hidden");
  });

  test("a reference that is an option", async () => {
    for (const reference of ["--upload-pack=touch pwned", "-b", "a b", "a\nb"]) {
      const { message } = await failureOf(get("github", { repository: "https://h/a", reference }));
      expect(message).toContain("is no branch, tag or commit");
    }
  });

  test("a repository in a folder of this machine works, also with variables of a hook around", async () => {
    process.env["GIT_DIR"] = "/nonexistent";
    process.env["GIT_INDEX_FILE"] = "/nonexistent";
    try {
      await get("github", { repository: join(repositories.root, "app.git") });
    } finally {
      delete process.env["GIT_DIR"];
      delete process.env["GIT_INDEX_FILE"];
    }
    expect(read("readme.md")).toBe("newer");
  });

  test("a submodule may not be a command or a folder of this machine", async () => {
    const pinned = repositories.commit("inner", { a: "x" });
    for (const url of ["ext::sh -c true", join(repositories.root, "inner.git")]) {
      repositories.commit("evil", {
        ".gitmodules": `[submodule "s"]\n\tpath = s\n\turl = ${url}\n`,
        [`f${url.length}`]: "x",
      });
      repositories.commitSubmodule("evil", "s", pinned);
      const { message } = await failureOf(get("github", { repository: `${serve().url}/evil.git` }));
      expect(message).toMatch(/transport '(ext|file)' not allowed/);
      expect(readdirSync(target)).toEqual([]);
    }
  });

  test("a submodule that cannot be had is left out where a warning can be given, and the others come", async () => {
    const pinned = repositories.commit("good", { a: "x" });
    const modules = ["good", "gone"].map((name) => `[submodule "${name}"]\n\tpath = ${name}\n\turl = ../${name}.git\n`);
    repositories.commit("both", { ".gitmodules": modules.join("") });
    for (const path of ["gone", "good"]) repositories.commitSubmodule("both", path, pinned);
    const warnings: string[] = [];
    const { url } = serve();
    await get("github", { repository: `${url}/both.git` }, null, { onWarning: (sentence) => warnings.push(sentence) });
    expect(read("good/a")).toBe("x");
    expect(warnings).toEqual([expect.stringMatching(/^The submodule 'gone' is left out. Failed to pull.* not found/)]);
  });
});

suite("ends", () => {
  test("git ends when the work is given up, and leaves nothing", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const instead = () => {
      resolve();
      return new Promise<Response>(() => {});
    };
    const stop = new AbortController();
    const { url } = serve({ instead });
    const got = failureOf(get("github", { repository: `${url}/app.git` }, null, { signal: stop.signal }));
    await promise;
    stop.abort(new Error("given up"));
    expect((await got).message).toBe("given up");
    expect(readdirSync(target)).toEqual([]);
    const left = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(url));
    expect(left).toEqual([]);
  });

  test("a server that is busy is asked again", async () => {
    let times = 0;
    const instead = () => {
      times += 1;
      return times === 1 ? new Response("busy", { status: 503 }) : undefined;
    };
    await get("github", { repository: `${serve({ instead }).url}/app.git` });
    expect(read("readme.md")).toBe("newer");
  });

  test("nothing is stored", async () => {
    const storage = await openStorage("github", { repository: "https://h/a.git", reference: "main" });
    for (const refused of [storage.putDirectory(target, null), storage.writePath("a", new Uint8Array())]) {
      expect((await failureOf(refused)).message).toBe(
        "Nothing can be stored in 'https://h/a.git@main' by a GitHub block: commit and push the files with git, or use --skip-upload.",
      );
    }
  });

  test("without git there is one sentence", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nonexistent";
    const got = failureOf(get("github", { repository: "https://h/a.git" }));
    const { message } = await got.finally(() => {
      process.env["PATH"] = path;
    });
    expect(message).toBe("git is not on the PATH of this machine: install it to use code from repositories.");
  });
});
