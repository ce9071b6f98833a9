// Returns the address of a web page only where one answers: a server may run without the web UI.
import { pageAt } from "#lib/text/page-addresses.ts";

/** A person waits for the line that it is in. */
const PATIENCE_MS = 300;

/** `api`: the address of the API, null without a server. `page`: one of `pages`. */
export async function answeringPage(api: string | null, page: string): Promise<string | undefined> {
  if (api === null) return undefined;
  const address = pageAt(api, page);
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
    return answer.ok ? address : undefined;
  } catch {
    return undefined;
  }
}
