// One search over everything that has a name, for a palette.
import * as v from "valibot";
import { endpoint, type Out, shape } from "./endpoint.ts";
import { integer, list, oneOf, orDefault, text } from "./primitives.ts";
import { stateTypeSchema } from "./runs/states.ts";

const MOST_LETTERS = 200;
const MOST_HITS = 50;
const USUAL_HITS = 8;

export const HIT_KINDS = [
  ...(["flow", "deployment", "flow_run", "task_run", "work_pool", "work_queue"] as const),
  ...(["block", "variable", "artifact"] as const),
] as const;
export type HitKind = (typeof HIT_KINDS)[number];

/**
 * `id`: what its page is addressed by: of a work pool its name, of an artifact its key. `detail`: what it belongs to, or is of.
 * `state_type`: of runs.
 */
export const searchHits = shape(() => ({
  hits: list(
    v.object({
      kind: oneOf(HIT_KINDS),
      id: text(),
      name: text(),
      detail: v.nullable(text()),
      state_type: v.nullable(stateTypeSchema()),
    }),
  ),
}));
export type SearchHits = Out<typeof searchHits>;

/**
 * Names that hold each word of the text, in any case of the letters from A to Z; `limit` of each kind, runs and artifacts the newest first, all
 * others by name. An id finds what has it.
 */
export const searchNames = endpoint("GET", "/orch/search", {
  query: shape(() => ({
    text: text({ max: MOST_LETTERS }),
    limit: orDefault(integer({ min: 1, max: MOST_HITS }), () => USUAL_HITS),
  })),
  response: searchHits,
});
