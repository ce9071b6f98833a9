// Tokens of repositories: what is sent, where to, and where the token is not to be found.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { openStorage } from "#storage/registry.ts";
import {
  cannotRun,
  commandLine,
  createRepositories,
  failureOf,
  type GitServer,
  type GitServerOptions,
  makeCertificate,
  type Repositories,
  serveGit,
} from "./git-server.ts";

const TOKEN = "ghp_s3cr3t+/=tok";

let repositories: Repositories;
let target: string;
const servers: GitServer[] = [];
beforeAll(() => {
  if (cannotRun) return;
  repositories = createRepositories();
  repositories.commit("app", { "readme.md": "one", "flows/etl.ts": "two" });
});
afterAll(() => repositories?.close());
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
const get = async (slug: string, data: JsonObject, path: string | null = null) =>
  (await openStorage(slug, data)).getDirectory(path, target);
const read = (path: string) => readFileSync(join(target, path), "utf8");

describe.skipIf(cannotRun !== null)("tokens", () => {
  const cases: [what: string, slug: string, fields: (repository: string) => JsonObject, sent: string][] = [
    [
      "GitLab, over plain http",
      "gitlab-repository",
      (repository) => ({ repository, credentials: { token: TOKEN } }),
      `oauth2:${TOKEN}`,
    ],
    [
      "an address with a user",
      "gitlab-repository",
      (url) => ({ repository: url.replace("//", "//ada@"), credentials: { token: TOKEN } }),
      `ada:${TOKEN}`,
    ],
    [
      "an address with user and password",
      "github",
      (url) => ({ repository: url.replace("//", "//ada:p%40ss@") }),
      "ada:p@ss",
    ],
  ];
  for (const [what, slug, fields, sent] of cases) {
    test(`blocks 10: ${what}`, async () => {
      const server = serve({ wanted: sent });
      await get(slug, fields(`${server.url}/app.git`));
      expect(new Set(server.seen)).toEqual(new Set([null, sent]));
      expect(readFileSync(join(target, ".git/config"), "utf8")).toContain(`url = ${server.url}/app.git\n`);
    });
  }

  const certificate = cannotRun ? null : makeCertificate(mkdtempSync(join(tmpdir(), "orch-certificate-")));
  describe.skipIf(certificate === null)("over https, with openssl's certificate", () => {
    afterAll(() => certificate && rmSync(join(certificate.file, ".."), { recursive: true }));
    const before = process.env["GIT_SSL_CAINFO"];
    beforeEach(() => {
      process.env["GIT_SSL_CAINFO"] = certificate?.file;
    });
    afterEach(() => {
      if (before === undefined) delete process.env["GIT_SSL_CAINFO"];
      else process.env["GIT_SSL_CAINFO"] = before;
    });
    const secured = (options: GitServerOptions) => serve({ ...options, ...(certificate ? { tls: certificate } : {}) });
    const bitbucket = (repository: string, username: string | null) => ({
      repository,
      bitbucket_credentials: { token: TOKEN, username },
    });

    for (const [slug, fields, sent] of [
      ["github", (repository: string) => ({ repository, access_token: TOKEN }), `${TOKEN}:`],
      [
        "github",
        (repository: string) => ({ repository, access_token: `x-access-token:${TOKEN}` }),
        `x-access-token:${TOKEN}`,
      ],
      ["github-repository", (url: string) => ({ repository_url: url, credentials: { token: TOKEN } }), `${TOKEN}:`],
      ["gitlab-repository", (repository: string) => ({ repository, credentials: { token: TOKEN } }), `oauth2:${TOKEN}`],
      ["bitbucket-repository", (url: string) => bitbucket(url, null), `x-token-auth:${TOKEN}`],
      ["bitbucket-repository", (url: string) => bitbucket(url, "ada"), `ada:${TOKEN}`],
    ] as const) {
      test(`blocks 10: ${slug} sends '${sent}' and nothing else`, async () => {
        const server = secured({ wanted: sent });
        await get(slug, fields(`${server.url}/app.git`), "flows");
        expect(read("flows/etl.ts")).toBe("two");
        expect(new Set(server.seen)).toEqual(new Set([null, sent]));
      });
    }

    test("blocks 10: a token is in no command line, no file and no message while git runs and when it fails", async () => {
      const lines: string[] = [];
      const look = () => {
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
          if (existsSync(`/proc/${pid}/cmdline`)) lines.push(commandLine(pid));
        }
        return undefined;
      };
      const server = secured({ wanted: `${TOKEN}:`, instead: look });
      const block = { repository: `${server.url}/app.git`, access_token: TOKEN };
      await get("github", block);
      expect(lines.some((line) => line.includes("remote-https") && line.includes(server.url))).toBe(true);
      const everything = Bun.spawnSync(["grep", "-rlF", "s3cr3t", target, "/dev/null"]).stdout.toString();
      expect([lines.filter((line) => line.includes("s3cr3t")), everything]).toEqual([[], ""]);
      rmSync(target, { recursive: true });
      const wrong = await failureOf(get("github", { ...block, access_token: `wrong-${TOKEN}` }));
      const words = `Authentication failed for '${server.url}/app.git/'`;
      expect(wrong.message).toBe(`Failed to pull from remote: remote: no fatal: ${words}`);
      expect((await openStorage("github", block)).location("a")).toBe(`${server.url}/app.git/a`);
    });

    test("a server that repeats the token gets it masked", async () => {
      const instead = (request: Request) => {
        const given = request.headers.get("authorization");
        return given === null
          ? undefined
          : new Response(`you sent ${given} ${TOKEN}\x1b[2J`, {
              status: 403,
              headers: { "content-type": "text/plain" },
            });
      };
      const { url } = secured({ wanted: "none", instead });
      const { message } = await failureOf(get("github", { repository: `${url}/app.git`, access_token: TOKEN }));
      expect(message).toContain("you sent Basic *** ***\\x1b[2J");
      expect(message).not.toContain(Buffer.from(`${TOKEN}:`).toString("base64"));
    });

    test("another server, that this one leads to, gets no token", async () => {
      const other = secured({ wanted: `${TOKEN}:` });
      const instead = ({ url }: Request) =>
        Response.redirect(`${other.url}${new URL(url).pathname}${new URL(url).search}`);
      const { url } = secured({ instead });
      await failureOf(get("github", { repository: `${url}/app.git`, access_token: TOKEN }));
      expect(new Set(other.seen)).toEqual(new Set([null]));
    });
  });

  test("a repository that wants a token and gets none fails at once", async () => {
    const { url } = serve({ wanted: "a:b" });
    const { message } = await failureOf(get("github", { repository: `${url}/app.git` }));
    expect(message).toStartWith("Failed to pull from remote: ");
    expect(message).toContain("terminal prompts disabled");
  });

  for (const [slug, repository] of [
    ["github", "http://example.com/a.git"],
    ["github", "git@github.com:a/b.git"],
    ["github", "/srv/a.git"],
    ["gitlab-repository", "ssh://git@gitlab.example/a.git"],
    ["bitbucket-repository", "http://bitbucket.example/a.git"],
  ] as const) {
    test(`${slug} does not send a token to ${repository}`, async () => {
      const inner = { token: TOKEN };
      const fields = { access_token: TOKEN, credentials: inner, bitbucket_credentials: inner };
      const { message } = await failureOf(get(slug, { repository, ...fields }));
      expect(message).toStartWith("Credentials can only be used with ");
      expect(message).not.toContain(TOKEN);
    });
  }
});
