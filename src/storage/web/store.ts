// Reads files from a web server: those of an upload by its manifest, others by the links of index pages. Nothing is written.
import { OrchError } from "#lib/errors.ts";
import { eachOf } from "#lib/parallel.ts";
import type { FileStore, StoredFile } from "../file-store.ts";
import { busyFailure, type HttpAnswer, isBusy, sendHttp } from "../http.ts";
import { FETCHED, PART_STATUSES, partHeaders, partOf, strongTag } from "../transfer/parts.ts";
import { linksBelow } from "./links.ts";
import type { WebOptions } from "./options.ts";

const MOST_REDIRECTS = 5;
const AT_ONCE = 16;
const TRUST = "Name the file of its authority in NODE_EXTRA_CA_CERTS.";

/** `fetched`: for tests. */
export function webStore({ base, headers, notes }: WebOptions, fetched = FETCHED): FileStore {
  const urlOf = (path: string) => new URL(base.href + path.split("/").map(encodeURIComponent).join("/"));
  const location = (path: string) => [base.href.replace(/\/$/, ""), path].filter((part) => part !== "").join("/");
  const readOnly = `'${location("")}' is a web server's, where orch cannot write. Upload the files by another address, and give this one to what reads them.`;

  return {
    ...{ notes, location, readOnly },
    async *list(folder, signal) {
      const waiting = [""];
      for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
        const url = new URL(
          `${urlOf([folder, below].filter((part) => part !== "").join("/")).href.replace(/\/*$/, "")}/`,
        );
        const links = await linksOf(url, below === "" ? folder : `${folder}/${below}`, signal);
        const prefix = below;
        const files: StoredFile[] = [];
        await eachOf(links.files, AT_ONCE, async (name) => {
          files.push({ path: `${prefix}${name}`, bytes: await sizeOf(new URL(encodeURIComponent(name), url), signal) });
        });
        yield* files;
        waiting.push(...links.folders.map((name) => `${prefix}${name}/`));
      }
    },
    read: async (path, signal) => (await get(urlOf(path), location(path), signal)).answer,
    parts: {
      ...fetched,
      async readPart(path, range, signal) {
        const { answer } = await get(urlOf(path), location(path), signal, partHeaders(range));
        return partOf(answer, range, strongTag(answer.headers));
      },
    },
    write: () => Promise.reject(new OrchError("invalid", readOnly)),
    remove: () => Promise.reject(new OrchError("invalid", readOnly)),
  };

  async function linksOf(url: URL, folder: string, signal: AbortSignal | undefined) {
    const found = await get(url, location(folder), signal).catch((error) => {
      if (error instanceof OrchError && error.code === "not_found") return null;
      throw error;
    });
    if (!found) return { files: [], folders: [] };
    const text = await found.answer.text();
    const links = linksBelow(text, found.url);
    if (/html/.test(found.answer.headers.get("content-type") ?? "") && links.files.length + links.folders.length > 0) {
      return links;
    }
    const sentence = `'${location(folder)}' cannot be listed: it has neither an upload of orch nor an index page with links.`;
    throw new OrchError("invalid", sentence);
  }

  /** Servers need not say it before they have sent all. */
  async function sizeOf(url: URL, signal: AbortSignal | undefined): Promise<number> {
    let bytes = 0;
    const { answer } = await get(url, url.href, signal);
    if (answer.size !== undefined) {
      await answer.stream().cancel();
      return answer.size;
    }
    for await (const chunk of answer.stream()) bytes += chunk.length;
    return bytes;
  }

  /** With redirects followed; `url`: where it ended. */
  async function get(
    from: URL,
    place: string,
    signal: AbortSignal | undefined,
    part: Readonly<Record<string, string>> = {},
  ): Promise<{ answer: HttpAnswer; url: URL }> {
    let url = from;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const own = url.origin === base.origin ? headers : {};
      const answer = await sendHttp({
        ...{ method: "GET", url, headers: new Headers({ ...own, ...part }), signal, encoding: "identity" },
        ...{ purpose: `read '${place}'`, trust: TRUST },
      });
      const { status } = answer;
      const isPart = "range" in part && PART_STATUSES.includes(status);
      if ((status >= 200 && status < 300) || isPart) return { answer, url };
      await answer.text();
      const to = answer.headers.get("location") ?? "";
      if (status < 300 || status >= 400 || !URL.canParse(to, url)) throw failureOf(answer, place);
      url = new URL(to, url);
      if (!/^https?:$/.test(url.protocol)) break;
    }
    throw new OrchError("invalid", `'${place}' leads round in redirects, or away from the web.`);
  }

  function failureOf({ status, headers: answered }: HttpAnswer, place: string): Error {
    if (status === 404 || status === 410) return new OrchError("not_found", `There is no file '${place}'.`);
    if (status === 401 || status === 403) {
      const mend = "Give the block 'auth' or 'headers' in the setting 'client_kwargs'";
      return new OrchError(
        "forbidden",
        `${base.origin} answered ${status}: it does not allow to read '${place}'. ${mend}.`,
      );
    }
    const sentence = `${base.origin} answered ${status} to read '${place}'.`;
    return isBusy(status) ? busyFailure(sentence, answered) : new OrchError("invalid", sentence);
  }
}
