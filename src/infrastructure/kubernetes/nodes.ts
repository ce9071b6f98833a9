// Watches over pods whose node does not answer, and says when to wait no more. A cluster ends such a pod by itself where another
// node is well; where none is, it leaves the pod as it was forever.
import type { Clock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import type { ClusterApi } from "./api.ts";
import { words } from "./exit.ts";
import { type Condition, conditionOf, fieldIn, isNodeSilent, textIn, tolerationOf } from "./pods.ts";

export interface NodesOptions {
  api: ClusterApi;
  clock: Clock;
  /** Where the pods are: `/api/v1/namespaces/default/pods`. */
  path: string;
  over: AbortSignal;
  /** What the cluster has warned of, where the node itself may not be read. */
  warning: () => Promise<Condition | undefined>;
  say: (line: string) => void;
  /** It is waited for no longer; `why`: the end of a sentence. */
  giveUp: (uid: string, why: string) => void;
}

/** After the time that the pod may stay there: the cluster comes first, if it does anything. */
const MARGIN_SECONDS = 60;
/** Between two questions to an API server that is away. */
const PAUSE_MS = 5_000;

/** Gets each state of a pod that is in the cluster. */
export function watchNodes(options: NodesOptions): { see: (pod: JsonObject) => void } {
  const { clock, over, say, giveUp } = options;
  /** By the uid of the pod; aborted when its node answers. */
  const silent = new Map<string, AbortController>();

  async function wait(uid: string, pod: JsonObject, signal: AbortSignal): Promise<void> {
    const toleration = tolerationOf(pod);
    const node = `its node '${nodeOf(pod)}'`;
    say(`${node} does not answer. The run goes on when it does${toleration === null ? "" : after(toleration)}.`);
    if (toleration === null) return;
    await clock.sleep((toleration + MARGIN_SECONDS) * 1000, signal);
    if (!(await isSilentStill(options, pod, signal))) return;
    const found = await wordsOfNode(options, pod);
    const why = found === "" ? "" : `: ${found}`;
    if (!signal.aborted)
      giveUp(uid, `was given up: ${node} has not answered for ${toleration + MARGIN_SECONDS} s${why}`);
  }

  return {
    see(pod) {
      const uid = textIn(fieldIn(pod, "metadata"), "uid");
      const known = silent.get(uid);
      if (!isLeftAlone(pod)) {
        known?.abort();
        silent.delete(uid);
      } else if (!known) {
        const back = new AbortController();
        silent.set(uid, back);
        void wait(uid, pod, AbortSignal.any([over, back.signal]));
      }
    },
  };
}

/** Its node does not answer, and the cluster has not ended it. */
function isLeftAlone(pod: JsonObject): boolean {
  return isNodeSilent(pod) && fieldIn(fieldIn(pod, "metadata"), "deletionTimestamp") === undefined;
}

function after(toleration: number): string {
  return `; after ${toleration + MARGIN_SECONDS} s it is given up`;
}

function nodeOf(pod: JsonObject): string {
  return textIn(fieldIn(pod, "spec"), "nodeName");
}

/** Asked again: the API server may have been away, and with it the news that the node is back. */
async function isSilentStill(
  { api, clock, path }: NodesOptions,
  pod: JsonObject,
  signal: AbortSignal,
): Promise<boolean> {
  const address = `${path}/${textIn(fieldIn(pod, "metadata"), "name")}`;
  while (!signal.aborted) {
    const answer = await api.ask("GET", address, { signal }).catch(() => undefined); // away: what became of the node is not known
    if (answer?.status === 404) return false; // the watch sees its end
    if (answer?.status === 200) return isLeftAlone(answer.body as JsonObject); // a pod
    await clock.sleep(PAUSE_MS, signal);
  }
  return false;
}

/** Empty where the cluster says nothing. Agents may have no right to read nodes. */
async function wordsOfNode({ api, warning }: NodesOptions, pod: JsonObject): Promise<string> {
  const answer = await api.ask("GET", `/api/v1/nodes/${nodeOf(pod)}`).catch(() => undefined); // it went away: no words
  const node = answer?.status === 200 ? answer.body : null;
  const found = conditionOf(node, "Ready", "Unknown") ?? conditionOf(node, "Ready", "False") ?? (await warning());
  return found === undefined ? "" : words(found);
}
