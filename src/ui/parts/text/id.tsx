// Shows an id on one line, with a button to copy it.
import { CopyButton } from "./copy.tsx";

export function Id({ id }: { id: string }) {
  return (
    <span class="id">
      <code title={id}>{id}</code>
      <CopyButton text={id} label="Copy the id" />
    </span>
  );
}
