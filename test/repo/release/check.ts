// Says what stops a release: the tag that exists, changes that are not committed, a changelog without an entry, no address, no names.
import { readFileSync } from "node:fs";
import type { About } from "./about.ts";

export interface Facts {
  about: About;
  /** The tags of the repository. */
  tags: readonly string[];
  /** Files that differ from the last commit. */
  changed: readonly string[];
  changelog: string;
  /** The tag that a workflow was started by; undefined on a person's machine. */
  startedBy?: string | undefined;
}

/** One sentence for each thing that has to be done first; none when a release can be made. */
export function hindrances({ about, tags, changed, changelog, startedBy }: Facts): string[] {
  const { version, repository, hasNames } = about;
  const tag = `v${version}`;
  const found: string[] = [];
  if (startedBy === undefined && tags.includes(tag)) {
    found.push(`The tag '${tag}' exists: raise the version in package.json.`);
  }
  if (startedBy !== undefined && startedBy !== tag) {
    found.push(`The tag '${startedBy}' is not that of package.json, '${tag}': tag the commit that has the version.`);
  }
  if (changed.length > 0) found.push(`Not committed: ${changed.join(", ")}. Commit or remove it.`);
  const entry = entryOf(changelog, version);
  if (entry === undefined) found.push(`CHANGELOG.md has no entry '## ${version} — YYYY-MM-DD'. Write it.`);
  else if (!/^\d{4}-\d\d-\d\d$/.test(entry.date)) {
    found.push(`CHANGELOG.md dates ${version} '${entry.date}': put the day of the release there.`);
  }
  if (repository === undefined) {
    found.push('package.json names no repository, from whose releases install.sh downloads: add "repository".');
  }
  if (!hasNames) {
    const sentence = `package.json does not say under which names npm and PyPI have orch: '${about.name}' is another project there.`;
    found.push(`${sentence} Add "publishAs": { "npm": …, "pypi": … } with names that are yours.`);
  }
  return found;
}

/** The part of the changelog about a version; undefined when there is none, or nothing in it. */
export function entryOf(changelog: string, version: string): { date: string; text: string } | undefined {
  const parts = changelog.split(/^## /m).slice(1);
  for (const part of parts) {
    const [, named, date = ""] = /^(\S+)(?: — (.*))?$/m.exec(part) ?? [];
    const text = part.slice(part.indexOf("\n") + 1).trim();
    if (named === version && text !== "") return { date: date.trim(), text };
  }
  return undefined;
}

/** Asks git. Throws when this is no clone. */
export function gather(about: About, startedBy: string | undefined): Facts {
  return {
    ...{ about, startedBy, changelog: readFileSync("CHANGELOG.md", "utf8") },
    tags: git("tag", "--list"),
    changed: git("status", "--porcelain").map((line) => line.slice(3)),
  };
}

function git(...words: string[]): string[] {
  const child = Bun.spawnSync(["git", ...words], { stdout: "pipe", stderr: "pipe" });
  if (child.exitCode !== 0) throw new Error(`git ${words[0]} failed: ${child.stderr.toString().trim()}`);
  return child.stdout
    .toString()
    .split("\n")
    .filter((line) => line !== "");
}
