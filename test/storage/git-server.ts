// Repositories made by git, and servers of them that ask for a user and a password: http and https by git's own backend.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Why tests of repositories cannot run on this machine; null where they can. */
export const cannotRun = Bun.which("git") === null ? "git is not installed" : null;

/** As a new user's: no configuration of this machine is read. */
const ENV = {
  ...{ PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" },
  ...{ GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com" },
  ...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" },
};

export function runGit(folder: string, ...args: string[]): string {
  const settings = ["protocol.file.allow=always", "init.defaultBranch=main", "commit.gpgSign=false"];
  const command = ["git", ...settings.flatMap((setting) => ["-c", setting]), ...args];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: folder, env: ENV });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.toString().trim();
}

export interface Repositories {
  root: string;
  /** Makes `NAME.git` with one commit of the files; `null` takes one away. Again: one more commit. Returns the commit. */
  commit(name: string, files: Record<string, string | null>): string;
  /** One more commit, with a submodule of `.gitmodules` at that commit. */
  commitSubmodule(name: string, path: string, commit: string): void;
  /** In the working folder of the repository; what it changes is there for clients after `publish`. */
  git(name: string, ...args: string[]): string;
  publish(name: string): void;
  close(): void;
}

/** `SCRIPT:` before a content makes it executable, `LINK:` a link to what follows. */
export function createRepositories(): Repositories {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orch-git-")));
  const work = (name: string) => join(root, "work", name);
  const known = new Set<string>();
  const repositories: Repositories = {
    root,
    commit(name, files) {
      if (!known.has(name)) {
        mkdirSync(work(name), { recursive: true });
        runGit(work(name), "init", "--quiet");
        runGit(root, "init", "--quiet", "--bare", `${name}.git`);
        runGit(join(root, `${name}.git`), "config", "uploadpack.allowFilter", "true");
        known.add(name);
      }
      for (const [path, content] of Object.entries(files)) place(join(work(name), path), content);
      runGit(work(name), "add", "--all");
      runGit(work(name), "commit", "--quiet", "--message", "a change");
      repositories.publish(name);
      return runGit(work(name), "rev-parse", "HEAD");
    },
    commitSubmodule(name, path, commit) {
      runGit(work(name), "update-index", "--add", "--cacheinfo", `160000,${commit},${path}`);
      runGit(work(name), "commit", "--quiet", "--allow-empty", "--message", "a submodule");
      repositories.publish(name);
    },
    git: (name, ...args) => runGit(work(name), ...args),
    publish: (name) => void runGit(work(name), "push", "--quiet", "--all", "--force", join(root, `${name}.git`)),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
  return repositories;
}

function place(path: string, content: string | null): void {
  mkdirSync(dirname(path), { recursive: true });
  if (content === null) rmSync(path);
  else if (content.startsWith("LINK:")) symlinkSync(content.slice(5), path);
  else writeFileSync(path, content);
  if (content?.startsWith("SCRIPT:")) chmodSync(path, 0o755);
}

export interface GitServer {
  /** Without a slash at its end. */
  url: string;
  /** `user:password` of each request, or null; in their order. */
  seen: (string | null)[];
  close(): Promise<void>;
}

export interface GitServerOptions {
  /** `user:password` that is let in. Default: everyone is. */
  wanted?: string;
  tls?: { key: string; cert: string };
  /** As servers of old, which know the first version of the protocol alone. */
  isOld?: boolean;
  /** Answers instead of git, where it returns something. */
  instead?: (request: Request) => Response | Promise<Response> | undefined;
}

export function serveGit(root: string, { wanted, tls, isOld = false, instead }: GitServerOptions = {}): GitServer {
  const seen: (string | null)[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1", idleTimeout: 60 },
    ...(tls ? { tls } : {}),
    async fetch(request) {
      const [, given] = /^Basic (.*)$/.exec(request.headers.get("authorization") ?? "") ?? [];
      const user = given === undefined ? null : Buffer.from(given, "base64").toString();
      seen.push(user);
      const other = await instead?.(request);
      if (other) return other;
      if (wanted !== undefined && user !== wanted) {
        return new Response("no", { status: 401, headers: { "www-authenticate": 'Basic realm="git"' } });
      }
      return backend(root, request, isOld);
    },
  });
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${server.port}`,
    seen,
    close: () => server.stop(true),
  };
}

/** One request to `git http-backend`, which speaks as programs behind a web server do. */
async function backend(root: string, request: Request, isOld: boolean): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const protocol = isOld ? null : request.headers.get("git-protocol");
  const child = Bun.spawn(["git", "http-backend"], {
    env: {
      ...ENV,
      ...{ GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: "1", PATH_INFO: decodeURIComponent(pathname) },
      ...{ REQUEST_METHOD: request.method, QUERY_STRING: search.slice(1) },
      ...{ CONTENT_TYPE: request.headers.get("content-type") ?? "" },
      ...{ HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "" },
      ...(protocol === null ? {} : { GIT_PROTOCOL: protocol }),
    },
    stdin: new Blob([await request.bytes()]),
    stderr: "ignore",
  });
  const answer = Buffer.from(await new Response(child.stdout).arrayBuffer());
  const end = answer.indexOf("\r\n\r\n");
  const headers = new Headers();
  for (const line of answer.subarray(0, end).toString().split("\r\n")) {
    const [name = "", value = ""] = line.split(": ");
    headers.append(name, value);
  }
  const status = Number.parseInt(headers.get("status") ?? "200", 10);
  headers.delete("status");
  return new Response(answer.subarray(end + 4), { status, headers });
}

/** A certificate for 127.0.0.1 that signs itself, and its file. Null without openssl. */
export function makeCertificate(root: string): { key: string; cert: string; file: string } | null {
  if (Bun.which("openssl") === null) return null;
  const [key, file] = [join(root, "key.pem"), join(root, "cert.pem")] as const;
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const made = Bun.spawnSync(["openssl", "req", ...kind, ...name, "-keyout", key, "-out", file], { stderr: "pipe" });
  if (made.exitCode !== 0) throw new Error(`openssl: ${made.stderr}`);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(file, "utf8"), file };
}

export function failureOf(got: Promise<unknown>): Promise<Error> {
  return got.then(
    () => Promise.reject(new Error("it did not fail")),
    (error) => error,
  );
}

/** Of a process; empty once it has ended. */
export function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
