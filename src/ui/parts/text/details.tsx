// Lists facts as pairs of name and value; what has no value is left out.
import type { ComponentChildren } from "preact";

export type Fact = [name: string, value: ComponentChildren];

export function Details({ facts }: { facts: readonly Fact[] }) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return (
    <dl class="details">
      {known.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
    </dl>
  );
}
