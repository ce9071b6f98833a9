// Every file and folder that CONTRIBUTING.md names is there, by its path or the end of it.
import { expect, test } from "bun:test";
import { dirname } from "node:path";
import { Glob } from "bun";

/** Made by commands, or places of another machine. */
const ELSEWHERE = new Set([
  ...["lively.json", "/openapi.json", "orch-engines/kubernetes", "pki/admin.conf", "run/containerd.sock", "bin/k8s"],
]);
const PATH = /^[\w./@-]*(?:\.(?:tsx?|cjs|py|sql|css|json|svg|md|yml)|\/[\w./@-]*)$/;

function namedIn(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, "");
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return spans.filter((span) => PATH.test(span) && !span.startsWith("dist/") && !ELSEWHERE.has(span));
}

const FOLDERS = "{src,test,templates,docs,.github,.ci}/**";

function withFolders(files: readonly string[]): Set<string> {
  const all = new Set(files);
  for (const path of all) if (dirname(path) !== ".") all.add(dirname(path));
  return all;
}

/** `routes/flows.ts` is an end of `src/server/routes/flows.ts`. */
function endsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, from) => parts.slice(from).join("/"));
}

test("CONTRIBUTING.md names what is there", async () => {
  const globs = [new Glob(FOLDERS), new Glob("*")];
  const files = (await Promise.all(globs.map((glob) => Array.fromAsync(glob.scan({ dot: true }))))).flat();
  const known = new Set([...withFolders(files)].flatMap(endsOf));
  const named = namedIn(await Bun.file("CONTRIBUTING.md").text());
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter((path) => !known.has(path.replace(/\/$/, "")))).toEqual([]);
});

test("a path is told from other words between backticks", () => {
  const text = "`agent/job.ts` and `test/faults/` are, `Reader`, `npm test` and `dist/orch` are not.";
  expect(namedIn(text)).toEqual(["agent/job.ts", "test/faults/"]);
});
