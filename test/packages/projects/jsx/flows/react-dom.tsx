import { flow, getRunLogger } from "orch";
import { renderToStaticMarkup } from "react-dom/server";

interface Row {
  name: string;
  amount?: number;
}

function Table({ rows }: { rows: Row[] }) {
  return (
    <ul>
      {rows.map(({ name, amount = 0 }) => (
        <li key={name} className={amount > 1 ? "much" : undefined}>{`${name}: ${amount}`}</li>
      ))}
    </ul>
  );
}

export const example = flow(async function example(rows: Row[] = [{ name: "Ada", amount: 2 }, { name: "<Bo>" }]) {
  getRunLogger().info(renderToStaticMarkup(<Table rows={rows} />));
});
