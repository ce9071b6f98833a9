// Ends a sentence about a name that is not there with the nearest that is.
import { didYouMean } from "#lib/text/nearest.ts";
import { allPages } from "./pages.ts";

/** ` Did you mean 'limit'?`, or nothing. `read` returns a page of the things that have such names. */
export async function nearName(
  name: string,
  read: (page: { limit: number; offset: number }) => Promise<readonly { name: string }[]>,
): Promise<string> {
  const all = await allPages(async (page) => [...(await read(page))]);
  return didYouMean(
    name,
    all.map((one) => one.name),
  );
}
