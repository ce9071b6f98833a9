// Does something that may be refused, and says in a toast what it did or why it failed.
import { CallError } from "../../data/call.ts";
import { type Toast, toast } from "./toasts.tsx";

/**
 * Resolves to whether it worked.
 *
 * @example await attempt(() => change("deleteVariable", { params: { id } }), "Deleted the variable colour.");
 */
export async function attempt<T>(
  act: () => Promise<T>,
  done: string | ((answer: T) => Omit<Toast, "id">),
): Promise<boolean> {
  try {
    const answer = await act();
    toast(typeof done === "string" ? { text: done } : done(answer));
    return true;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    toast({ text: error.message, isBad: true });
    return false;
  }
}
